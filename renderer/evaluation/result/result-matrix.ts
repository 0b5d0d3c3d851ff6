import type { Arm, Metric } from '../../../electron/contract/evaluation/schema.ts';
import type { Technique } from '../../../electron/contract/evaluation/technique.ts';
import { phraseSeparator } from '../../design/format.ts';
import { shortenModelName } from '../../library/model-name.ts';
import { capitalise } from '../../messages/sentences.ts';
import { t } from '../../messages/t.ts';
import { describeExtraction } from '../plan/extraction-kinds.ts';
import {
	describeAdapters,
	describeContext,
	describeParameters,
	describePrompt,
	describeTechnique,
	differ,
	distinguishNames,
} from '../run-wording.ts';
import type { Unit } from '../score-format.ts';

/** A row of the result: everything but the model. */
export interface Variant {
	readonly key: string;
	/** What distinguishes it from the other rows: "v5". */
	readonly label: string;
	/** Further useful details: "3 examples". */
	readonly detail: string;
	/** One per column; undefined: not part of the run. */
	readonly arms: readonly (Arm | undefined)[];
}

export interface ModelColumn {
	readonly key: string;
	readonly name: string;
	readonly quantization: string;
	/** "Tickets × 0.5"; '': none, or the same in all columns. */
	readonly adapters: string;
	/** Shorter, but still unique: "360M Q8_0". */
	readonly label: string;
}

export interface Matrix {
	readonly columns: readonly ModelColumn[];
	readonly variants: readonly Variant[];
}

const modelKey = ({ model, adapters = [] }: Arm): string =>
	`${model.id ?? ''}/${model.name}/${model.quantization}/${adapters.map(({ sha256, scale }) => `${sha256}×${scale}`)}`;
const promptKey = ({ prompt }: Arm): string => `${prompt.name}/${prompt.number}/${prompt.versionId ?? ''}`;
const techniqueKey = ({ technique }: Arm): string => JSON.stringify(technique);
const contextKey = ({ context }: Arm): string => JSON.stringify(context ?? null);
const parameterKey = ({ parameters }: Arm): string => JSON.stringify(parameters);

/**
 * Arranges arms as a table: prompts, techniques, contexts and parameters in rows, models in columns. Rows are named by what
 * differs.
 */
export function toMatrix(arms: readonly Arm[]): Matrix {
	const sorted = arms.toSorted((a, b) => a.position - b.position);
	const columns = toColumns(sorted);
	const groups = Map.groupBy(sorted, (arm) =>
		[promptKey(arm), techniqueKey(arm), parameterKey(arm), contextKey(arm)].join('|'),
	);
	const byPrompt = differ(sorted, promptKey);
	const byTechnique = differ(sorted, techniqueKey);
	const byParameters = differ(sorted, parameterKey);
	const byContext = differ(sorted, contextKey);
	const techniques = distinguishTechniques(sorted.map(({ technique }) => technique));
	const variants = [...groups].map(([key, members]): Variant => {
		const [first] = members as [Arm, ...Arm[]];
		const parts = {
			prompt: describePrompt(first, sorted),
			technique: techniques.get(techniqueKey(first)) ?? '',
			parameters: describeParameters(first.parameters),
			context: describeContext(first.context),
		};
		const telling = [
			byPrompt ? parts.prompt : null,
			byTechnique && !byPrompt ? parts.technique : null,
			byContext && !byPrompt && !byTechnique ? capitalise(parts.context) : null,
			byParameters && !byPrompt && !byTechnique ? capitalise(parts.parameters) : null,
		].filter((part) => part !== null);
		const label = telling[0] ?? parts.prompt;
		const rest = [
			byContext ? parts.context : null,
			byTechnique || !byParameters ? parts.technique : null,
			byParameters ? parts.parameters : null,
		];
		const detail = rest.filter((part) => part !== null && part !== label && capitalise(part) !== label);
		return {
			key,
			label,
			detail: detail.length === 0 ? parts.prompt : detail.join(phraseSeparator('comma')),
			arms: [...columns.keys()].map((column) => members.find((arm) => modelKey(arm) === column)),
		};
	});
	return { columns: [...columns.values()], variants };
}

function toColumns(arms: readonly Arm[]): ReadonlyMap<string, ModelColumn> {
	const names = [...new Set(arms.map(({ model }) => shortenModelName(model.name) || model.name))];
	const telling = new Map(names.map((name, index) => [name, distinguishNames(names)[index] ?? name]));
	const sameType = !differ(arms, ({ model }) => model.quantization);
	const sameAdapters = !differ(arms, describeAdapters);
	return new Map(
		arms.map((arm) => {
			const { quantization } = arm.model;
			const name = shortenModelName(arm.model.name) || arm.model.name;
			const adapters = sameAdapters ? '' : describeAdapters(arm) || t('without adapter');
			const file =
				names.length === 1
					? quantization || name
					: sameType
						? telling.get(name)
						: `${telling.get(name)} ${quantization}`;
			const alone = describeAdapters(arm) || capitalise(adapters);
			const label = adapters === '' ? file : names.length === 1 && sameType ? alone : `${file} ${adapters}`;
			return [modelKey(arm), { key: modelKey(arm), name, quantization, adapters, label: label ?? name }];
		}),
	);
}

