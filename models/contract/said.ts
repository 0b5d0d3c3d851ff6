import { z } from 'zod';
import { pluralMessage, quoted } from './message-syntax.ts';

const valueSchema = z.union([z.string(), z.number()]);

const innerSchema = z.object({ text: z.string(), id: z.string(), values: z.array(valueSchema) });

/**
 * A text for people as data: the English words, and what the page needs to word it in another language. `id` is the
 * message with numbered values, as it is in the catalogues: `The file {0} can't be read.` A value may be a said text
 * itself; texts within that one are English.
 */
export const saidSchema = innerSchema.extend({ values: z.array(z.union([...valueSchema.options, innerSchema])) });

export type SaidFacts = z.infer<typeof saidSchema>;

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

/** A number with its noun, for `said`: languages have different plurals, so the message holds the forms. */
class Amount {
	readonly count: number;
	readonly forms: readonly [one: string, other: string];

	constructor(count: number, forms: readonly [one: string, other: string]) {
		this.count = count;
		this.forms = forms;
	}
}

/** A number with its noun inside `said`: `said\`${amount(3, 'file')} left\`` says "3 files left". */
export function amount(count: number, one: string, other = `${one}s`): Amount {
	return new Amount(count, [one, other]);
}

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/**
 * Words a text for people that the page can show in its language: `said\`The file ${name} can't be read.\``. It crosses
 * to the page beside the English text, by `spoken` or as part of a `Failure`.
 */
export function said(parts: TemplateStringsArray, ...values: readonly (string | number | Said | Amount)[]): Said {
	let text = parts[0] ?? '';
	let id = quoted(parts[0] ?? '');
	values.forEach((value, index) => {
		const after = parts[index + 1] ?? '';
		if (value instanceof Amount) {
			const [one, other] = value.forms;
			text += `${grouped.format(value.count)} ${value.count === 1 ? one : other}`;
			id += pluralMessage(String(index), one, other);
		} else {
			text += String(value);
			id += `{${index}}`;
		}
		text += after;
		id += quoted(after);
	});
	return new Said({ text, id, values: values.map(plainValue) });
}

function plainValue(value: string | number | Said | Amount): SaidFacts['values'][number] {
	if (value instanceof Amount) return value.count;
	if (!(value instanceof Said)) return value;
	const { text, id, values } = value.facts;
	return { text, id, values: values.map((inner) => (typeof inner === 'object' ? inner.text : inner)) };
}

type Plain<Value> = Value extends Said
	? string
	: Value extends readonly (infer One)[]
		? Extract<One, Said> extends never
			? Value
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
