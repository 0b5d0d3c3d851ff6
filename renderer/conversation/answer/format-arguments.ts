/** Returns arguments to read: indented, if they are JSON. Nothing is left out. */
export function formatArguments(json: string): string {
	try {
		return JSON.stringify(JSON.parse(json), null, 2);
	} catch {
		return json;
	}
}
