import { canonicalJson } from '../canonical-json.ts';
import { Failure } from '../contract/failure.ts';
import { said } from '../contract/said.ts';
import { threadMs } from '../thread-time.ts';
import {
	type Automaton,
	AutomatonTooLarge,
	complement,
	intersection,
	lengthAutomaton,
	matchesAutomaton,
	matchesNothing,
	wordsAutomaton,
} from './automaton.ts';
import { formats } from './formats.ts';
import { type NumberBounds, numberAutomaton } from './number-language.ts';
import { PatternUnsupported, patternAutomaton } from './pattern.ts';

export type Schema = Record<string, unknown> | boolean;

/** A keyword that the grammar leaves open: the finished text has to be checked. */
export interface OpenKeyword {
	/** JSON pointer of the schema; '' for its root. */
	readonly at: string;
	readonly keyword: string;
}

export interface GrammarOptions {
	/**
	 * Leaves open what a grammar can't express, instead of refusing it: the grammar then also matches texts that are not
	 * valid, never fewer.
	 */
	readonly lenient?: boolean;
	/**
	 * Whether an object may have properties that its schema doesn't name, where the schema says nothing of them. JSON
	 * Schema allows them. The default forbids them: models invent names where they may, and whoever lists properties
	 * rarely wants others.
	 */
	readonly undeclared?: 'allow' | 'forbid';
}

/** Keywords that do not affect validity. */
const annotations: ReadonlySet<string> = new Set([
	...['$schema', '$id', '$anchor', '$comment', '$defs', 'definitions', '$vocabulary', 'title', 'description'],
	...['default', 'examples', 'deprecated', 'readOnly', 'writeOnly', 'contentMediaType', 'contentEncoding'],
	...['contentSchema', 'nullable', 'strict', 'minContains', 'maxContains', 'then', 'else'],
]);

const understood: ReadonlySet<string> = new Set([
	...['type', 'properties', 'required', 'additionalProperties', 'patternProperties', 'propertyNames', 'items'],
	...['prefixItems', 'additionalItems', 'minItems', 'maxItems', 'uniqueItems', 'minLength', 'maxLength', 'pattern'],
	...['format', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'enum', 'const'],
	...['anyOf', 'oneOf', 'allOf', '$ref'],
]);

/** More rules or levels than any schema that a person writes; schemas may come from anywhere. */
const maxRules = 6_000;
const maxDepth = 60;
const maxSchemaLength = 400_000;

/** Steps and processor time (ms) of one schema: references that meet again and again would take for ever. */
const maxSteps = 50_000;
const longestMs = 2_000;

/** The longest grammar that a worker takes, characters. */
const maxGrammarLength = 1_000_000;

/** The longest repetition that llama.cpp takes is 2,000, and nested ones multiply. */
const maxRepetition = 1_000;

/** Alternatives of a `oneOf` that are compared with each other. */
const maxCompared = 200;

/** Values that are written side by side. */
const maxAlternatives = 40;

/** Processor time for all automata of one grammar, ms: the process that writes it does nothing else meanwhile. */
const mostAutomataMs = 1_000;

/** Pattern properties of one object: the classes of names double with each. */
const maxNamePatterns = 3;

/**
 * llama.cpp's own rules for JSON values (grammars/json.gbnf), with limited white space because models tend to continue
 * it.
 */
const basics: Readonly<Record<string, string>> = {
	ws: '| " " | "\\n" [ \\t]{0,20}',
	boolean: '"true" | "false"',
	null: '"null"',
	digits: '[0] | [1-9] [0-9]{0,15}',
	integer: '"-"? digits',
	number: '"-"? digits ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,3})?',
	char: '[^"\\\\\\x7F\\x00-\\x1F] | "\\\\" (["\\\\/bfnrt] | "u" [0-9a-fA-F]{4})',
	string: '"\\"" char* "\\""',
	array: '"[" ws (value ("," ws value)*)? ws "]"',
	pair: 'string ws ":" ws value',
	object: '"{" ws (pair ("," ws pair)*)? ws "}"',
	value: 'object | array | string | number | boolean | null',
};

const typeNames = ['object', 'array', 'string', 'number', 'boolean', 'null'] as const;

function refused(at: string, reason: string): Failure {
	return new Failure({
		code: 'schema-unsupported',
		message: said`Answers can’t be forced to match this schema: at ${at === '' ? 'its root' : at}, ${reason}.`,
		next: [
			said`Change the schema there`,
			said`Use “JSON” without a schema`,
			said`Describe the form in the prompt instead`,
		],
	});
}

/** Returns a text as a terminal of a grammar. */
export const terminal = (text: string): string => JSON.stringify(text);

/** Returns a JSON value as a literal. */
const literal = (value: unknown): string => terminal(JSON.stringify(value));

export const isSchema = (value: unknown): value is Schema =>
	typeof value === 'boolean' || (typeof value === 'object' && value !== null && !Array.isArray(value));

