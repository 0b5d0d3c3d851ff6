import { stringify } from 'yaml';
import type { Sample } from '../../contract/dataset/schema.ts';
import type { RowRecord } from '../read/rows.ts';
import { emptySample, type FileFacts, type Format, type ImportedSample } from './format.ts';
import { asText, isObject, textOrNull, variablesOf } from './values.ts';

/** Names of a variable that holds the question, the most likely first. */
const inputNames = ['input', 'question', 'prompt', 'query', 'text', 'message', 'user', 'body', 'content'];

/** One assertion of a test. */
interface Assertion {
	readonly type?: string;
	/** Stands for an assertion that is written elsewhere in the configuration. */
	readonly $ref?: string;
	readonly value?: unknown;
	readonly threshold?: unknown;
}

/** Assertions whose value is the answer itself. */
const targetTypes = ['equals', 'contains', 'icontains', 'similar'];

/**
 * Recognises promptfoo's tests: `{vars, assert}` in a list or a configuration, columns with `__expected`, or results of
 * a run.
 */
export function promptfooFormat({ head, container, columns }: FileFacts): Format | null {
	const table = container === 'table' && columns.some(isExpected);
	const tests = container !== 'table' && head.every(({ vars }) => isObject(vars));
	if (!table && !tests) return null;
	const seen = new Set<string>();
	return {
		format: 'promptfoo',
		task: null,
		name: 'promptfoo tests',
		mapping: null,
		read: (record) => (table ? readColumns(record) : readTest(record, seen)),
	};
}

function isExpected(column: string): boolean {
	return /^__expected\d*$/.test(column.trim());
}

function readColumns(record: RowRecord): readonly ImportedSample[] | string {
	const assertions: Assertion[] = [];
	const rest = Object.create(null) as Record<string, unknown>;
	for (const [name, value] of Object.entries(record)) {
		if (isExpected(name)) {
			if (asText(value).trim() !== '') assertions.push(assertionOf(asText(value)));
		} else if (!name.startsWith('__')) rest[name] = value;
	}
	return sampleOf(variablesOf(rest), assertions, textOrNull(record.__description), null);
}

/** Prefixes such as `fn:` and `grade:` name a kind; anything else is the answer. */
function assertionOf(text: string): Assertion {
	const short: Readonly<Record<string, string>> = { fn: 'javascript', eval: 'javascript', grade: 'llm-rubric' };
	const [, kind, value] = /^([a-z][a-z-]*)(?:\([^)]*\))?:\s*([\s\S]*)$/.exec(text) ?? [];
	if (/^(?:not-)?is-(?:json|valid-[a-z-]+)$/.test(text.trim())) return { type: text.trim() };
	const name = kind === undefined ? undefined : (short[kind] ?? kind);
	const isKind =
		name !== undefined &&
		/^(?:not-)?(?:javascript|python|llm-rubric|equals|i?contains(?:-any|-all|-json)?|starts-with|regex|similar|is-json|levenshtein|rouge-n|factuality|latency|cost|perplexity)$/.test(
			name,
		);
	return isKind ? { type: name, value } : { type: 'equals', value: text };
}

function readTest(record: RowRecord, seen: Set<string>): readonly ImportedSample[] | string {
	const vars = isObject(record.vars) ? record.vars : {};
	const test = isObject(record.testCase) ? record.testCase : record;
	const assertions = Array.isArray(test.assert) ? test.assert.filter(isObject).map(toAssertion) : [];
	const result = record.response !== undefined || record.testCase !== undefined || record.success !== undefined;
	if (result) {
		// A run contains every test once per prompt and model.
		const print = JSON.stringify(vars);
		if (seen.has(print)) return [];
		seen.add(print);
	}
	const samples: ImportedSample[] = [];
	for (const combination of combinations(vars)) {
		const read = sampleOf(variablesOf(combination), assertions, textOrNull(test.description), test.metadata);
		if (typeof read === 'string') return read;
		samples.push(...read);
	}
	return samples;
}

function toAssertion({ type, $ref, value, threshold }: Record<string, unknown>): Assertion {
	return {
		...(typeof $ref === 'string' ? { $ref } : { type: asText(type) }),
		...(value === undefined ? {} : { value }),
		...(threshold === undefined ? {} : { threshold }),
	};
}

/** Most combinations of lists: more were hardly intended. */
const maxCombinations = 1_000;

/** Expands list variables: one test per element. */
function combinations(vars: Readonly<Record<string, unknown>>): RowRecord[] {
	let all: Record<string, unknown>[] = [Object.create(null) as Record<string, unknown>];
	for (const [name, value] of Object.entries(vars)) {
		const values = Array.isArray(value) && value.length > 0 ? (value as unknown[]) : [value];
		all = all
			.flatMap((one) => values.map((each) => Object.assign(Object.create(null), one, { [name]: each }) as typeof one))
			.slice(0, maxCombinations);
	}
	return all;
}

function sampleOf(
	variables: Readonly<Record<string, string>>,
	assertions: readonly Assertion[],
	description: string | null,
	metadata: unknown,
): readonly ImportedSample[] | string {
	const names = Object.keys(variables);
	const name = inputNames.find((each) => variables[each] !== undefined) ?? names[0];
	const input = name === undefined ? undefined : variables[name];
	if (input === undefined || input === '') return 'it has no variable for the question';
	const answer = assertions.find(({ type = '', value }) => targetTypes.includes(type) && typeof value === 'string');
	return [
		{
			...emptySample,
			input,
			target: answer === undefined ? null : asText(answer.value),
			variables,
			metadata: {
				...(isObject(metadata) ? metadata : {}),
				...(description === null ? {} : { description }),
				...(assertions.length === 0 ? {} : { assert: assertions }),
			},
			rules: assertions.filter((one) => one !== answer).map(({ type, $ref }) => type ?? $ref ?? ''),
		},
	];
}

/** Returns promptfoo's assertions for a sample; empty if no right answer is known. */
export function assertionsOf({
	target,
	metadata,
	choices,
}: Pick<Sample, 'target' | 'metadata' | 'choices'>): unknown[] {
	if (Array.isArray(metadata.assert)) return metadata.assert as unknown[];
	return target === null ? [] : [{ type: choices === null ? 'equals' : 'contains', value: target }];
}

/**
 * Writes a promptfoo test as a list entry in YAML. The question is the variable `input`, in addition to the sample's
 * own variables; asserts what the sample was imported with, or else that the answer equals the target.
 */
export function promptfooTest(sample: Sample): string | null {
	const { input, variables, metadata, tags, key, split } = sample;
	const asked = typeof input === 'string' ? input : JSON.stringify(input);
	const assert = assertionsOf(sample);
	const { description } = metadata;
	const test = {
		description: typeof description === 'string' ? description : key,
		vars: { ...variables, ...(Object.values(variables).includes(asked) ? {} : { input: asked }) },
		...(assert.length === 0 ? {} : { assert }),
		metadata: { id: key, split, ...(tags.length === 0 ? {} : { tags }) },
	};
	// YAML would write a repeated value as an alias: every value is written out.
	return stringify([test], { aliasDuplicateObjects: false, lineWidth: 0 });
}
