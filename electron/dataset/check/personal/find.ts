import { isIPv4, isIPv6 } from 'node:net';
import type { PersonalKind } from '../../../contract/dataset/check.ts';
import { isCard, isIban } from './checksum.ts';

export interface PersonalMatch {
	readonly kind: PersonalKind;
	readonly start: number;
	readonly end: number;
}

interface Rule {
	readonly kind: PersonalKind;
	readonly pattern: RegExp;
	/** Whether what the pattern found is one; and how much of it, from its start. */
	readonly check: (text: string) => boolean;
}

/** In the order in which they win where two find the same place. */
const rules: readonly Rule[] = [
	{
		kind: 'iban',
		pattern: /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])/g,
		check: isIban,
	},
	{
		kind: 'email',
		pattern: /(?<![\w.%+-])[A-Za-z0-9][\w.%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w-])/g,
		check: (text) => !/@(?:[\w-]+\.)*(?:example\.(?:com|org|net)|example|test|invalid|localhost)$/i.test(text),
	},
	{ kind: 'card', pattern: /(?<![\d.,-])\d(?:[ -]?\d){12,18}(?![\d-]|[.,]\d)/g, check: isCard },
	{ kind: 'ip', pattern: /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d]|\.\d)/g, check: isPublicIpv4 },
	{ kind: 'ip', pattern: /(?<![\w:])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])/g, check: isPublicIpv6 },
	{ kind: 'phone', pattern: /(?<![\w+])\+\d(?:[ ./()-]{0,2}\d){7,14}(?!\d)/g, check: () => true },
	{
		kind: 'phone',
		pattern: /(?<![\w+.-])(?:\+?1[-. ])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[-. ])[2-9]\d{2}[-. ]\d{4}(?![\w-]|\.\d)/g,
		check: () => true,
	},
	{
		kind: 'phone',
		pattern:
			/(?<=\b(?:tel|phone|mobile|telephone|telefon|mobil|handy|fax)[.:]{0,2} {0,2})\(?\d(?:[ ./()-]{0,2}\d){5,14}(?!\d)/gi,
		check: () => true,
	},
];

/** What is found in a text, in order, without overlaps. */
export function findPersonalData(text: string, kinds: readonly PersonalKind[]): readonly PersonalMatch[] {
	// Most text has neither: all that is looked for holds a digit or an @.
	if (!/[\d@:]/.test(text)) return [];
	const found: PersonalMatch[] = [];
	for (const { kind, pattern, check } of rules) {
		if (!kinds.includes(kind)) continue;
		for (const match of text.matchAll(pattern)) {
			const start = match.index;
			const end = start + match[0].length;
			if (!check(match[0])) continue;
			if (!found.some((other) => start < other.end && other.start < end)) found.push({ kind, start, end });
		}
	}
	return found.sort((one, other) => one.start - other.start);
}

/** Not one of a private network, of this computer, of a group, or of documentation (RFC 6890, RFC 5737). */
function isPublicIpv4(text: string): boolean {
	if (!isIPv4(text)) return false;
	return !/^(?:0\.|10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.0\.[02]\.|198\.51\.100\.|203\.0\.113\.|22[4-9]\.|23\d\.|2[45]\d\.)/.test(
		text,
	);
}

/** Of the range that is given out to the public (2000::/3), and not of documentation. */
function isPublicIpv6(text: string): boolean {
	return /^[23][0-9a-f]{3}:/i.test(text) && !/^2001:0?db8/i.test(text) && isIPv6(text);
}