/** A schema and its place. */
interface Located {
	readonly schema: Record<string, unknown>;
	readonly at: string;
}

interface Choice {
	readonly options: readonly { readonly schema: Schema; readonly at: string }[];
}

/** Schemas that hold together, without references and `allOf`. null: nothing is valid. */
interface Flat {
	readonly plain: readonly Located[];
	readonly choices: readonly Choice[];
}

function typeOf(value: unknown): string {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'array';
	return typeof value;
}

/** Writes the GBNF of one or more schemas. */
export class GrammarWriter {
	readonly #options: GrammarOptions;
	readonly #rules = new Map<string, string>();
	readonly #open = new Map<string, OpenKeyword>();
	readonly #shared = new Map<string, string>();
	#root: Schema = true;
	/** Whether a schema within the root has an `$id`. */
	#named = false;
	/** Rule names by what they match. */
	#known = new Map<string, string | null>();
	/** What is being expanded before anything of it is written. */
	readonly #expanding = new Set<string>();
	#count = 0;
	#steps = 0;
	#began = 0;
	#length = 0;
	/** Whether alternatives are compared, not written. */
	#comparing = false;

	constructor(options: GrammarOptions = {}) {
		this.#options = options;
	}

	/** What the grammar doesn't enforce. */
	get open(): readonly OpenKeyword[] {
		return [...this.#open.values()];
	}

	/** Adds a separate rule and returns its name. */
	add(content: string): string {
		const name = this.#name('');
		this.#set(name, content);
		return name;
	}

	/** Returns the rule that `make` made for this key, so that equal parts of a grammar are written once. */
	once(key: string, make: () => string): string {
		const rule = this.#shared.get(key) ?? make();
		this.#shared.set(key, rule);
		return rule;
	}

	/** Replaces the content of a rule, which others may name already. */
	replace(name: string, content: string): void {
		this.#set(name, content);
	}

	#set(name: string, content: string): void {
		this.#length += name.length + content.length;
		if (this.#length > maxGrammarLength) throw refused('', 'it is too deep or too large');
		this.#rules.set(name, content);
	}

	/** Counts a step. Throws Failure if there are too many, or if they take too long. */
	#step(at: string): void {
		this.#steps += 1;
		if (this.#steps > maxSteps || threadMs() - this.#began > longestMs) {
			throw refused(at, 'it is too deep or too large');
		}
	}

	#name(at: string): string {
		this.#count += 1;
		if (this.#count > maxRules) throw refused(at, 'it is too deep or too large');
		return `r${this.#count}`;
	}

