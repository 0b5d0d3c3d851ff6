import type { Sampling } from '../../models/contract/sampling.ts';
import {
	type SamplerKey,
	samplerDefaults,
	samplingParameters,
	withoutDefaults,
} from '../../models/contract/sampling-parameters.ts';
import type { SamplingChoices } from '../contract/conversation/schema.ts';
import type { SqlValue } from '../database/sql.ts';

/** Sampling keys and their columns in `presets`, `conversations` and `generations`. */
const columns: readonly (readonly [key: string, column: string])[] = [
	...samplingParameters.map(({ key, column }) => [key, column] as const),
	['maxTokens', 'max_tokens'],
	['stop', 'stop'],
	['seed', 'seed'],
];

/** For an INSERT or a copy: "temperature, top_k, …". */
export const samplingColumnNames = columns.map(([, column]) => column).join(', ');

/** For the VALUES of an INSERT: ":temperature, :topK, …". */
export const samplingPlaceholders = columns.map(([key]) => `:${key}`).join(', ');

/** For a SELECT: "g.temperature AS temperature, g.top_k AS topK, …". */
export function selectSampling(table?: string): string {
	const prefix = table === undefined ? '' : `${table}.`;
	return columns.map(([key, column]) => `${prefix}${column} AS ${key}`).join(', ');
}

/** For an UPDATE. */
export const setSamplingColumns = columns.map(([key, column]) => `${column} = :${key}`).join(', ');

/** Sampling of presets and conversations; NULL leaves a value to the next level. */
export interface SamplingRow extends Readonly<Record<SamplerKey, number | null>> {
	readonly maxTokens: number | null;
	/** JSON array of texts. */
	readonly stop: string | null;
	readonly seed: number | null;
}

/** Stored in max_tokens if the user chose no limit. */
const noLimit = 0;
/** Stored in seed if the user chose a random seed. */
const drawn = -1;

export function choicesOf(row: SamplingRow): SamplingChoices {
	const { maxTokens, stop, seed } = row;
	const samplers = samplingParameters.flatMap(({ key }) => (row[key] === null ? [] : [[key, row[key]]]));
	return {
		...Object.fromEntries(samplers),
		...(maxTokens === null ? {} : { maxTokens: maxTokens === noLimit ? null : maxTokens }),
		...(stop === null ? {} : { stop: JSON.parse(stop) as string[] }),
		...(seed === null ? {} : { seed: seed === drawn ? null : seed }),
	};
}

/** Returns the values of the columns, under the names used in the statements. */
export function samplingValues(choices: SamplingChoices): Record<string, SqlValue> {
	const { maxTokens, stop, seed } = choices;
	return {
		...Object.fromEntries(samplingParameters.map(({ key }) => [key, choices[key] ?? null])),
		maxTokens: maxTokens === undefined ? null : (maxTokens ?? noLimit),
		stop: stop === undefined ? null : JSON.stringify(stop),
		seed: seed === undefined ? null : (seed ?? drawn),
	};
}

/** Sampling of a generation; NULL means the default of an optional parameter. */
export interface GenerationSamplingRow extends Readonly<Record<SamplerKey, number | null>> {
	readonly maxTokens: number | null;
	/** JSON array of texts. */
	readonly stop: string;
	readonly seed: number;
}

/** Separates the sampling of a generation from its other values. */
export function splitGenerationSampling<Row extends GenerationSamplingRow>(
	row: Row,
): { sampling: Sampling; rest: Omit<Row, keyof GenerationSamplingRow> } {
	const { maxTokens, stop, seed } = row;
	const samplers = samplingParameters.map(({ key }) => [key, row[key] ?? samplerDefaults[key]]);
	const keys = new Set(columns.map(([key]) => key));
	return {
		sampling: withoutDefaults({
			...(Object.fromEntries(samplers) as Record<SamplerKey, number>),
			maxTokens,
			stop: JSON.parse(stop) as string[],
			seed,
		}),
		rest: Object.fromEntries(Object.entries(row).filter(([key]) => !keys.has(key))) as Omit<
			Row,
			keyof GenerationSamplingRow
		>,
	};
}

export function generationSamplingValues(sampling: Sampling): Record<string, SqlValue> {
	const { maxTokens, stop, seed, ...samplers } = sampling;
	return {
		...samplingValues(withoutDefaults(samplers)),
		maxTokens,
		stop: JSON.stringify(stop),
		seed,
	};
}
