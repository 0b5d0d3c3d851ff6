import { createHash } from 'node:crypto';
import { writeAdapter } from '../../adapters/adapter-content.ts';
import { Failure } from '../../contract/failure.ts';
import {
	type PassSize,
	type ReferenceLogProbabilities,
	type Trainer,
	type TrainerOptions,
	type TrainerOptionsInput,
	type TrainingBatch,
	type TrainingLoss,
	type TrainingMemory,
	type TrainingSample,
	trainerOptionsSchema,
} from '../../contract/native/training.ts';
import { said, size } from '../../contract/said.ts';
import { ByteReader } from '../../gguf/byte-reader.ts';
import { readTexts } from '../../gguf/header.ts';
import { type GgufModel, readGguf, withModelFile } from '../../gguf/read-gguf.ts';
import { openNativeLibrary } from '../libllama/open-library.ts';
import type { Pointer } from '../libllama/structs.ts';
import { type AdamW, clipGradients, createAdamW } from './adamw.ts';
import { type ModelShape, readShape } from './architectures.ts';
import { readCheckpoint, type TrainingIdentity, writeCheckpoint } from './checkpoint.ts';
import { arrange, linearWeights, type Model } from './forward.ts';
import { type Engine, openEngine } from './ggml.ts';
import { createLora, type Lora, scaleOf } from './lora.ts';
import {
	layOut,
	maskLength,
	type PackedSample,
	type PassArrays,
	packGroups,
	prepareSample,
	tilesOf,
} from './packing.ts';
import { type PairArrays, Pass, type PassContext, type PassKind, type PassResult } from './pass.ts';
import { learningRateOf } from './schedule.ts';
import { createNowhere, loadWeights, type Weight, type Weights } from './weights.ts';

/** A model file with its header checked, before anything is loaded. */
type Source = { readonly gguf: GgufModel; readonly shape: ModelShape };

async function readSource(path: string): Promise<Source> {
	const gguf = await readGguf(path);
	if (gguf.problem !== null) throw gguf.problem;
	return { gguf, shape: readShape(gguf) };
}

function teacherUnsuitable(reason: string): Failure {
	return new Failure({
		code: 'training-teacher-unsuitable',
		message: said`This model can’t teach the other by its token distributions: ${reason}.`,
		next: [said`Choose a larger model of the same family`, said`Learn from the texts that it writes instead`],
	});
}

/** Hashes the texts of the first tokens; null: the file has none. */
async function tokensHash({ gguf, shape }: Source, count = shape.vocabulary): Promise<string | null> {
	const list = gguf.header.metadata.get('tokenizer.ggml.tokens');
	const [file] = gguf.files;
	if (file === undefined || typeof list !== 'object' || !('itemType' in list)) return null;
	const places = Array.from({ length: Math.min(count, list.length) }, (_, index) => index);
	const texts = await withModelFile(file.path, (handle) =>
		readTexts(new ByteReader(file.path, handle, file.sizeBytes), list, places),
	);
	const hash = createHash('sha256');
	for (const text of texts.values()) hash.update(`${text}\0`);
	return hash.digest('hex');
}

/** Reads the two models. Throws if the teacher's tokens are not the student's. */
async function readSources({ model, objective }: TrainerOptions): Promise<{ student: Source; teacher: Source | null }> {
	const student = await readSource(model);
	if (objective.kind !== 'distillation') return { student, teacher: null };
	const teacher = await readSource(objective.teacher);
	// Larger models often pad the vocabulary with tokens that no text has.
	if (teacher.shape.vocabulary < student.shape.vocabulary) throw teacherUnsuitable('it has fewer tokens');
	for (const key of ['tokenizer.ggml.model', 'tokenizer.ggml.pre']) {
		if (teacher.gguf.header.metadata.get(key) !== student.gguf.header.metadata.get(key)) {
			throw teacherUnsuitable('it has another tokenizer');
		}
	}
	// Fine-tuned models put their own tokens in the places of others, with the same tokenizer's name.
	const [own, theirs] = [await tokensHash(student), await tokensHash(teacher, student.shape.vocabulary)];
	if (own !== theirs) throw teacherUnsuitable('its tokens have other texts');
	if (teacher.shape.window !== student.shape.window) throw teacherUnsuitable('its attention has another window');
	return { student, teacher };
}