	/** Returns the whole grammar, whose root is `content`. */
	grammar(content: string): string {
		const rules = [...this.#rules].map(([name, rule]) => `${name} ::= ${rule}`);
		const values = Object.entries(basics).map(([name, rule]) => `${name} ::= ${rule}`);
		return `${[`root ::= ${content}`, ...rules, ...values].join('\n')}\n`;
	}

	/** Returns the rule of a schema. Throws Failure `schema-unsupported`. */
	schema(root: Schema): string {
		this.#root = root;
		this.#known = new Map();
		this.#steps = 0;
		this.#began = threadMs();
		this.#named = typeof root === 'object' && Object.values(root).some(hasName);
		if (JSON.stringify(root).length > maxSchemaLength) throw refused('', 'it is too deep or too large');
		const rule = this.#rule([{ schema: root, at: '' }], 0);
		if (rule === null) throw refused('', 'nothing is allowed');
		return rule;
	}

	/** Leaves a keyword open, or refuses it. */
	#leave(at: string, keyword: string, reason = `“${keyword}” is not understood`): void {
		if (this.#options.lenient !== true) throw refused(at, reason);
		if (this.#open.size < 1_000) this.#open.set(`${at} ${keyword}`, { at, keyword });
	}

	/** Returns the rule for what matches all of these; null if nothing does. */
	#rule(schemas: readonly { readonly schema: unknown; readonly at: string }[], depth: number): string | null {
		const at = schemas[0]?.at ?? '';
		this.#step(at);
		if (depth > maxDepth) throw refused(at, 'it is too deep or too large');
		const flat = this.#flatten(schemas, new Set());
		if (flat === null) return null;
		if (flat.plain.length === 0 && flat.choices.length === 0) return 'value';
		const key = canonicalJson([
			[...new Set(flat.plain.map(({ schema }) => canonicalJson(schema)))],
			flat.choices.map(({ options }) => options.map(({ schema }) => schema)),
		]);
		const known = this.#known.get(key);
		if (known !== undefined) return known;
		if (flat.choices.length > 0) return this.#chosen(flat, key, at, depth);
		// Named before it is written because a schema may contain itself.
		const name = this.#name(at);
		this.#known.set(key, name);
		const content = this.#plain(flat.plain, depth);
		this.#known.set(key, content === null ? null : name);
		if (content === null) return null;
		this.#set(name, content);
		return name;
	}

	/** Returns the rule for a choice among schemas, each together with the others that hold. */
	#chosen({ plain, choices }: Flat, key: string, at: string, depth: number): string | null {
		// A choice that leads back to itself adds nothing.
		if (this.#expanding.has(key)) return null;
		this.#expanding.add(key);
		const [first, ...others] = choices;
		const rest = others.map(({ options }) => ({ schema: { anyOf: options.map(({ schema }) => schema) }, at }));
		const rules = first!.options.map((option) => this.#rule([...plain, ...rest, option], depth + 1));
		this.#expanding.delete(key);
		const some = [...new Set(rules.filter((rule) => rule !== null))];
		const name = some.length === 0 ? null : some.length === 1 ? some[0]! : this.add(some.join(' | '));
		this.#known.set(key, name);
		return name;
	}

	/** Resolves references and `allOf`. */
	#flatten(
		schemas: readonly { readonly schema: unknown; readonly at: string }[],
		followed: ReadonlySet<string>,
	): Flat | null {
		const plain: Located[] = [];
		const choices: Choice[] = [];
		for (const { schema, at } of schemas) {
			this.#step(at);
			if (!isSchema(schema)) throw refused(at, 'there is no schema');
			if (schema === false) return null;
			if (schema === true) continue;
			if (schema.not === true || (typeof schema.not === 'object' && Object.keys(schema.not ?? {}).length === 0))
				return null;
			this.#note(schema, at);
			const { $ref, allOf, anyOf, oneOf, ...own } = schema;
			const asserts = Object.keys(own).some((keyword) => understood.has(keyword));
			if (asserts) plain.push({ schema: own, at });
			const parts: { schema: unknown; at: string }[] = [];
			let seen = followed;
			if (schema.$ref !== undefined) {
				const reference = String(schema.$ref);
				if (followed.has(reference)) throw refused(at, `“${reference}” is nothing but itself`);
				seen = new Set([...followed, reference]);
				const target = this.#resolve(reference, at);
				if (target !== undefined) parts.push({ schema: target, at: reference.startsWith('#') ? reference : at });
			}
			if (schema.allOf !== undefined) parts.push(...this.#list(schema, 'allOf', at));
			if (parts.length > 0) {
				const inner = this.#flatten(parts, seen);
				if (inner === null) return null;
				plain.push(...inner.plain);
				choices.push(...inner.choices);
			}
			for (const keyword of ['anyOf', 'oneOf'] as const) {
				if (schema[keyword] === undefined) continue;
				const options = this.#list(schema, keyword, at) as Choice['options'];
				// Alternatives that overlap could both hold, which only a check of the finished text finds.
				const isOpen = keyword === 'oneOf' && this.#options.lenient === true && !this.#comparing;
				if (isOpen && !this.#areDisjoint(options)) this.#leave(at, 'oneOf');
				choices.push({ options });
			}
		}
		return { plain, choices };
	}

	/** Whether no value can match two of the schemas, as far as types and constant properties tell. */
	#areDisjoint(options: Choice['options']): boolean {
		// Every pair is compared, so their number is limited.
		if (options.length > maxCompared) return false;
		this.#comparing = true;
		let views: Record<string, unknown>[][];
		try {
			views = options.map(({ schema, at }) => {
				const flat = this.#flatten([{ schema, at }], new Set());
				return flat === null ? [] : flat.plain.map((one) => one.schema);
			});
		} finally {
			this.#comparing = false;
		}
		return views.every((one, index) => views.slice(index + 1).every((other) => disjoint(one, other)));
	}

	/** Names the keywords of a schema that a grammar can't express. */
	#note(schema: Record<string, unknown>, at: string): void {
		for (const [keyword, value] of Object.entries(schema)) {
			if (annotations.has(keyword) || understood.has(keyword)) continue;
			if (keyword === 'not' && isSchema(value)) {
				if (value === false) continue;
				this.#leave(at, keyword);
			} else this.#leave(at, keyword);
		}
	}

	#list(schema: Record<string, unknown>, keyword: string, at: string): { schema: unknown; at: string }[] {
		const list = schema[keyword];
		if (!Array.isArray(list) || list.length === 0) {
			throw refused(at, keyword === 'enum' ? '“enum” is no list of values' : 'the choices are no list');
		}
		return list.map((one, index) => ({ schema: one, at: `${at}/${keyword}/${index}` }));
	}

	/** Returns the schema that a reference names; undefined if it is left open. */
	#resolve(reference: string, at: string): unknown {
		// A schema with a name of its own inside changes what references mean.
		if (!reference.startsWith('#') || this.#named) {
			this.#leave(at, '$ref', 'only references within the schema itself are understood');
			return undefined;
		}
		const pointer = decodeFragment(reference.slice(1));
		if (pointer !== '' && !pointer.startsWith('/')) {
			const found = anchored(this.#root, pointer);
			if (found === undefined) throw refused(at, `“${reference}” leads nowhere`);
			return found;
		}
		let found: unknown = this.#root;
		for (const part of pointer.split('/').slice(1)) {
			const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
			found =
				typeof found === 'object' && found !== null && Object.hasOwn(found, key) ? Reflect.get(found, key) : undefined;
		}
		if (!isSchema(found)) throw refused(at, `“${reference}” leads nowhere`);
		return found;
	}

