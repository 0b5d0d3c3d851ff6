import { isIPv4, isIPv6 } from 'node:net';
import {
	type CheckReport,
	maxFindings,
	type PersonalFinding,
	type PersonalKind,
	type SampleContent,
} from '../../contract/dataset/schema.ts';
import { isCard, isIban } from './iban-and-card-checksums.ts';

/**
 * Personal data that a rule recognises with certainty: e-mail addresses, phone numbers (international, North American,
 * or after a word such as "Tel."), IBANs, payment cards, public IP addresses. No rule can recognise names and postal
 * addresses, so they are not searched for. Data reserved for examples (example.com, 192.0.2.0/24, private networks)
 * belongs to nobody and is ignored.
 */
export interface PersonalMatch {
	readonly kind: PersonalKind;
	readonly start: number;
	readonly end: number;
}

interface Rule {
	readonly kind: PersonalKind;
	readonly pattern: RegExp;
	/** Validates a match of the pattern, and returns its length from the start. */
	readonly check: (text: string) => boolean;
}

/** In order of precedence when two match at the same place. */
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

/** Finds personal data in a text, in order and without overlaps. */
export function findPersonalData(text: string, kinds: readonly PersonalKind[]): readonly PersonalMatch[] {
	// Quick exit for most text: everything to find contains a digit, an @ or a colon.
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

/** Excludes private networks, this computer, multicast, and documentation (RFC 6890, RFC 5737). */
function isPublicIpv4(text: string): boolean {
	if (!isIPv4(text)) return false;
	return !/^(?:0\.|10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.0\.[02]\.|198\.51\.100\.|203\.0\.113\.|22[4-9]\.|23\d\.|2[45]\d\.)/.test(
		text,
	);
}

/** Accepts the public range (2000::/3) except for documentation. */
function isPublicIpv6(text: string): boolean {
	return /^[23][0-9a-f]{3}:/i.test(text) && !/^2001:0?db8/i.test(text) && isIPv6(text);
}

/** Replaces findings with [email], [phone], …; returns the text and the number of replacements. */
export function redactText(text: string, kinds: readonly PersonalKind[]): { text: string; replaced: number } {
	const found = findPersonalData(text, kinds);
	let redacted = '';
	let at = 0;
	for (const { kind, start, end } of found) {
		redacted += `${text.slice(at, start)}[${kind}]`;
		at = end;
	}
	return { text: redacted + text.slice(at), replaced: found.length };
}

/**
 * Redacts every text of a sample: turns, target, choices, variables, and texts anywhere in the metadata. Copies count
 * once.
 */
export function redactContent(
	content: SampleContent,
	kinds: readonly PersonalKind[],
): { content: SampleContent; replaced: number } {
	let replaced = 0;
	function redact(text: string): string {
		const done = redactText(text, kinds);
		replaced += done.replaced;
		return done.text;
	}
	const ofColumn = (text: string): string => (isCopy(text, content) ? redactText(text, kinds).text : redact(text));
	const next: SampleContent = {
		...content,
		input:
			typeof content.input === 'string'
				? redact(content.input)
				: content.input.map(({ role, content: text }) => ({ role, content: redact(text) })),
		target: content.target === null ? null : redact(content.target),
		choices: content.choices?.map(redact) ?? null,
		variables: mapped(content.variables, ofColumn) as Record<string, string>,
		metadata: mapped(content.metadata, ofColumn) as Record<string, unknown>,
	};
	return { content: next, replaced };
}

/** Yields every text of a sample with its field name, as used in findings. */
function* textsOf(content: SampleContent): Generator<{ readonly field: string; readonly text: string }> {
	if (typeof content.input === 'string') yield { field: 'input', text: content.input };
	else for (const { content: text } of content.input) yield { field: 'input', text };
	if (content.target !== null) yield { field: 'target', text: content.target };
	for (const text of content.choices ?? []) yield { field: 'choices', text };
	for (const [field, value] of [...Object.entries(content.variables), ...Object.entries(content.metadata)]) {
		for (const text of stringsIn(value)) if (!isCopy(text, content)) yield { field, text };
	}
}

/** A column that became the input or the target repeats its text. */
const isCopy = (text: string, { input, target }: SampleContent): boolean => text === input || text === target;

function mapped(value: unknown, change: (text: string) => string): unknown {
	if (typeof value === 'string') return change(value);
	if (Array.isArray(value)) return value.map((each) => mapped(each, change));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapped(each, change)]));
}

function* stringsIn(value: unknown): Generator<string> {
	if (typeof value === 'string') yield value;
	else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) yield* stringsIn(each);
}

/** Characters shown on each side of a finding. */
const around = 40;

/** Collects personal data: counts everything and keeps the first findings. */
export class PersonalFindings {
	readonly #kinds: readonly PersonalKind[];
	readonly #byKind = new Map<PersonalKind, number>();
	readonly #findings: PersonalFinding[] = [];
	#count = 0;

	constructor(kinds: readonly PersonalKind[]) {
		this.#kinds = kinds;
	}

	examine({ id, key }: { readonly id: number; readonly key: string }, content: SampleContent): void {
		for (const { field, text } of textsOf(content)) {
			for (const { kind, start, end } of findPersonalData(text, this.#kinds)) {
				this.#count += 1;
				this.#byKind.set(kind, (this.#byKind.get(kind) ?? 0) + 1);
				if (this.#findings.length >= maxFindings) continue;
				this.#findings.push({
					id,
					key,
					field,
					kind,
					found: text.slice(start, end),
					before: `${start > around ? '…' : ''}${text.slice(Math.max(0, start - around), start).toWellFormed()}`,
					after: `${text.slice(end, end + around).toWellFormed()}${text.length > end + around ? '…' : ''}`,
				});
			}
		}
	}

	report(): CheckReport['personal'] {
		const byKind = [...this.#byKind].map(([kind, count]) => ({ kind, count }));
		return { count: this.#count, byKind, findings: this.#findings };
	}
}