/** Weights whose transposes the backward pass needs, in the order of the model. */
function hotWeights(model: Model): Weight[] {
	// The output matrix first: it is multiplied with a few rows at a time.
	return [model.outer.output, ...linearWeights(model, 'all-linear')];
}

/** Extra memory of the process itself during training: compiled code and the heap, bytes. */
const growth = 20e6;

/** Part of the free memory that a training without a limit may fill with what only makes it faster. */
const shareOfFree = 0.5;

type Opened = {
	readonly engine: Engine;
	readonly options: TrainerOptions;
	readonly weights: readonly Weights[];
	readonly context: PassContext;
	readonly lora: Lora;
};

/** Arranges both models and the adapter: with their weights, or with their sizes only. */
async function assemble(
	engine: Engine,
	options: TrainerOptions,
	sources: { student: Source; teacher: Source | null },
	nowhere: ReturnType<typeof createNowhere> | null,
): Promise<Opened> {
	const opened: Weights[] = [];
	try {
		const load = async ({ gguf, shape }: Source): Promise<Model> => {
			const weights = await loadWeights(engine, gguf, nowhere);
			opened.push(weights);
			return arrange(shape, weights);
		};
		const model = await load(sources.student);
		const teacher = sources.teacher === null ? null : await load(sources.teacher);
		const lora = createLora(engine, model, options.lora, options.seed, nowhere);
		return {
			engine,
			options,
			weights: opened,
			lora,
			context: {
				engine,
				model,
				teacher,
				lora,
				settings: options.lora,
				objective: options.objective,
				exact: options.mode === 'exact',
				recompute: options.recompute === 'always',
				rowsAtOnce: null,
			},
		};
	} catch (error) {
		for (const weights of opened) weights.dispose();
		throw error;
	}
}

function passSizes({ passes, tokensPerPass }: TrainerOptions): readonly PassSize[] {
	return passes.length > 0 ? passes : [{ lengths: [tokensPerPass], rows: tokensPerPass }];
}

/** Returns what the largest of the passes that will come takes. */
function measurePasses(context: PassContext, options: TrainerOptions): number {
	return Math.max(...passSizes(options).map((size) => measurePass(context, size)));
}

/**
 * Most tiles of attention in all layers whose values are kept for the way back. ggml's allocator ends the process where
 * more than 256 gaps lie between kept values, as they do between tiles of unequal sizes: 540 tiles were too many, 390
 * were not.
 */
const mostKeptTiles = 360;

/** Whether layers must be computed again, because too many values would be kept. */
function keepsTooMany({ model }: PassContext, options: TrainerOptions): boolean {
	const most = Math.max(...passSizes(options).map(({ lengths }) => tilesOf(lengths).length));
	return model.shape.layers * most > mostKeptTiles;
}

function measurePass(context: PassContext, { lengths, rows }: PassSize): number {
	const tokens = lengths.reduce((sum, length) => sum + length, 0);
	const tiles = tilesOf(lengths);
	const pairs = context.objective.kind === 'preference' ? Math.max(1, Math.floor(lengths.length / 2)) : 0;
	const pass = new Pass(context, { tokens, tiles, rows, pairs, purpose: 'train' });
	try {
		// The masks also exist once outside of the graph.
		return pass.measure() + 4 * maskLength(tiles) * (context.model.shape.window === null ? 1 : 2);
	} finally {
		pass.dispose();
	}
}

function tooLarge(needed: number, limit: number): Failure {
	return new Failure({
		code: 'training-memory-limit',
		message: said`This training needs ${size(needed)} of memory, but may use only ${size(limit)}.`,
		next: [
			said`Use fewer tokens per pass`,
			said`Choose a smaller rank, or attention only`,
			said`Choose a smaller model or quantisation`,
		],
	});
}