	/** Returns the rule's content for schemas without choices; null if nothing matches. */
	#plain(plain: readonly Located[], depth: number): string | null {
		const values = this.#values(plain);
		const types = this.#types(plain);
		if (values !== null) {
			const fitting = values.filter((value) => types.has(typeOf(value)) && this.#fits(value, plain, types));
			return fitting.length === 0 ? null : this.#listed(fitting, plain[0]?.at ?? '');
		}
		const rules = [...types].map((type) => this.#typed(type, plain, types, depth));
		const some = rules.filter((rule) => rule !== null);
		return some.length === 0 ? null : some.length === typeNames.length && isBasic(some) ? 'value' : some.join(' | ');
	}

	/** Writes a list of values. llama.cpp follows each alternative on its own, so a long list becomes a tree of letters. */
	#listed(values: readonly unknown[], at: string): string {
		if (values.length <= maxAlternatives) return values.map(literal).join(' | ');
		const texts = values.map((value) => JSON.stringify(value));
		const automaton = this.#attempt(at, 'enum', () => wordsAutomaton(texts));
		return automaton === null ? 'value' : this.automaton(automaton, 'plain');
	}

	/** The values of `enum` and `const`; null if there are none. */
	#values(plain: readonly Located[]): readonly unknown[] | null {
		let values: readonly unknown[] | null = null;
		const keep = (list: readonly unknown[]): void => {
			const allowed = new Set(list.map(canonicalJson));
			values = values === null ? list : values.filter((value) => allowed.has(canonicalJson(value)));
		};
		for (const { schema, at } of plain) {
			if ('const' in schema) keep([schema.const]);
			if (schema.enum !== undefined) keep(this.#list(schema, 'enum', at).map((one) => one.schema));
		}
		return values;
	}