/** Labels an arm briefly and uniquely within its run: "v5 · 360M Q8_0". */
export function labelArm({ columns, variants }: Matrix, armId: number): string {
	for (const { label, detail, arms } of variants) {
		const at = arms.findIndex((arm) => arm?.id === armId);
		if (at === -1) continue;
		const twins = variants.filter((other) => other.label === label).length > 1;
		const variant = variants.length === 1 && columns.length > 1 ? null : twins ? `${label}, ${detail}` : label;
		return [variant, columns.length > 1 ? columns[at]?.label : null].filter(Boolean).join(' · ');
	}
	return '';
}

/** Labels an arm next to another in a heading, without what both have in common. */
export function labelArmAgainst(matrix: Matrix, armId: number, besideId: number | undefined): string {
	const [own, other] = [armId, besideId].map((id) => findVariant(matrix, id));
	const full = labelArm(matrix, armId);
	if (own === undefined || other === undefined) return full;
	if (own.variant === other.variant) return matrix.columns[own.column]?.label ?? '';
	if (own.column !== other.column) return full;
	const { label, detail } = own.variant;
	if (label !== other.variant.label) return label;
	return detail !== other.variant.detail ? detail : full;
}

function findVariant({ variants }: Matrix, armId: number | undefined) {
	for (const variant of variants) {
		const column = variant.arms.findIndex((arm) => arm !== undefined && arm.id === armId);
		if (column !== -1) return { variant, column };
	}
	return undefined;
}

/**
 * Finds the arm with the best mean (higher is better for every score, including Brier's); undefined if none has a mean,
 * or there is nothing to compare.
 */
export function findBestArm(arms: readonly Arm[], scorer: string): Arm | undefined {
	const scored = arms.filter(({ metrics }) => metrics[scorer] !== undefined);
	if (scored.length < 2) return undefined;
	return scored.reduce((best, arm) => (mean(arm, scorer) > mean(best, scorer) ? arm : best));
}

/** Finds the arm to call best; none if two share first place. */
export function findLeadingArm(arms: readonly Arm[], scorer: string): Arm | undefined {
	const best = findBestArm(arms, scorer);
	const equal = arms.filter((arm) => best !== undefined && mean(arm, scorer) === mean(best, scorer));
	return equal.length === 1 ? best : undefined;
}

const mean = ({ metrics }: Arm, scorer: string): number => metrics[scorer]?.value ?? Number.NEGATIVE_INFINITY;

/** Computes the common axis of all interval bars, in display units: multiples of ten per cent around every interval. */
export function computeBarDomain(
	metrics: readonly (Metric | undefined)[],
	{ factor }: Unit,
): readonly [number, number] {
	const known = metrics.filter((metric) => metric !== undefined);
	if (known.length === 0) return [0, factor];
	const low = Math.min(...known.map((metric) => metric.low * factor));
	const high = Math.max(...known.map((metric) => metric.high * factor));
	if (factor === 100) {
		const from = Math.max(0, Math.floor(low / 10 - 0.3) * 10);
		const to = Math.min(100, Math.ceil(high / 10 + 0.3) * 10);
		return to > from ? [from, to] : [0, 100];
	}
	const room = (high - low || Math.abs(high) || 1) * 0.2;
	return [low - room, high + room];
}

/**
 * Names the run's techniques, keyed by their JSON, so that they differ: those with equal names also say how the answer
 * is extracted.
 */
function distinguishTechniques(techniques: readonly Technique[]): ReadonlyMap<string, string> {
	const each = new Map(techniques.map((technique) => [JSON.stringify(technique), technique]));
	const named = withTwins(each, (technique) => describeTechnique(technique));
	const read = withTwins(each, (technique, key) =>
		named.twins.has(key) && 'extract' in technique
			? `${describeTechnique(technique)}, ${describeExtraction(technique.extract)}`
			: describeTechnique(technique),
	);
	// They differ in an instruction or a seed, which no short text describes, so number them.
	return new Map(
		[...read.words].map(([key, words], index) => [key, read.twins.has(key) ? `${words} (${index + 1})` : words]),
	);
}

function withTwins(each: ReadonlyMap<string, Technique>, wordsOf: (technique: Technique, key: string) => string) {
	const words = new Map([...each].map(([key, technique]) => [key, wordsOf(technique, key)]));
	const times = Map.groupBy(words.values(), (one) => one);
	return {
		words,
		twins: new Set([...words].flatMap(([key, one]) => ((times.get(one)?.length ?? 0) > 1 ? [key] : []))),
	};
}