/** Measures what a training takes, and chooses what to keep. Throws Failure `training-memory-limit`. */
async function planMemory(
	engine: Engine,
	options: TrainerOptions,
	sources: { student: Source; teacher: Source | null },
): Promise<TrainingMemory> {
	const nowhere = createNowhere(engine);
	const measured = await assemble(engine, options, sources, nowhere);
	try {
		const weights = measured.weights.reduce((sum, { bytes }) => sum + bytes, 0);
		const adapter = measured.lora.bytes;
		const own = process.memoryUsage().rss + growth;
		const limit = options.memoryLimit ?? Infinity;
		const fixed = weights + adapter + own;
		let recompute =
			options.recompute === 'always' || (options.recompute === 'auto' && keepsTooMany(measured.context, options));
		let pass = measurePasses({ ...measured.context, recompute }, options);
		if (!recompute && options.recompute === 'auto' && fixed + pass > Math.min(limit, own + process.availableMemory())) {
			recompute = true;
			pass = measurePasses({ ...measured.context, recompute }, options);
		}
		if (fixed + pass > limit) throw tooLarge(fixed + pass, limit);
		const room = Math.min(limit - fixed - pass, process.availableMemory() * shareOfFree - weights - adapter - pass);
		const [student] = measured.weights;
		const transposed =
			(await student?.keepTransposed(hotWeights(measured.context.model), Math.max(0, room), measured.context.exact)) ??
			0;
		// Kept transposes replace those of a pass.
		if (transposed > 0) pass = measurePasses({ ...measured.context, recompute }, options);
		return { weights, transposed, adapter, pass, process: own, total: fixed + pass + transposed, recompute };
	} finally {
		measured.lora.dispose();
		for (const weights of measured.weights) weights.dispose();
		nowhere.dispose();
	}
}

/**
 * Returns the memory that a training takes, without loading the weights. Throws what `openTrainer` throws before it loads
 * them.
 */
export async function estimateMemory(input: TrainerOptionsInput): Promise<TrainingMemory> {
	const options = trainerOptionsSchema.parse(input);
	const sources = await readSources(options);
	const engine = openEngine(openNativeLibrary('cpu'), options.threads);
	try {
		return await planMemory(engine, options, sources);
	} finally {
		engine.dispose();
	}
}

/** Hashes the names, the sizes and a sample of the values of a model's weights. */
function fingerprint(engine: Engine, { all }: Weights): string {
	const hash = createHash('sha256');
	for (const { name, ne, type, node } of all) {
		hash.update(`${name} ${ne.join(' ')} ${type}\n`).update(engine.bytesOf(node).subarray(0, 4096));
	}
	return hash.digest('hex');
}

/** Samples that stay in one pass, with where they came from. */
type Group = { readonly index: number; readonly samples: readonly PackedSample[] };

const sumOf = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0);

/** log(1 + exp(x)) */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

class GgmlTrainer implements Trainer {
	readonly model: Trainer['model'];
	readonly memory: TrainingMemory;
	readonly #opened: Opened;
	readonly #identity: TrainingIdentity;
	readonly #optimizer: AdamW;
	readonly #allocator: Pointer;
	#pass: Pass | null = null;
	#steps = 0;
	#busy = false;
	#paused: PromiseWithResolvers<void> | null = null;
	/** Time spent in pauses, ms. */
	#pausedMs = 0;

	constructor(opened: Opened, memory: TrainingMemory, base: string) {
		const { engine, options, context, lora } = opened;
		const { shape } = context.model;
		this.#opened = opened;
		this.memory = memory;
		const { dropout: _, ...kept } = options.lora;
		this.#identity = { base, lora: JSON.stringify(kept), seed: options.seed };
		this.#optimizer = createAdamW(engine, lora, options.optimizer, options.lora.plusRatio);
		this.#allocator = engine.ggml.ggml_gallocr_new(engine.bufferType);
		this.model = {
			architecture: shape.architecture,
			layers: shape.layers,
			vocabulary: shape.vocabulary,
			contextLength: shape.contextLength,
			parameters: lora.parameters,
			modules: lora.modules.map(({ weight }) => weight.name),
		};
	}

	get steps(): number {
		return this.#steps;
	}

	/** A and B and their gradients, as they lie in memory; for tests. */
	get values(): Lora {
		return this.#opened.lora;
	}

