import { extname } from 'node:path';
import { closest, distance as editDistance } from 'fastest-levenshtein';
import { isNode } from 'yaml';
import type { core, z } from 'zod';
import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import { type ConfigFile, configFileSchema } from '../contract/evaluation/config-file.ts';
import { parseYaml } from '../text/yaml.ts';

type Issue = core.$ZodIssue;
type Path = readonly PropertyKey[];

interface Found {
	readonly path: Path;
	readonly message: string;
	/** A wrong type, an invalid value, or an unknown field. */
	readonly kind: 'type' | 'value' | 'field';
}

const noField = 'unknown field';

/** Most errors that a message lists. */
const maxProblems = 11;

/**
 * Parses a config file, YAML or JSON (which is YAML too); messages refer to it by `name`, and to its schema by the command
 * that prints it. Throws Failure `config-invalid`, with the line and field of every error.
 */
export function parseConfig(text: string, name: string): ConfigFile;
export function parseConfig<Schema extends z.ZodType>(
	text: string,
	name: string,
	schema: Schema,
	schemaCommand?: string,
): z.infer<Schema>;
export function parseConfig(
	text: string,
	name: string,
	schema: z.ZodType = configFileSchema,
	schemaCommand = 'assay eval schema',
): unknown {
	const invalid = (problems: readonly string[]): Failure => invalidConfig(problems, name, schemaCommand);
	const { document, fault, position, values } = parseYaml(text);
	const at = (offset: number): string => {
		const { line, column } = position(offset);
		return `${name}:${line}:${column}`;
	};
	if (fault !== null) throw invalid([`${at(fault.offset)}: ${fault.message}`]);
	let raw: unknown;
	try {
		raw = values();
	} catch (error) {
		throw invalid([`${name}: ${error instanceof Error ? error.message : String(error)}`]);
	}
	if (isPromptfoo(raw)) throw promptfooConfig(name);
	const where = ({ path }: Found): string => {
		for (let length = path.length; length >= 0; length -= 1) {
			const node = document.getIn(path.slice(0, length) as (string | number)[], true);
			if (isNode(node) && node.range) return at(node.range[0]);
		}
		return name;
	};
	const say = (found: Found): string =>
		`${where(found)}: ${fieldName(found.path)}${found.message}${found.kind === 'field' ? meantField(found.path, schema) : ''}`;
	const parsed = schema.safeParse(raw);
	// Finding the place of an error looks through the document: only for those that the message lists.
	const list = (found: readonly Found[]): Failure => invalid(found.slice(0, maxProblems).map(say));
	if (!parsed.success) throw list(parsed.error.issues.flatMap(flatten));
	const odd = unknownFields(raw, parsed.data, []);
	if (odd.length > 0) throw list(odd);
	return parsed.data;
}

/** Returns true for a config of promptfoo, by fields that Assay's own don't have. */
function isPromptfoo(raw: unknown): boolean {
	return typeof raw === 'object' && raw !== null && 'tests' in raw && 'providers' in raw;
}

function promptfooConfig(name: string): Failure {
	return new Failure({
		code: 'config-invalid',
		message: said`${name} is a configuration of promptfoo.`,
		next: [
			said`Import its tests as a dataset: ${`assay datasets import ${name}`}`,
			said`Then name that dataset, the prompts and the scorers in a config file of Assay`,
		],
	});
}

function invalidConfig(problems: readonly string[], name: string, schemaCommand: string): Failure {
	const [first = name, ...others] = problems;
	return new Failure({
		code: 'config-invalid',
		message: first,
		next: [
			...others,
			extname(name) === ''
				? said`See the allowed fields: ${schemaCommand}`
				: said`See the allowed fields: ${schemaCommand} (editors can use it, too)`,
		],
	});
}

/** Names the field that a misspelt one at the top of the file is closest to; '': none is close. */
function meantField(path: Path, schema: z.ZodType): string {
	if (path.length !== 1 || !('shape' in schema)) return '';
	const fields = Object.keys(schema.shape as object);
	const meant = closest(String(path[0]), fields);
	return editDistance(meant, String(path[0])) <= 2 ? `; did you mean “${meant}”?` : '';
}

function fieldName(path: Path): string {
	const text = path
		.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
		.join('')
		.replace(/^\./, '');
	return text === '' ? '' : `${text}: `;
}

/** The errors of the closest alternative: the user meant one of them. */
function flatten(issue: Issue): Found[] {
	if (issue.code === 'unrecognized_keys') {
		return issue.keys.map((key) => ({ path: [...issue.path, key], message: noField, kind: 'field' }));
	}
	if (issue.code !== 'invalid_union' || issue.errors.length === 0) {
		return [{ path: issue.path, message: plain(issue), kind: issue.code === 'invalid_type' ? 'type' : 'value' }];
	}
	const branches = issue.errors.map((errors) => errors.flatMap((inner) => flatten(inner)));
	const [best] = branches.toSorted((a, b) => distance(a) - distance(b) || a.length - b.length);
	return (best ?? []).map((found) => ({ ...found, path: [...issue.path, ...found.path] }));
}

/** Distance of an alternative from the input: a wrong type counts more than a wrong field. */
function distance(found: readonly Found[]): number {
	if (found.some(({ path, kind }) => path.length === 0 && kind === 'type')) return 3;
	if (found.some(({ path }) => path.length === 0)) return 2;
	return found.some(({ path }) => path.at(-1) === 'kind') ? 1 : 0;
}

function plain(issue: Issue): string {
	if (issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options)) {
		return `must be one of ${issue.options.map(String).join(', ')}`;
	}
	if (issue.code === 'invalid_value')
		return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
	if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) return 'is missing';
	return issue.message.replace(/^Invalid input: /, '');
}

/** Fields without a meaning: a typing error there would silently change the measurement. */
function unknownFields(raw: unknown, parsed: unknown, path: Path): Found[] {
	if (Array.isArray(raw) && Array.isArray(parsed)) {
		return raw.flatMap((value: unknown, index) => unknownFields(value, parsed[index], [...path, index]));
	}
	// A single item may be written without its list.
	if (isObject(raw) && Array.isArray(parsed) && parsed.length === 1) return unknownFields(raw, parsed[0], path);
	if (!isObject(raw) || !isObject(parsed)) return [];
	return Object.entries(raw).flatMap(([key, value]) =>
		key in parsed
			? unknownFields(value, parsed[key], [...path, key])
			: [{ path: [...path, key], message: noField, kind: 'field' as const }],
	);
}

function isObject(value: unknown): value is Record<string, unknown> {
	return value !== null && typeof value === 'object' && !Array.isArray(value);
}
