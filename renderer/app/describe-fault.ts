/** What is said of a fault in the page: one sentence, and what a report needs, without any text of the user's. */
export function describeFault(part: string, error: unknown): { message: string; details: string } {
	const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
	// For a report, which is in English.
	const facts = {
		Part: part,
		Address: `${location.pathname}${location.hash.split('?', 1)[0]}`,
		Browser: navigator.userAgent,
		Time: new Date().toISOString(),
	};
	const details = [
		...Object.entries(facts).map(([fact, value]) => `${fact}: ${value}`),
		`${name}: ${message}`,
		// Chromium repeats name and message in the stack.
		(stack ?? '').replace(`${name}: ${message}\n`, ''),
	].join('\n');
	return { message: message.replace(/[.\s]+$/, '') || name, details };
}
