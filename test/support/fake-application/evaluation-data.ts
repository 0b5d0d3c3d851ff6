import { parametersSchema, runConfigSchema } from '../../../electron/contract/evaluation/run-config.ts';
import type {
	Arm,
	Cell,
	Metric,
	Pair,
	Row,
	RowsInput,
	Run,
	RunComparison,
	Unfair,
} from '../../../electron/contract/evaluation/schema.ts';
import { type Technique, techniqueSchema } from '../../../electron/contract/evaluation/technique.ts';
import { compareScores } from '../../../electron/evaluation/compare-scores.ts';
import { summarise } from '../../../electron/evaluation/summarise-scores.ts';
import { holm } from '../../../electron/statistics/mean-difference.ts';
import { fewestSamples } from '../../../electron/statistics/sign-flip.ts';
import { minute } from './data.ts';

/** Tickets of the mock page; 160 samples cycle through them. */
export const tickets = [
	['Charged twice for March', 'billing, false'],
	['App closes when I open the map', 'bug, false'],
	['Where is my refund? This is the third mail. I need the money before Friday or I cancel.', 'billing, true'],
	['Please delete my account and data', 'account, false'],
	['Invoice has the wrong VAT number', 'billing, false'],
	['Password mail never arrives', 'account, true'],
	['Delivered to the wrong house', 'shipping, true'],
	['Card declined twice', 'billing, true'],
	['Do you ship to Norway?', 'shipping, false'],
	['Die Rechnung für März fehlt mir noch, könnt ihr sie bitte schicken?', 'billing, false'],
	['The discount code SPRING26 is refused', 'billing, false'],
	['Parcel stuck in customs for nine days', 'shipping, true'],
] as const;

/** An arm and its scores: 1, 0, null if unscorable, undefined if not measured yet. */
export interface FakeArm {
	readonly arm: Arm;
	readonly values: readonly (number | null | undefined)[];
}

export interface FakeRun {
	readonly run: Run;
	readonly arms: readonly FakeArm[];
}

/** A number from 0 to 1 that looks random but is always the same. */
function noise(index: number, salt: number): number {
	const value = Math.sin(index * 12.9898 + salt * 78.233) * 43_758.5453;
	return value - Math.floor(value);
}

/** Picks the `count` members of `from` with the smallest noise. */
function some(from: readonly number[], count: number, salt: number): ReadonlySet<number> {
	return new Set(from.toSorted((a, b) => noise(a, salt) - noise(b, salt)).slice(0, count));
}

const all = (n: number): number[] => Array.from({ length: n }, (_, index) => index);

/** Picks `right` correct samples out of `n`. */
export function rightSet(n: number, right: number, salt: number): ReadonlySet<number> {
	return some(all(n), right, salt);
}

export function changedSet(
	n: number,
	before: ReadonlySet<number>,
	fixed: number,
	broken: number,
	salt: number,
): ReadonlySet<number> {
	const gained = some(
		all(n).filter((index) => !before.has(index)),
		fixed,
		salt,
	);
	const lost = some([...before], broken, salt + 1);
	return new Set([...all(n).filter((index) => (before.has(index) || gained.has(index)) && !lost.has(index))]);
}

export function metricOf(values: readonly (number | null | undefined)[]): Metric | undefined {
	const summary = summarise(values.filter((value) => value !== undefined));
	if (summary === null) return undefined;
	const { mean, ...rest } = summary;
	return { ...rest, value: mean };
}

export interface ArmPlan {
	readonly model: 'small' | 'large';
	readonly version: number;
	readonly technique?: Technique;
	readonly context?: Arm['context'];
	readonly values: readonly (number | null | undefined)[];
}

const models = {
	small: { id: 1, name: 'SmolLM2 135M Instruct', quantization: 'Q4_K_M' },
	large: { id: 2, name: 'SmolLM2 360M Instruct', quantization: 'Q8_0' },
} as const;

const zeroShot = techniqueSchema.parse({ kind: 'zero-shot' });