	/** Types that are allowed; `integer` in place of `number` where only whole numbers are. */
	#types(plain: readonly Located[]): ReadonlySet<string> {
		let types = new Set<string>(typeNames);
		let whole = false;
		for (const { schema, at } of plain) {
			if (schema.type === undefined) continue;
			const list = Array.isArray(schema.type) ? schema.type : [schema.type];
			for (const type of list) {
				if (type !== 'integer' && !typeNames.some((name) => name === type)) {
					throw refused(at, `there is no type “${String(type)}”`);
				}
			}
			if (list.includes('integer') && !list.includes('number')) whole = true;
			const given = new Set(list.map((type) => (type === 'integer' ? 'number' : String(type))));
			types = new Set([...types].filter((type) => given.has(type)));
		}
		this.#whole.set(plain, whole);
		return types;
	}

	readonly #whole = new WeakMap<readonly Located[], boolean>();

	/** Whether a listed value matches the other keywords, as far as they are simple. */
	#fits(value: unknown, plain: readonly Located[], _types: ReadonlySet<string>): boolean {
		if (typeof value === 'string') {
			const automaton = this.#text(plain);
			return automaton === null || matchesAutomaton(automaton, value);
		}
		if (typeof value === 'number') {
			if (this.#whole.get(plain) === true && !Number.isInteger(value)) return false;
			const automaton = this.#number(plain);
			return automaton === null || /e/.test(String(value)) || matchesAutomaton(automaton, String(value));
		}
		if (typeof value !== 'object' || value === null) return true;
		const other = ['properties', 'required', 'additionalProperties', 'items', 'prefixItems', 'minItems', 'maxItems'];
		for (const { schema, at } of plain) if (other.some((keyword) => keyword in schema)) this.#leave(at, 'enum');
		return true;
	}

	#typed(type: string, plain: readonly Located[], _types: ReadonlySet<string>, depth: number): string | null {
		switch (type) {
			case 'string':
				return this.#string(plain);
			case 'number': {
				const automaton = this.#number(plain);
				if (automaton === null) return this.#whole.get(plain) === true ? 'integer' : 'number';
				return matchesNothing(automaton) ? null : this.automaton(automaton, 'plain');
			}
			case 'array':
				return this.#array(plain, depth);
			case 'object':
				return this.#object(plain, depth);
			default:
				return type;
		}
	}

	/** Returns a whole number that a keyword gives; null if it is absent. */
	#size(schema: Record<string, unknown>, keyword: string, at: string): number | null {
		const value = schema[keyword];
		if (value === undefined) return null;
		if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
		throw refused(at, `“${keyword}” is no whole number`);
	}

	/** Returns the bounds of a repetition; the keyword is left open beyond what a grammar can count. */
	#times(plain: readonly Located[], least: string, most: string): readonly [number, number | null] {
		let low = 0;
		let high: number | null = null;
		for (const { schema, at } of plain) {
			const [from, to] = [this.#size(schema, least, at) ?? 0, this.#size(schema, most, at)];
			if (from > maxRepetition) this.#leave(at, least, `“${least}” is above ${maxRepetition}`);
			if (to !== null && to > maxRepetition) this.#leave(at, most, `“${most}” is above ${maxRepetition}`);
			if (to !== null && from > to) throw refused(at, `“${most}” is less than “${least}”`);
			low = Math.max(low, Math.min(from, maxRepetition));
			if (to !== null && to <= maxRepetition) high = Math.min(high ?? to, to);
		}
		return [low, high];
	}

	/** Processor time spent on automata, ms. */
	#spentMs = 0;

	/** Tries to build an automaton; a keyword that needs too much is left open. */
	#attempt(at: string, keyword: string, build: () => Automaton): Automaton | null {
		const began = threadMs();
		try {
			if (this.#spentMs > mostAutomataMs) throw new AutomatonTooLarge();
			return build();
		} catch (error) {
			if (error instanceof PatternUnsupported) this.#leave(at, keyword, `“${keyword}”: ${error.message}`);
			else if (error instanceof AutomatonTooLarge) this.#leave(at, keyword, `“${keyword}” needs too large a grammar`);
			else throw error;
			return null;
		} finally {
			this.#spentMs += threadMs() - began;
		}
	}

	/** Returns the automaton of patterns, formats and lengths; null if there is none, or lengths only. */
	#text(plain: readonly Located[], withLengths = true): Automaton | null {
		let automaton: Automaton | null = null;
		const also = (at: string, keyword: string, build: () => Automaton): void => {
			const before = automaton;
			const next = this.#attempt(at, keyword, () => (before === null ? build() : intersection(before, build())));
			automaton = next ?? before;
		};
		for (const { schema, at } of plain) {
			const { pattern, format } = schema;
			if (pattern !== undefined) {
				if (typeof pattern !== 'string') throw refused(at, '“pattern” is no text');
				also(at, 'pattern', () => patternAutomaton(pattern));
			}
			if (typeof format !== 'string') continue;
			const known = Object.hasOwn(formats, format) ? formats[format] : undefined;
			// Many formats are hints for people; only a program is told that one isn't enforced.
			if (known !== undefined) also(at, 'format', () => patternAutomaton(known.pattern));
			else if (this.#options.lenient === true) this.#leave(at, 'format');
		}
		if (automaton === null && !withLengths) return null;
		const [low, high] = this.#times(plain, 'minLength', 'maxLength');
		if (low > 0 || high !== null) {
			const at = plain.find(({ schema }) => 'minLength' in schema || 'maxLength' in schema)?.at ?? '';
			also(at, high === null ? 'minLength' : 'maxLength', () => lengthAutomaton(low, high));
		}
		return automaton;
	}

	#string(plain: readonly Located[]): string | null {
		const automaton = this.#text(plain, false);
		if (automaton !== null) {
			return matchesNothing(automaton) ? null : `"\\"" ${this.automaton(automaton, 'json')} "\\""`;
		}
		const [low, high] = this.#times(plain, 'minLength', 'maxLength');
		if (high !== null && high < low) return null;
		if (low === 0 && high === null) return 'string';
		return `"\\"" char{${low},${high ?? ''}} "\\""`;
	}

	#number(plain: readonly Located[]): Automaton | null {
		const keywords = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'] as const;
		const whole = this.#whole.get(plain) === true;
		let automaton: Automaton | null = null;
		for (const { schema, at } of plain) {
			for (const keyword of keywords) {
				const value = schema[keyword];
				if (value === undefined) continue;
				if (typeof value !== 'number') throw refused(at, `“${keyword}” is no number`);
				const bounds: NumberBounds = { [keyword]: value };
				const before: Automaton | null = automaton;
				const next = this.#attempt(at, keyword, () => {
					const own = numberAutomaton([bounds], whole);
					return before === null ? own : intersection(before, own);
				});
				automaton = next ?? before;
			}
		}
		return automaton;
	}

	#array(plain: readonly Located[], depth: number): string | null {
		const [low, high] = this.#times(plain, 'minItems', 'maxItems');
		for (const { schema, at } of plain) {
			if (schema.uniqueItems === true && high !== 0 && high !== 1) this.#leave(at, 'uniqueItems');
		}
		const lists = plain.map(({ schema, at }) => {
			const prefix = schema.prefixItems ?? (Array.isArray(schema.items) ? schema.items : undefined);
			const rest = Array.isArray(schema.items) ? schema.additionalItems : schema.items;
			if (prefix !== undefined && !Array.isArray(prefix)) throw refused(at, '“prefixItems” is no list');
			return { prefix: (prefix ?? []) as readonly unknown[], rest, at };
		});
		const itemRule = (index: number): string | null => {
			const own = lists.flatMap(({ prefix, rest, at }) => {
				if (index < prefix.length) return [{ schema: prefix[index], at: `${at}/prefixItems/${index}` }];
				return rest === undefined ? [] : [{ schema: rest, at: `${at}/items` }];
			});
			return own.length === 0 ? 'value' : this.#rule(own, depth + 1);
		};
		const fixed = Math.max(0, ...lists.map(({ prefix }) => prefix.length));
		const most = high ?? Number.POSITIVE_INFINITY;
		const first: string[] = [];
		for (let index = 0; index < Math.min(fixed, most); index += 1) {
			const rule = itemRule(index);
			if (rule === null) break;
			first.push(rule);
		}
		const rest = first.length === fixed && most > fixed ? itemRule(fixed) : null;
		if (high !== null && high < low) return null;
		if (rest === null && first.length < low) return null;
		const comma = (index: number): string => (index === 0 ? '' : '"," ws ');
		let tail = '';
		if (rest !== null) {
			const least = Math.max(0, low - first.length);
			const up = high === null ? '' : String(high - first.length);
			if (first.length > 0) tail = `("," ws ${rest}){${least},${up}}`;
			else {
				const more = `("," ws ${rest}){${Math.max(0, least - 1)},${high === null ? '' : high - 1}}`;
				tail = least === 0 ? `(${rest} ${more})?` : `${rest} ${more}`;
			}
		}
		for (let index = first.length - 1; index >= 0; index -= 1) {
			const one = `${comma(index)}${first[index]} ${tail}`.trim();
			tail = index < low ? one : `(${one})?`;
			if (tail.length > 2_000) tail = this.add(tail);
		}
		return `"[" ws ${tail} ws "]"`;
	}

	/**
	 * Properties come in the schema's order. Each has two rules, one for when nothing has been written yet and one for
	 * when something has: only then a comma precedes the next property.
	 */
	#object(plain: readonly Located[], depth: number): string | null {
		const objects = plain.map((one) => readObject(one));
		const required = new Set(objects.flatMap((one) => one.required));
		const declared = [...new Set([...objects.flatMap((one) => Object.keys(one.properties)), ...required])];
		const names = this.#nameAutomaton(plain);
		const has = objects.some((one) => one.patterns.length > 0 || one.additional !== undefined);
		if (declared.length === 0 && !has && names === undefined) return 'object';
		const more = this.#undeclared(objects, declared, names, depth);
		let first = more === null ? '""' : this.add(`(${more} ("," ws ${more})*)?`);
		let rest = more === null ? '""' : this.add(`("," ws ${more})*`);
		for (const name of declared.toReversed()) {
			const value =
				names === null || (names !== undefined && !matchesAutomaton(names, name))
					? null
					: this.#rule(this.#schemasOf(name, objects), depth + 1);
			const needed = required.has(name);
			if (value === null) {
				if (needed) return null;
				continue;
			}
			const pair = this.add(`${literal(name)} ws ":" ws ${value}`);
			const [nextFirst, nextRest] = [first, rest];
			first = this.add(needed ? `${pair} ${nextRest}` : `${pair} ${nextRest} | ${nextFirst}`);
			rest = this.add(needed ? `"," ws ${pair} ${nextRest}` : `("," ws ${pair})? ${nextRest}`);
		}
		return `"{" ws ${first} ws "}"`;
	}

	/** Returns the schemas that hold for the property of this name. */
	#schemasOf(name: string, objects: readonly ObjectPart[]): { schema: unknown; at: string }[] {
		return objects.flatMap(({ properties, patterns, additional, at }) => {
			const found: { schema: unknown; at: string }[] = [];
			if (Object.hasOwn(properties, name)) found.push({ schema: properties[name], at: `${at}/properties/${name}` });
			for (const [pattern, schema] of patterns) {
				const automaton = this.#attempt(at, 'patternProperties', () => patternAutomaton(pattern));
				if (automaton !== null && matchesAutomaton(automaton, name))
					found.push({ schema, at: `${at}/patternProperties` });
				// It may match, and then nothing of `additionalProperties` holds.
				else if (automaton === null) return found.length > 0 ? found : [{ schema: true, at }];
			}
			if (found.length === 0 && additional !== undefined)
				found.push({ schema: additional, at: `${at}/additionalProperties` });
			return found;
		});
	}

	/** Returns what names may be; undefined: anything, null: there may be none. */
	#nameAutomaton(plain: readonly Located[]): Automaton | null | undefined {
		let names: Automaton | undefined;
		for (const { schema, at } of plain) {
			const rule = schema.propertyNames;
			if (rule === undefined || rule === true) continue;
			if (rule === false) return null;
			if (!isSchema(rule) || typeof rule === 'boolean') throw refused(at, 'there is no schema');
			const texts = ['pattern', 'format', 'minLength', 'maxLength', 'type', 'enum', 'const'];
			const isSimple = Object.keys(rule).every((keyword) => texts.includes(keyword) || annotations.has(keyword));
			if (!isSimple || (rule.type !== undefined && rule.type !== 'string')) {
				this.#leave(at, 'propertyNames');
				continue;
			}
			const own = [{ schema: rule, at: `${at}/propertyNames` }];
			const listed = this.#values(own)?.filter((value) => typeof value === 'string');
			const parts = [
				this.#text(own),
				listed === undefined ? null : this.#attempt(at, 'propertyNames', () => wordsAutomaton(listed)),
			];
			for (const part of parts) {
				if (part === null) continue;
				const before: Automaton | undefined = names;
				const next = this.#attempt(at, 'propertyNames', () =>
					before === undefined ? part : intersection(before, part),
				);
				names = next ?? before;
			}
		}
		return names;
	}

	/**
	 * Returns the rule of a pair with a name that is not declared; null if none is allowed. Names fall into classes by the
	 * patterns that they match.
	 */
	#undeclared(
		objects: readonly ObjectPart[],
		declared: readonly string[],
		names: Automaton | null | undefined,
		depth: number,
	): string | null {
		if (names === null) return null;
		const [{ at } = { at: '' }] = objects;
		const patterns = [...new Set(objects.flatMap((one) => one.patterns.map(([pattern]) => pattern)))];
		const isForbidden =
			this.#options.undeclared !== 'allow' &&
			declared.length > 0 &&
			objects.every(({ additional }) => additional === undefined);
		const automata = patterns.map((pattern) => this.#attempt(at, 'patternProperties', () => patternAutomaton(pattern)));
		if (patterns.length > maxNamePatterns) this.#leave(at, 'patternProperties', 'it has too many patterns for names');
		if (patterns.length > maxNamePatterns || automata.includes(null)) return this.add(`string ws ":" ws value`);
		const rules: string[] = [];
		for (let set = 0; set < 2 ** patterns.length; set += 1) {
			if (set === 0 && isForbidden) continue;
			const matched = patterns.filter((_, index) => (set >> index) % 2 === 1);
			const schemas = objects.flatMap((one) => {
				const own = one.patterns.filter(([pattern]) => matched.includes(pattern));
				if (own.length > 0) return own.map(([, schema]) => ({ schema, at: `${one.at}/patternProperties` }));
				return one.additional === undefined ? [] : [{ schema: one.additional, at: `${one.at}/additionalProperties` }];
			});
			if (schemas.some(({ schema }) => schema === false)) continue;
			const parts = [
				...(names === undefined ? [] : [names]),
				...automata.map((automaton, index) => ((set >> index) % 2 === 1 ? automaton! : complement(automaton!))),
			];
			const key = this.#key(parts, declared, at);
			if (key === null) continue;
			const value = schemas.length === 0 ? 'value' : this.#rule(schemas, depth + 1);
			if (value !== null) rules.push(`${key} ws ":" ws ${value}`);
		}
		if (rules.length === 0) return null;
		return rules.length === 1 && rules[0] === 'string ws ":" ws value' ? 'pair' : this.add(rules.join(' | '));
	}

	/** Returns the rule of a name that matches all of these and is not declared; null if there is none. */
	#key(parts: readonly Automaton[], declared: readonly string[], at: string): string | null {
		if (parts.length === 0 && declared.length === 0) return 'string';
		const automaton = this.#attempt(at, 'additionalProperties', () =>
			[...parts, ...(declared.length === 0 ? [] : [complement(wordsAutomaton(declared))])].reduce(intersection),
		);
		if (automaton === null) return 'string';
		return matchesNothing(automaton) ? null : this.add(`"\\"" ${this.automaton(automaton, 'json')} "\\""`);
	}

	/** Writes an automaton as rules, one for each state; returns the first. `json`: as the inside of a JSON string. */
	automaton({ start, accepts, arrows }: Automaton, form: 'json' | 'plain'): string {
		const names = accepts.map(() => this.#name(''));
		for (const [state, list] of arrows.entries()) {
			const byTarget = new Map<number, [number, number][]>();
			for (const { from, to, target } of list) {
				const ranges = byTarget.get(target) ?? [];
				byTarget.set(target, ranges);
				ranges.push([from, to]);
			}
			// One class for all: llama.cpp follows each alternative on its own.
			const lines = [...byTarget].map(([target, ranges]) => {
				const parts = form === 'json' ? jsonCharacters(ranges) : [characters(ranges)];
				return parts.length === 1 ? `${parts[0]} ${names[target]}` : `(${parts.join(' | ')}) ${names[target]}`;
			});
			if (accepts[state]) lines.push('""');
			this.#set(names[state]!, lines.length === 0 ? '""' : lines.join(' | '));
		}
		return names[start]!;
	}
}

