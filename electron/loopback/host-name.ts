/** Names of this computer as seen from itself. */
const loopbackNames: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Returns whether a Host header names this computer, at any port, so that an SSH tunnel from another local port works.
 * Any other name was pointed here by somebody else (DNS rebinding).
 */
export function isLoopbackHost(host: string | undefined, ownName: string | null = null): boolean {
	const name = host?.replace(/:\d+$/, '').toLowerCase();
	return name !== undefined && (loopbackNames.has(name) || name === ownName);
}
