import { z } from 'zod';
import { hostileNumbers, hostileTexts, type Random } from './random.ts';

/** The part of a JSON Schema that the contract's inputs use. */
interface Schema {
	readonly type?: string | readonly string[];
	readonly const?: unknown;
	readonly enum?: readonly unknown[];
	readonly anyOf?: readonly Schema[];
	readonly oneOf?: readonly Schema[];
	readonly allOf?: readonly Schema[];
	readonly $ref?: string;
	readonly $defs?: Readonly<Record<string, Schema>>;
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly required?: readonly string[];
	readonly items?: Schema;
	readonly prefixItems?: readonly Schema[];
	readonly additionalProperties?: Schema | boolean;
	readonly minimum?: number;
	readonly minItems?: number;
}

/** Deepest value: an input is a few levels deep. */
const deepest = 8;

/** Makes inputs for a call from its schema: mostly of the right form, with wrong values in some places. */
export function badInputs(schema: z.ZodType): (random: Random) => unknown {
	const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema;
	return (random) => {
		// Valid ones reach the handlers; entirely wrong ones must not.
		const wrongness = random.pick([0, 0.05, 0.05, 0.2, 1]);
		return make(root, root, random, wrongness, 0);
	};
}

function make(schema: Schema | undefined, root: Schema, random: Random, wrongness: number, depth: number): unknown {
	if (schema === undefined || depth > deepest || random.chance(wrongness)) return anything(random, depth);
	const inner = (one: Schema | undefined): unknown => make(one, root, random, wrongness, depth + 1);
	if (schema.$ref !== undefined) return inner(root.$defs?.[schema.$ref.split('/').at(-1) ?? ''] ?? root);
	if ('const' in schema) return schema.const;
	if (schema.enum !== undefined) return random.pick(schema.enum);
	const choices = schema.anyOf ?? schema.oneOf;
	if (choices !== undefined) return inner(random.pick(choices));
	if (schema.allOf !== undefined) return Object.assign({}, ...schema.allOf.map(inner));
	const type = typeof schema.type === 'string' ? schema.type : (schema.type?.[0] ?? 'any');
	switch (type) {
		case 'object': {
			const made: Record<string, unknown> = {};
			for (const [key, property] of Object.entries(schema.properties ?? {})) {
				if (schema.required?.includes(key) || random.chance(0.5)) made[key] = inner(property);
			}
			if (typeof schema.additionalProperties === 'object')
				made[random.pick(hostileTexts)] = inner(schema.additionalProperties);
			return made;
		}
		case 'array': {
			if (schema.prefixItems !== undefined) return schema.prefixItems.map(inner);
			return Array.from({ length: Math.max(schema.minItems ?? 0, random.below(4)) }, () => inner(schema.items));
		}
		case 'string':
			return random.pick(hostileTexts);
		case 'integer':
			// Ids of what exists are small.
			return random.chance(0.6) ? (schema.minimum ?? 0) + random.below(4) : random.pick(hostileNumbers);
		case 'number':
			return random.chance(0.5) ? random.next() * 10 : random.pick(hostileNumbers);
		case 'boolean':
			return random.chance(0.5);
		case 'null':
			return null;
		default:
			return anything(random, depth);
	}
}

function anything(random: Random, depth: number): unknown {
	switch (random.below(depth > deepest ? 5 : 8)) {
		case 0:
			return random.pick(hostileTexts);
		case 1:
			return random.pick(hostileNumbers);
		case 2:
			return null;
		case 3:
			return undefined;
		case 4:
			return random.pick([true, false, new Date(Number.NaN), new Date(0), 10n ** 30n, new Map([[1, 2]]), new Set([1])]);
		case 5:
			return Array.from({ length: random.below(3) }, () => anything(random, depth + 1));
		case 6:
			return JSON.parse(`{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}`);
		default:
			return { [random.pick(hostileTexts)]: anything(random, depth + 1) };
	}
}