interface ObjectPart {
	readonly at: string;
	readonly properties: Readonly<Record<string, unknown>>;
	readonly required: readonly string[];
	readonly patterns: readonly (readonly [string, unknown])[];
	readonly additional: unknown;
}

function readObject({ schema, at }: Located): ObjectPart {
	const { properties = {}, required = [], patternProperties = {}, additionalProperties } = schema;
	if (!isSchema(properties) || typeof properties === 'boolean') throw refused(at, '“properties” is no object');
	if (!isSchema(patternProperties) || typeof patternProperties === 'boolean') {
		throw refused(at, '“patternProperties” is no object');
	}
	// Draft 3 had a boolean here.
	if (!Array.isArray(required)) throw refused(at, '“required” is no list');
	return {
		at,
		properties,
		required: required.map(String),
		patterns: Object.entries(patternProperties),
		additional: additionalProperties,
	};
}

const isBasic = (rules: readonly string[]): boolean => typeNames.every((name) => rules.includes(name));

function typesOf({ type }: Record<string, unknown>): readonly string[] | null {
	if (type === undefined) return null;
	const list = (Array.isArray(type) ? type : [type]).map(String);
	return list.map((name) => (name === 'integer' ? 'number' : name));
}

function constants(schema: Record<string, unknown>): readonly string[] | null {
	if ('const' in schema) return [canonicalJson(schema.const)];
	return Array.isArray(schema.enum) ? schema.enum.map(canonicalJson) : null;
}