/** Makes a run with these arms; the real statistics compute its numbers. */
export function fakeRun(id: number, name: string, plans: readonly ArmPlan[], changes: Partial<Run> = {}): FakeRun {
	const parameters = parametersSchema.parse({ maxTokens: 256 });
	const arms = plans.map(({ model, version, technique = zeroShot, context, values }, position): FakeArm => {
		const known = values.filter((value) => value !== undefined);
		const metric = metricOf(values);
		const arm: Arm = {
			id: id * 10 + position,
			position,
			label: `v${version} · ${models[model].quantization}`,
			model: models[model],
			prompt: { id: 1, versionId: version, name: 'Ticket triage', number: version },
			technique,
			...(context === undefined ? {} : { context }),
			parameters,
			n: known.length,
			total: values.length,
			errors: 0,
			metrics: metric === undefined ? {} : { fields: metric },
			latency: known.length === 0 ? null : model === 'small' ? { p50: 0.92, p95: 1.71 } : { p50: 1.31, p95: 2.44 },
			tokensPerSecond: known.length === 0 ? null : model === 'small' ? 118.2 : 51.7,
			promptTokens: known.length * (61 + 51 * (version % 4)),
			completionTokens: known.length * 23,
		};
		return { arm, values };
	});
	const samples = plans[0]?.values.length ?? 0;
	const done = arms.reduce((sum, { arm }) => sum + arm.n, 0);
	const total = samples * arms.length;
	const config = runConfigSchema.parse({
		name,
		dataset: { datasetId: 1, versionId: 3 },
		seed: 7,
		promptVersionIds: [...new Set(plans.map(({ version }) => version))],
		modelFileIds: [...new Set(plans.map(({ model }) => models[model].id))],
		scorers: [{ kind: 'json-fields', name: 'fields' }],
	});
	const manifestModel = {
		architecture: 'llama',
		sizeBytes: 105_000_000,
		sha256: 'b179c9523d0e6a0f',
		chat: true,
	};
	const run: Run = {
		id,
		name,
		status: done === total ? 'done' : 'running',
		repeatable: 'yes',
		baseline: false,
		repeatOf: null,
		markedOf: null,
		manifestHash: '9f2c41d7a0be5c33e1d80a7742b6f9d0c4e8a51b3f7260c98d1e5a7b9c0f2d34',
		dataset: { id: 1, versionId: 3, name: 'Tickets', number: 3, samples },
		scorers: ['fields'],
		progress: { done, total, errors: 0, failedShards: 0, doing: null, secondsLeft: done === total ? null : 369 },
		arms: arms.map(({ arm }) => arm),
		failure: null,
		createdAt: Date.now() - 42 * minute,
		startedAt: Date.now() - 42 * minute,
		endedAt: done === total ? Date.now() - 31 * minute : null,
		deletedAt: null,
		config,
		manifest: {
			version: 1,
			epochs: 1,
			seed: 7,
			width: 8,
			shardSize: 32,
			threads: 2,
			engineBuild: 'llama.cpp 0.4.0-dev',
			dataset: {
				name: 'Tickets',
				number: 3,
				sha256: '3ab91f0c2d7745e9',
				split: null,
				samples,
				samplesSha256: 'c0ffee',
			},
			arms: arms.map(({ arm }) => ({
				prompt: { name: arm.prompt.name, number: arm.prompt.number, sha256: 'aa' },
				technique: arm.technique,
				examples: [],
				model: { ...manifestModel, name: arm.model.name, quantization: arm.model.quantization },
				parameters,
				contextSize: 2048,
			})),
			scorers: config.scorers,
			judges: {},
			criteria: [],
		},
		criteria: [],
		byTag: [],
		repeats: [],
		conditions: { processor: 'AMD EPYC 7B13', cores: 2, memoryBytes: 16e9, load: 0.3 },
		givenUp: [],
		warnings: [],
		repeatableNote:
			'Shard 2 was measured again in two processes, one of them killed midway: 32 of 32 answers the same.',
		...changes,
	};
	return { run, arms };
}

