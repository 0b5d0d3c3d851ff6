import { pluralMessage, quoted } from './message-syntax.ts';

/** A number that the page writes as its language does. */
interface FigureFacts {
	number: number;
	digits: number;
	signed?: boolean | undefined;
	/** Follows the number, the same in every language: "GB". */
	unit?: string | undefined;
}

/** How several values are put together: "a, b and c"; "a, b, c"; "a; b; c"; "a · b"; "a and b and c". */
export const listKinds = ['and', 'comma', 'semicolon', 'dot', 'each'] as const;

type ListKind = (typeof listKinds)[number];

/**
 * A text for people as data: the English words, and what the page needs to word it in another language. `id` is the
 * message with numbered values, as it is in the catalogues: `The file {0} can't be read.` A value may be a said text
 * itself. Its schema is in said-schema.ts, because the page bundles no schemas.
 */
export interface SaidFacts {
	text: string;
	id: string;
	values: SaidValue[];
}

export type SaidValue = string | number | SaidFacts | FigureFacts | { list: SaidValue[]; by: ListKind };

/** A text for people with its message, made by the tag `said`. Where a plain string is needed, it is the English one. */
export class Said {
	readonly facts: SaidFacts;

	constructor(facts: SaidFacts) {
		this.facts = facts;
	}

	toString(): string {
		return this.facts.text;
	}

	/** Documents and exports are in English. */
	toJSON(): string {
		return this.facts.text;
	}
}

/** A text for people: with its message if it can be translated. */
export type Words = string | Said;

/** A value of a message that its text words by itself. */
class Part {
	readonly text: string;
	readonly facts: SaidValue;
	/** What stands in the message, if it isn't just the value. */
	readonly hole: ((index: number) => string) | undefined;

	constructor(text: string, facts: SaidValue, hole?: (index: number) => string) {
		this.text = text;
		this.facts = facts;
		this.hole = hole;
	}

	toString(): string {
		return this.text;
	}
}

/** What a message may hold. */
export type SayableValue = string | number | Said | Part;

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/**
 * A number with its noun inside `said`, because languages have different plurals: `said\`${amount(3, 'file')} left\``
 * says "3 files left".
 */
export function amount(count: number, one: string, other = `${one}s`): Part {
	const text = `${grouped.format(count)} ${count === 1 ? one : other}`;
	return new Part(text, count, (index) => pluralMessage(String(index), one, other));
}

/**
 * A number inside `said` with exactly these decimals, which the page writes as its language does: "2,031", "0.044".
 * `signed` writes + too.
 */
export function figure(number: number, digits = 0, signed = false): Part {
	const [whole = '', decimals] = Math.abs(number).toFixed(digits).split('.');
	const size = `${whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',')}${decimals === undefined ? '' : `.${decimals}`}`;
	const text = `${number < 0 ? '−' : signed ? '+' : ''}${size}`;
	return new Part(text, { number, digits, ...(signed ? { signed } : {}) });
}

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB'];

/** A size inside `said`, in decimal units, as disks are sold: "1.2 GB". */
export function size(bytes: number): Part {
	let number = bytes;
	let index = 0;
	while (number >= 1000 && index < byteUnits.length - 1) {
		number /= 1000;
		index += 1;
	}
	const digits = index === 0 || number >= 100 ? 0 : 1;
	const unit = byteUnits[index]!;
	return new Part(`${number.toFixed(digits)} ${unit}`, { number, digits, unit });
}

/** Several values inside `said`: "a, b and c". */
export function list(items: readonly SayableValue[], by: ListKind = 'and'): Part {
	return new Part(listText(items.map(String), by), { list: items.map(plainValue), by });
}

/** What stands between the values of a list, also in the page. */
export const separators = { comma: ', ', semicolon: '; ', dot: ' · ' } as const;

function listText(items: readonly string[], by: ListKind): string {
	if (by !== 'and') return items.join({ ...separators, each: ' and ' }[by]);
	return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/**
 * Words a text for people that the page can show in its language: `said\`The file ${name} can't be read.\``. It crosses
 * to the page beside the English text, by `spoken` or as part of a `Failure`.
 */
export function said(parts: TemplateStringsArray, ...values: readonly SayableValue[]): Said {
	let text = parts[0] ?? '';
	let id = quoted(parts[0] ?? '');
	values.forEach((value, index) => {
		const after = parts[index + 1] ?? '';
		text += `${String(value)}${after}`;
		id += `${value instanceof Part && value.hole !== undefined ? value.hole(index) : `{${index}}`}${quoted(after)}`;
	});
	return new Said({ text, id, values: values.map(plainValue) });
}

/** Puts whole sentences after each other; those that are null are left out. */
export function sentences(...parts: readonly (SayableValue | null | undefined)[]): Said {
	const given = parts.filter((part) => part !== null && part !== undefined).filter((part) => String(part) !== '');
	const [first] = given;
	if (given.length === 1 && first instanceof Said) return first;
	return new Said({
		text: given.map(String).join(' '),
		id: given.map((_, index) => `{${index}}`).join(' '),
		values: given.map((part) => plainValue(part)),
	});
}

function plainValue(value: SayableValue): SaidValue {
	return value instanceof Part || value instanceof Said ? value.facts : value;
}

type Plain<Value> = Value extends Said
	? string
	: Value extends readonly (infer One)[]
		? Extract<One, Said> extends never
			? { -readonly [Index in keyof Value]: Value[Index] }
			: Plain<One>[]
		: Value;

type Spoken<Facts> = { [Key in keyof Facts]: Plain<Facts[Key]> } & { said?: SaidFacts[] };

/**
 * Turns an object with said texts into plain data: each becomes its English text, and `said` lists their messages, by
 * which the page finds the texts again. Its schema needs `said: z.array(saidSchema).optional()`.
 */
export function spoken<const Facts extends object>(facts: Facts): Spoken<Facts> {
	const found: SaidFacts[] = [];
	const plain = (value: unknown): unknown => {
		if (Array.isArray(value)) return value.map(plain);
		if (!(value instanceof Said)) return value;
		found.push(value.facts);
		return value.facts.text;
	};
	const entries = Object.entries(facts).map(([key, value]) => [key, plain(value)]);
	const before = (facts as { said?: readonly SaidFacts[] }).said ?? [];
	const all = [...before, ...found];
	return { ...Object.fromEntries(entries), ...(all.length === 0 ? {} : { said: all }) } as Spoken<Facts>;
}

/** A text that a table marks by `phrase`, for an object that reaches the page. */
export function phrased(text: string): Said {
	return new Said({ text, id: quoted(text), values: [] });
}

/** Returns a text of plain data with its message, to put it into another one. */
export function wordsIn({ said: all }: { readonly said?: readonly SaidFacts[] | undefined }, text: string): Words {
	const found = all?.find((one) => one.text === text);
	return found === undefined ? text : new Said(found);
}

/** Whether a value is the data of a said text. */
export function isSaid(value: unknown): value is SaidFacts {
	const facts = value as Partial<SaidFacts> | null;
	return typeof facts?.text === 'string' && typeof facts.id === 'string' && Array.isArray(facts.values);
}

/** Leaves the messages of texts out of a document, with `JSON.stringify`: documents are in English. */
export function withoutMessages(key: string, value: unknown): unknown {
	return key === 'said' && Array.isArray(value) && value.length > 0 && value.every(isSaid) ? undefined : value;
}