/** Whether two schemas, each of several that hold together, exclude each other. */
function disjoint(one: readonly Record<string, unknown>[], other: readonly Record<string, unknown>[]): boolean {
	const apart = (a: readonly string[] | null, b: readonly string[] | null): boolean =>
		a !== null && b !== null && a.every((value) => !b.includes(value));
	return one.some((a) =>
		other.some((b) => {
			if (apart(typesOf(a), typesOf(b)) || apart(constants(a), constants(b))) return true;
			if (a.type !== 'object' || b.type !== 'object') return false;
			const required = (schema: Record<string, unknown>): readonly unknown[] =>
				Array.isArray(schema.required) ? schema.required : [];
			return required(a).some((name) => {
				if (!required(b).includes(name)) return false;
				const [left, right] = [a, b].map(({ properties }) =>
					isSchema(properties) && typeof properties === 'object' ? properties[String(name)] : undefined,
				);
				if (!isSchema(left) || !isSchema(right) || typeof left === 'boolean' || typeof right === 'boolean')
					return false;
				return apart(constants(left), constants(right)) || apart(typesOf(left), typesOf(right));
			});
		}),
	);
}

/** Whether a schema, or one within it, has an `$id` or `$dynamicAnchor`. Bounded: schemas may come from anywhere. */
function hasName(root: unknown): boolean {
	const open: unknown[] = [root];
	for (let visited = 0; open.length > 0 && visited < 50_000; visited += 1) {
		const one = open.pop();
		if (typeof one !== 'object' || one === null) continue;
		if (typeof Reflect.get(one, '$id') === 'string' || typeof Reflect.get(one, '$dynamicAnchor') === 'string')
			return true;
		for (const inner of Object.values(one)) open.push(inner);
	}
	return false;
}

