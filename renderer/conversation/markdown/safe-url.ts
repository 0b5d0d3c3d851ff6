/**
 * Returns the address if it may be opened (http and https only), else null. Relative addresses have no meaning in an
 * answer.
 */
export function safeUrl(address: string | undefined): string | null {
	if (address === undefined) return null;
	try {
		const url = new URL(address);
		return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
	} catch {
		return null;
	}
}
