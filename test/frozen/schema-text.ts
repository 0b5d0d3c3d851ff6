import { getEventIteratorSchemaDetails } from '@orpc/contract';
import { z } from 'zod';

type Json = Readonly<Record<string, unknown>>;
type Direction = 'input' | 'output';

/** Parts of a JSON schema written for people, whose sentences may change. */
const words = new Set(['title', 'description', 'examples', '$schema', '$comment']);
/** Longer unions get one line per branch. */
const lineLength = 100;
/** Schemas with shorter JSON are written out every time. */
const shortJson = 160;

const isObject = (value: unknown): value is Json =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? (value as Json[]) : []);
const indent = (text: string): string => text.replaceAll('\n', '\n  ');

/** Returns the same text for equal schemas, whatever the order of their keys. */
function canonical(schema: unknown): string {
	return JSON.stringify(schema, (_, value: unknown) =>
		isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
	);
}

function union(branches: readonly string[]): string {
	const line = branches.join(' | ');
	if (branches.length < 2 || (line.length <= lineLength && !line.includes('\n'))) return line;
	return branches.map((branch) => (branch.startsWith('\n  | ') ? branch : `\n  | ${indent(branch)}`)).join('');
}

/** Names a branch by the value that distinguishes it, so that a new branch does not rename the others. */
function branchName({ properties }: Json, index: number): string {
	const { type, kind } = isObject(properties) ? (properties as Record<string, Json | undefined>) : {};
	return String(type?.const ?? kind?.const ?? index + 1);
}

/**
 * Writes the bounds, patterns, defaults and other limits of a schema, without the bounds that every whole number has.
 */
function limitsText(limits: Json): string {
	const said = Object.entries(limits).filter(([, value]) => Math.abs(Number(value)) !== Number.MAX_SAFE_INTEGER);
	return said.length === 0 ? '' : ` ${canonical(Object.fromEntries(said))}`;
}

/**
 * Writes schemas as text, one line per field, sorted by name. A schema that appeared before is written as the place of
 * its first appearance, so that a change to it changes the text only once.
 */
export function schemaWriter() {
	const places = new Map<string, string>();

	function write(schema: Json, io: Direction, place: string): string {
		const said = Object.fromEntries(Object.entries(schema).filter(([key]) => !words.has(key)));
		const { default: standard, ...rest } = said;
		const suffix = standard === undefined ? '' : ` = ${canonical(standard)}`;
		const json = canonical(rest);
		if (json.length < shortJson) return text(rest, io, place) + suffix;
		const whole = `${io} ${json}`;
		const known = places.get(whole);
		if (known !== undefined) return `as ${known}${suffix}`;
		places.set(whole, place);
		return text(rest, io, place) + suffix;
	}

	function text(schema: Json, io: Direction, place: string): string {
		const { type, properties, required, additionalProperties, items, prefixItems, anyOf, oneOf, allOf, ...more } =
			schema;
		const { enum: values, const: constant, $ref, $defs, propertyNames, ...limits } = more;
		const suffix = limitsText(limits) + definitions($defs, io, place);
		const branches = [...list(anyOf), ...list(oneOf)];
		if ($ref !== undefined) return `ref ${String($ref)}${suffix}`;
		if (constant !== undefined) return JSON.stringify(constant) + suffix;
		if (Array.isArray(values)) return union(values.map((value) => JSON.stringify(value))) + suffix;
		if (branches.length > 0) {
			return (
				union(branches.map((branch, index) => write(branch, io, `${place}|${branchName(branch, index)}`))) + suffix
			);
		}
		if (list(allOf).length > 0) {
			return list(allOf)
				.map((branch, index) => write(branch, io, `${place}&${index + 1}`))
				.join(' & ');
		}
		if (type === 'array') {
			const tuple = list(prefixItems).map((item, index) => write(item, io, `${place}[${index}]`));
			const content = tuple.length > 0 ? tuple.join(', ') : write((items ?? {}) as Json, io, `${place}[]`);
			return `[${content}]${suffix}`;
		}
		if (type === 'object' && isObject(properties)) {
			const fields = Object.keys(properties)
				.sort()
				.map((name) => {
					const sign = Array.isArray(required) && required.includes(name) ? '' : '?';
					return `\n  ${name}${sign}: ${indent(write(properties[name] as Json, io, `${place}.${name}`))}`;
				});
			// Output has these fields and no more; input may refuse others or ignore them.
			const strict = io === 'input' && additionalProperties === false ? ' strict' : '';
			return `{${fields.join('')}\n}${strict}${suffix}`;
		}
		if (type === 'object') {
			const keys = isObject(propertyNames) ? write(propertyNames, io, `${place}{key}`) : 'string';
			return `{ [${keys}]: ${write((additionalProperties ?? {}) as Json, io, `${place}{}`)} }${suffix}`;
		}
		return `${type === undefined ? 'any' : String(type)}${suffix}`;
	}

	function definitions(defs: unknown, io: Direction, place: string): string {
		if (!isObject(defs)) return '';
		return Object.entries(defs)
			.map(([name, one]) => `\nwhere ${name}: ${write(one as Json, io, `${place}#${name}`)}`)
			.join('');
	}

	function zodText(schema: unknown, io: Direction, place: string): string {
		if (schema === undefined) return 'nothing';
		const stream = getEventIteratorSchemaDetails(schema as z.ZodType);
		if (stream !== undefined) return `stream of ${zodText(stream.yields, io, place)}`;
		return write(z.toJSONSchema(schema as z.ZodType, { io, unrepresentable: 'any' }) as Json, io, place);
	}

	const trimmed = (written: string): string => written.replace(/ +$/gm, '');
	return {
		json: (schema: Json, io: Direction, place: string): string => trimmed(write(schema, io, place)),
		zod: (schema: unknown, io: Direction, place: string): string => trimmed(zodText(schema, io, place)),
	};
}