function decodeFragment(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

/** Returns the schema with this `$anchor`. */
function anchored(root: unknown, name: string): Schema | undefined {
	const open: unknown[] = [root];
	for (let visited = 0; open.length > 0 && visited < 50_000; visited += 1) {
		const one = open.pop();
		if (typeof one !== 'object' || one === null) continue;
		if (Reflect.get(one, '$anchor') === name) return one as Schema;
		for (const inner of Object.values(one)) open.push(inner);
	}
	return undefined;
}

/** Returns a code point within a character class. */
function escaped(code: number): string {
	if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0').toUpperCase()}`;
	if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0').toUpperCase()}`;
	return `\\U${code.toString(16).padStart(8, '0').toUpperCase()}`;
}

/** Returns a character class. */
export function characters(ranges: readonly (readonly [number, number])[]): string {
	const parts = ranges.map(([from, to]) => (from === to ? escaped(from) : `${escaped(from)}-${escaped(to)}`));
	return `[${parts.join('')}]`;
}

const shortEscapes: Readonly<Record<number, string>> = { 8: 'b', 9: 't', 10: 'n', 12: 'f', 13: 'r' };

/** Returns how JSON writes characters within a string: as they are, or escaped. */
function jsonCharacters(ranges: readonly (readonly [number, number])[]): string[] {
	const parts: string[] = [];
	const plain: [number, number][] = [];
	for (const [from, to] of ranges) {
		for (let code = from; code <= Math.min(to, 0x1f); code += 1) {
			const short = shortEscapes[code];
			const text = short === undefined ? `\\u${code.toString(16).padStart(4, '0')}` : `\\${short}`;
			parts.push(terminal(text));
		}
		if (from <= 0x22 && 0x22 <= to) parts.push(terminal('\\"'));
		if (from <= 0x5c && 0x5c <= to) parts.push(terminal('\\\\'));
		for (const [start, end] of plainRanges) {
			const [low, high] = [Math.max(from, start), Math.min(to, end)];
			if (low <= high) plain.push([low, high]);
		}
	}
	if (plain.length > 0) parts.push(characters(plain));
	return parts;
}

/** Characters that JSON needs not escape. */
const plainRanges = [
	[0x20, 0x21],
	[0x23, 0x5b],
	[0x5d, 0xd7ff],
	[0xe000, 0x10ffff],
] as const;
