import { isDeepStrictEqual } from 'node:util';
import type { ArgumentPattern, ToolArguments } from '../../contract/tools/schema.ts';

/** Returns true if a permission for these arguments covers the call. */
export function coversArguments(pattern: ArgumentPattern, args: ToolArguments): boolean {
	switch (pattern.kind) {
		case 'any':
			return true;
		case 'exact':
			return isDeepStrictEqual(plain(pattern.arguments), plain(args));
		case 'prefix':
			return Object.hasOwn(args, pattern.argument) && isBelow(args[pattern.argument], pattern.prefix);
	}
}

/** Key order and undefined values don't count. */
function plain(value: ToolArguments): unknown {
	return JSON.parse(JSON.stringify(value)) as unknown;
}

/** Whether a path or an address is the prefix or lies below it, whoever reads it, and however. */
function isBelow(value: unknown, prefix: string): boolean {
	if (typeof value !== 'string' || hasControl(value) || hasControl(prefix)) return false;
	return /^[a-z][a-z\d+.-]+:\/\//i.test(prefix) ? isAddressBelow(value, prefix) : isPathBelow(value, prefix);
}

/** Programs drop some of them, or stop reading there. */
function hasControl(text: string): boolean {
	return /[\0-\u001F\u007F-\u009F\u2028\u2029]/.test(text);
}

function isPathBelow(path: string, prefix: string): boolean {
	if (!path.startsWith(prefix) || isDisguised(path)) return false;
	// "/home/me/notes" covers neither "/home/me/notes-of-others" nor "/home/me/notes#x".
	return path.length === prefix.length || /[/\\]$/.test(prefix) || /^[/\\]/.test(path.slice(prefix.length));
}

/** Whether an address has the same scheme, host and port, and lies in the same folder or below. */
function isAddressBelow(text: string, prefix: string): boolean {
	const [url, root] = [addressOf(text), addressOf(prefix)];
	if (url === null || root === null) return false;
	if (url.protocol !== root.protocol || url.host !== root.host) return false;
	// With a question, it's about this page alone.
	if (root.search !== '' || root.hash !== '') return url.href === root.href;
	const [steps, rootSteps] = [url, root].map(({ pathname }) => pathname.replace(/\/$/, '').split('/'));
	return rootSteps!.every((step, index) => steps![index] === step);
}

/** Reads an address that every program reads alike; null: there are several ways to. */
function addressOf(text: string): URL | null {
	const [, authority = '', path = ''] = /^[a-z][a-z\d+.-]+:\/\/([^/?#]*)([^?#]*)/i.exec(text) ?? [];
	// A backslash is a slash to some; what is before an @ is a name, not the host.
	if (/%(?![\da-f]{2})/i.test(path)) return null;
	if (authority === '' || /[\\@\s%]/.test(authority) || /[\\\s]/.test(text) || isDisguised(path)) return null;
	// A question may be a path to its server, but it stays that server's.
	return URL.parse(text);
}

/** Whether a path steps up, or may do so once someone decodes it, once or twice. */
function isDisguised(path: string): boolean {
	const decodings = [path];
	for (let round = 0; round < 2; round += 1) {
		const last = decodings.at(-1)!;
		decodings.push(
			last.replaceAll(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
		);
	}
	const steps = (text: string): string[] => text.split(/[/\\]/);
	const { length } = steps(path);
	return (
		// Dots and slashes in more bytes than they need.
		/%c[01]/i.test(path) ||
		decodings.some(
			(text) =>
				hasControl(text) ||
				steps(text).length !== length ||
				// Windows leaves out dots and spaces at the end.
				steps(text).some((step) => /^\.\.[. ]*$/.test(step)),
		)
	);
}
