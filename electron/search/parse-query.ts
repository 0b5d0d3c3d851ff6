import type { SearchFilter, SearchTerm } from '../contract/search/schema.ts';
import { dayName, parsePeriod } from './date-period.ts';

/** One search term: a word, or several in quotes. */
export interface QueryWord {
	readonly text: string;
	readonly phrase: boolean;
}

/** A filter with the names that must exist. */
export interface FilterTerm extends SearchTerm {
	readonly tag?: string;
	readonly folder?: string;
}

/** A parsed search text. */
export interface ParsedQuery {
	readonly words: readonly QueryWord[];
	readonly filter: SearchFilter;
	readonly terms: readonly FilterTerm[];
}

type Reading = {
	readonly label: string;
	readonly filter: SearchFilter;
	readonly tag?: string;
	readonly folder?: string;
};

/** Meaning of a filter; a text if its value is invalid. */
type Operator = (value: string, now: number) => Reading | string;

const dates = 'Dates are written 2026-11-24, 2026-11, 2026, today, yesterday, or 7d, 4w, 3m, 1y for that long ago.';

const operators: Record<string, Operator> = {
	tag: (name) => ({ label: `Tag ${name}`, filter: { tags: [name] }, tag: name }),
	in: (name) => ({ label: `In ${name}`, filter: { folder: name }, folder: name }),
	model: (name) => ({ label: `Answers of ${name}`, filter: { model: name, writtenBy: 'assistant' } }),
	after: (value, now) => {
		const period = parsePeriod(value, now);
		return period === null ? dates : { label: `From ${dayName(period.from)} on`, filter: { from: period.from } };
	},
	before: (value, now) => {
		const period = parsePeriod(value, now);
		return period === null ? dates : { label: `Before ${dayName(period.from)}`, filter: { to: period.from } };
	},
	on: (value, now) => {
		const period = parsePeriod(value, now);
		return period === null ? dates : { label: `Only ${period.name}`, filter: { from: period.from, to: period.to } };
	},
	has: choice({
		feedback: { label: 'With feedback', filter: { feedback: 'any' } },
		up: { label: 'Rated good', filter: { feedback: 'up' } },
		down: { label: 'Rated bad', filter: { feedback: 'down' } },
		correction: { label: 'Corrected', filter: { feedback: 'corrected' } },
		attachment: { label: 'With an attachment', filter: { attachment: true } },
	}),
	from: choice({
		me: { label: 'Written by you', filter: { writtenBy: 'user' } },
		model: { label: 'Answers', filter: { writtenBy: 'assistant' } },
	}),
	is: choice({
		archived: { label: 'Archived', filter: { archived: true } },
	}),
};

function choice(values: Record<string, Reading>): Operator {
	return (value) => values[value.toLowerCase()] ?? `Use one of: ${Object.keys(values).join(', ')}.`;
}

/** `key:value`, `key:"some words"`, "some words", word */
const pieces = /(?<!\S)([a-z]+):(?:"([^"]*)"|([^\s"]+))|"([^"]+)"|([^\s"]+)/giu;

/** Parses a search text. Nothing in it is interpreted as the index's query language; an unknown `key:` is a word. */
export function parseQuery(text: string, now: number): ParsedQuery {
	const words: QueryWord[] = [];
	const terms: FilterTerm[] = [];
	let filter: SearchFilter = {};
	for (const match of text.replaceAll('\0', ' ').toWellFormed().matchAll(pieces)) {
		const [typed, key, quotedValue, value, phrase, word] = match;
		const operator = key === undefined ? undefined : operators[key.toLowerCase()];
		if (operator === undefined) {
			words.push({ text: phrase ?? word ?? typed, phrase: phrase !== undefined });
			continue;
		}
		const named = (quotedValue ?? value ?? '').trim();
		const reading = operator(named, now);
		if (typeof reading === 'string') {
			terms.push({ typed, label: typed, problem: reading });
			continue;
		}
		const { filter: added, ...term } = reading;
		terms.push({ typed, problem: null, ...term });
		filter = mergeFilters(filter, added);
	}
	return { words, filter, terms };
}

/** Combines two filters: the later word wins, tags add up, times intersect. */
export function mergeFilters(one: SearchFilter, other: SearchFilter): SearchFilter {
	const tags = [...new Set([...(one.tags ?? []), ...(other.tags ?? [])])];
	const from = Math.max(one.from ?? -Infinity, other.from ?? -Infinity);
	const to = Math.min(one.to ?? Infinity, other.to ?? Infinity);
	return {
		...one,
		...other,
		...(tags.length === 0 ? {} : { tags }),
		...(from === -Infinity ? {} : { from }),
		...(to === Infinity ? {} : { to }),
	};
}