	async #alone<T>(work: () => Promise<T>): Promise<T> {
		if (this.#busy) throw new Error('calls of a trainer may not overlap');
		this.#busy = true;
		try {
			return await work();
		} finally {
			this.#busy = false;
		}
	}

	#mayGoOn = (): Promise<void> | null => {
		if (this.#paused === null) return null;
		const started = performance.now();
		return this.#paused.promise.then(() => {
			this.#pausedMs += performance.now() - started;
		});
	};

	pause(): void {
		this.#paused ??= Promise.withResolvers<void>();
	}

	resume(): void {
		this.#paused?.resolve();
		this.#paused = null;
	}

	#prepare(sample: TrainingSample): PackedSample {
		const { tokensPerPass } = this.#opened.options;
		const { shape } = this.#opened.context.model;
		return prepareSample(sample, shape.vocabulary, Math.min(tokensPerPass, shape.contextLength));
	}

	#groups(batch: TrainingBatch): Group[] {
		const wanted = this.#opened.options.objective.kind === 'preference';
		if ('pairs' in batch !== wanted) throw new Error(wanted ? 'a preference needs pairs' : 'pairs need a preference');
		const groups =
			'pairs' in batch
				? batch.pairs.map(({ chosen, rejected }) => [this.#prepare(chosen), this.#prepare(rejected)])
				: batch.samples.map((sample) => [this.#prepare(sample)]);
		if (groups.length === 0) throw new Error('a batch without samples');
		return groups.map((samples, index) => ({ index, samples }));
	}

	async #compute(
		purpose: PassKind['purpose'],
		arrays: PassArrays,
		rowFactors: Float32Array | null,
		pairs: PairArrays | null,
		place: readonly number[],
	): Promise<PassResult> {
		const { context, options } = this.#opened;
		const kind: PassKind = {
			tokens: arrays.tokens.length,
			tiles: arrays.tiles,
			rows: arrays.rows.length,
			pairs: pairs === null ? 0 : pairs.references.length,
			purpose,
		};
		if (this.#pass === null || JSON.stringify(this.#pass.kind) !== JSON.stringify(kind)) {
			this.#pass?.dispose();
			this.#pass = null;
			const pass = new Pass(context, kind);
			pass.allocate(this.#allocator);
			this.#pass = pass;
		}
		return await this.#pass.compute(arrays, rowFactors, pairs, [options.seed, ...place], this.#mayGoOn);
	}

	#layOut(groups: readonly Group[]): PassArrays {
		const { window } = this.#opened.context.model.shape;
		return layOut(
			groups.flatMap(({ samples }) => samples),
			window,
		);
	}

	/** Sums weight · log p of each sample. */
	#sampleSums(arrays: PassArrays, logProbabilities: Float32Array): number[] {
		let row = 0;
		return arrays.rowsOfSample.map((count) => {
			let sum = 0;
			for (const end = row + count; row < end; row += 1) {
				sum += (arrays.weights[row] ?? 0) * (logProbabilities[row] ?? 0);
			}
			return sum;
		});
	}

	/** Returns each pair's reference, computing those that are not given. */
	async #references(batch: TrainingBatch, groups: readonly Group[]): Promise<ReferenceLogProbabilities[]> {
		if (!('pairs' in batch)) return [];
		const references = new Map<number, ReferenceLogProbabilities>();
		for (const [index, { reference }] of batch.pairs.entries()) {
			if (reference !== undefined) references.set(index, reference);
		}
		const missing = groups.filter(({ index }) => !references.has(index));
		for (const pass of packGroups(missing, this.#opened.options.tokensPerPass)) {
			const arrays = this.#layOut(pass);
			const { logProbabilities } = await this.#compute('base', arrays, null, null, []);
			const sums = this.#sampleSums(arrays, logProbabilities);
			for (const [at, { index }] of pass.entries()) {
				references.set(index, { chosen: sums[2 * at] ?? 0, rejected: sums[2 * at + 1] ?? 0 });
			}
		}
		return groups.map(({ index }) => references.get(index) ?? { chosen: 0, rejected: 0 });
	}

	/** Goes through the batch; with `train`, adds up the gradient of its mean loss. */
	async #run(batch: TrainingBatch, train: boolean): Promise<TrainingLoss & { passes: number }> {
		const { options, context } = this.#opened;
		const { objective } = options;
		const groups = this.#groups(batch);
		const passes = packGroups(groups, options.tokensPerPass);
		const references = await this.#references(batch, groups);
		const weight = groups.reduce(
			(sum, group) => sum + group.samples.reduce((part, { weights }) => part + sumOf(weights), 0),
			0,
		);
		const purpose = train ? 'train' : 'adapted';
		let [loss, tokens, scoredTokens, marginSum, positive] = [0, 0, 0, 0, 0];
		for (const [number, pass] of passes.entries()) {
			const arrays = this.#layOut(pass);
			const place = [this.#steps, number];
			const base = pass.map(({ index }) => {
				const { chosen = 0, rejected = 0 } = references[index] ?? {};
				return chosen - rejected;
			});
			const preference = objective.kind === 'preference';
			const pairs = preference && train ? pairArrays(arrays, base, groups.length) : null;
			const rowFactors = train && !preference ? arrays.weights.map((value) => value / weight) : null;
			const result = await this.#compute(purpose, arrays, rowFactors, pairs, place);
			tokens += arrays.tokens.length;
			scoredTokens += arrays.rows.length;
			if (objective.kind === 'preference') {
				const sums = this.#sampleSums(arrays, result.logProbabilities);
				for (const [at, reference] of base.entries()) {
					const margin = objective.beta * ((sums[2 * at] ?? 0) - (sums[2 * at + 1] ?? 0) - reference);
					loss += softplus(-margin) / groups.length;
					marginSum += margin;
					if (margin > 0) positive += 1;
				}
				continue;
			}
			for (const [row, value] of arrays.weights.entries()) {
				const own = -(result.logProbabilities[row] ?? 0);
				const value2 =
					objective.kind === 'distillation' && context.teacher !== null
						? objective.share * objective.temperature ** 2 * (result.divergences[row] ?? 0) +
							(1 - objective.share) * own
						: own;
				loss += (value / weight) * value2;
			}
		}
		return {
			loss,
			tokens,
			scoredTokens,
			passes: passes.length,
			preference:
				objective.kind === 'preference'
					? { margin: marginSum / groups.length, accuracy: positive / groups.length, references }
					: null,
		};
	}

	step(batch: TrainingBatch): ReturnType<Trainer['step']> {
		return this.#alone(async () => {
			const { lora, options } = this.#opened;
			const started = performance.now();
			this.#pausedMs = 0;
			for (const { gradients } of [lora.a, lora.b]) gradients.fill(0);
			const result = await this.#run(batch, true);
			const gradientNorm = clipGradients(lora, options.optimizer.clip);
			if (!Number.isFinite(result.loss) || !Number.isFinite(gradientNorm)) throw diverged(this.#steps + 1);
			const number = this.#steps + 1;
			const learningRate = learningRateOf(options.optimizer, number);
			await this.#optimizer.step(number, learningRate);
			this.#steps = number;
			return { ...result, step: number, gradientNorm, learningRate, ms: performance.now() - started - this.#pausedMs };
		});
	}

	evaluate(batch: TrainingBatch): Promise<TrainingLoss> {
		return this.#alone(async () => {
			const { passes: _, ...result } = await this.#run(batch, false);
			if (!Number.isFinite(result.loss)) throw noNumbers(this.#steps);
			return result;
		});
	}

	/** Nothing is written that could not be continued or used. */
	#checkNumbers(): void {
		const { a, b } = this.#opened.lora;
		if (![a, b].every(({ values }) => values.every(Number.isFinite))) throw noNumbers(this.#steps);
	}

	saveCheckpoint(path: string): Promise<void> {
		return this.#alone(async () => {
			this.#checkNumbers();
			await writeCheckpoint(path, this.#opened.lora, this.#steps, this.#identity);
		});
	}

	loadCheckpoint(path: string): Promise<void> {
		return this.#alone(async () => {
			this.#steps = await readCheckpoint(path, this.#opened.lora, this.#identity);
		});
	}

	writeAdapter(path: string, general: Readonly<Record<string, string>> = {}): Promise<void> {
		const { lora, options } = this.#opened;
		const { rank } = options.lora;
		const pairs = lora.modules.map(({ weight, places: { a, b } }) => ({
			...{ target: weight.name, inputs: weight.ne[0], outputs: weight.ne[1], rank },
			a: lora.a.values.subarray(a.from, a.to),
			b: lora.b.values.subarray(b.from, b.to),
		}));
		// llama.cpp's scale is always alpha / rank.
		const content = {
			...{ architecture: this.model.architecture, alpha: scaleOf(options.lora) * rank, baseName: null, pairs },
		};
		return this.#alone(async () => {
			this.#checkNumbers();
			await writeAdapter(path, content, general);
		});
	}

	dispose(): void {
		if (this.#busy) throw new Error('a trainer can’t be closed while it computes');
		const { engine, lora, weights } = this.#opened;
		this.#pass?.dispose();
		this.#pass = null;
		engine.ggml.ggml_gallocr_free(this.#allocator);
		this.#optimizer.dispose();
		lora.dispose();
		for (const each of weights) each.dispose();
		engine.dispose();
	}
}

const afterDiverging = [
	said`Stop and keep the best weights so far`,
	said`Start again with a smaller learning rate`,
	said`Check the data for very unusual texts`,
];

function diverged(step: number): Failure {
	return new Failure({
		code: 'training-diverged',
		message: said`Step ${step} gave a loss or a gradient that is not a number; the adapter stays as it was before this step.`,
		next: afterDiverging,
	});
}

function noNumbers(steps: number): Failure {
	return new Failure({
		code: 'training-diverged',
		message: said`After step ${steps}, the weights or their loss are not numbers.`,
		next: afterDiverging,
	});
}

/** Lays out the pairs of a pass; samples alternate between chosen and rejected. */
function pairArrays({ weights, rowsOfSample }: PassArrays, references: readonly number[], total: number): PairArrays {
	const [rows, pairs] = [weights.length, references.length];
	const signs = new Float32Array(rows * pairs);
	const signsTransposed = new Float32Array(rows * pairs);
	let row = 0;
	for (const [sample, count] of rowsOfSample.entries()) {
		const pair = Math.floor(sample / 2);
		for (const end = row + count; row < end; row += 1) {
			const value = (sample % 2 === 0 ? 1 : -1) * (weights[row] ?? 0);
			signs[pair * rows + row] = value;
			signsTransposed[row * pairs + pair] = value;
		}
	}
	return { signs, signsTransposed, references: Float32Array.from(references), share: 1 / total };
}

/**
 * Opens a training with tests' access to its values.
 *
 * @param rows Rows whose logits are computed at once; null: as many as fit into a quarter of a gigabyte.
 */
export async function openGgmlTrainer(input: TrainerOptionsInput, rows: number | null = null): Promise<GgmlTrainer> {
	const options = trainerOptionsSchema.parse(input);
	const sources = await readSources(options);
	const engine = openEngine(openNativeLibrary('cpu'), options.threads);
	let opened: Opened | null = null;
	try {
		const memory = await planMemory(engine, options, sources);
		const assembled = await assemble(engine, options, sources, null);
		opened = assembled;
		const [student] = assembled.weights;
		if (student === undefined) throw new Error('a training without weights');
		await student.keepTransposed(hotWeights(assembled.context.model), memory.transposed, assembled.context.exact);
		const context = {
			...assembled.context,
			recompute: memory.recompute,
			rowsAtOnce: rows,
		};
		return new GgmlTrainer({ ...assembled, context }, memory, fingerprint(engine, student));
	} catch (error) {
		opened?.lora.dispose();
		for (const weights of opened?.weights ?? []) weights.dispose();
		engine.dispose();
		throw error;
	}
}

/**
 * Opens a training in this process, which a defect of ggml may end: so in one of its own. Throws Failure, before any
 * weights are loaded: those of `readGguf`, `training-architecture-unsupported`, `training-teacher-unsuitable`,
 * `training-rank-too-large`, `training-memory-limit`; then `model-weights-damaged`, `training-memory`.
 */
export function openTrainer(input: TrainerOptionsInput): Promise<Trainer> {
	return openGgmlTrainer(input);
}