/** Makes rows of samples and arms as the screen receives them. */
export function fakeRows(
	runs: readonly FakeRun[],
	{ arms: armIds, filter, bound, search, offset, limit }: RowsInput,
): { rows: Row[]; total: number } {
	const found = armIds.flatMap((id) => runs.flatMap(({ arms }) => arms.filter(({ arm }) => arm.id === id)));
	const samples = found[0]?.values.length ?? 0;
	const rows = all(samples).flatMap((position): Row[] => {
		const values = found.map((one) => one.values[position]);
		const [first, last] = [values[0] ?? null, values.at(-1) ?? null];
		const [input] = ticketOf(position);
		const fits = {
			all: true,
			different: values.some((value) => (value ?? null) !== first),
			right: values.some((value) => value !== undefined && value !== null && value >= bound),
			wrong: values.some((value) => value !== undefined && value !== null && value < bound),
			tied: values.includes(0.5),
			beaten: values.some((value) => value !== undefined && value !== null && value < 0.5),
			failed: false,
			unscored: values.includes(null),
			gained: first !== null && last !== null && last > first,
			lost: first !== null && last !== null && last < first,
		}[filter];
		if (!fits || !input.toLowerCase().includes(search.toLowerCase())) return [];
		return [
			{
				position,
				epoch: 0,
				sampleId: position + 1,
				key: `T-${1000 + position}`,
				input,
				target: ticketOf(position)[1],
				tags: [position % 3 === 0 ? 'urgent' : 'routine'],
				cells: found.map(({ arm, values: own }): Cell => cellOf(arm, own[position], position)),
			},
		];
	});
	return { rows: rows.slice(offset, offset + limit), total: rows.length };
}

export function ticketOf(position: number): (typeof tickets)[number] {
	return tickets[position % tickets.length]!;
}

export function outputOf({ prompt }: Arm, value: number | null | undefined, position: number): string {
	const [topic, urgent] = ticketOf(position)[1].split(', ');
	const other = { billing: 'shipping', shipping: 'billing', bug: 'account', account: 'bug' }[topic ?? ''] ?? 'other';
	const about = prompt.number > 4 ? 'a missing refund' : 'a third mail';
	return value === 1
		? `{ "topic": "${topic}",\n  "urgent": ${urgent},\n  "about": "${about}" }`
		: `{ "topic": "${other}",\n  "urgent": ${urgent === 'true' ? 'false' : 'true'},\n  "about": "${about}" }`;
}

function cellOf(arm: Arm, value: number | null | undefined, position: number): Cell {
	const output = outputOf(arm, value, position).replaceAll(/\s+/g, ' ');
	const nothing = { status: null, output: '', answer: null, scores: {}, failure: null } as const;
	if (value === undefined) return { armId: arm.id, ...nothing };
	return { armId: arm.id, status: 'done', output, answer: output, failure: null, scores: { fields: value } };
}

/** Compares the first arm with each of the others, by the real statistics. */
export function fakeComparison(
	runs: readonly FakeRun[],
	armIds: readonly number[],
	unfair: readonly Unfair[],
): RunComparison {
	const sides = armIds.flatMap((id) =>
		runs.flatMap((one) => one.arms.filter(({ arm }) => arm.id === id).map((arm) => ({ ...arm, run: one.run }))),
	);
	const [first, ...others] = sides;
	const whole = (values: FakeArm['values']): (number | null)[] => values.map((value) => value ?? null);
	const found = others.map(
		({ values }) => compareScores({ first: whole(first!.values), second: whole(values), seed: 1 })!,
	);
	const adjusted = holm(found.map(({ p }) => p));
	const pairs = found.map(
		({ n, difference, standardError, low, high, method, gained, lost, detectable, samplesNeeded }, index): Pair => {
			const p = adjusted[index]!;
			const fewest = fewestSamples(others.length);
			const verdict = p <= 0.05 ? (difference > 0 ? 'better' : 'worse') : gained + lost === 0 ? 'same' : 'undecided';
			return {
				armId: others[index]!.arm.id,
				n,
				difference,
				standardError,
				low,
				high,
				p,
				method,
				gained,
				lost,
				verdict,
				detectable,
				fewest: n < fewest ? fewest : null,
				samplesNeeded: p <= 0.05 ? null : samplesNeeded,
				words: '',
			};
		},
	);
	return {
		scorer: 'fields',
		scorers: ['fields'],
		unfair: [...unfair],
		pairs,
		n: first?.values.length ?? 0,
		leftOut: 0,
		words: '',
		sides: sides.map(({ arm, run, values }) => ({
			runId: run.id,
			runName: run.name,
			arm,
			scorer: 'fields',
			metric: metricOf(values) ?? null,
		})),
	};
}
