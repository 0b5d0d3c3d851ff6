import { basename, dirname } from 'node:path';
import { type AdapterPair, readPairs } from '../../adapters/adapter-content.ts';
import { adapterObstacle, adapterUnsuitable, pairScale, readAdapterFacts } from '../../adapters/adapter-facts.ts';
import { Failure } from '../../contract/failure.ts';
import type { MergeResult, MergeTask, NativeProgressOf, NativeWarning } from '../../contract/native/tasks.ts';
import { figure, said, spoken } from '../../contract/said.ts';
import { requireDiskSpace } from '../../disk-space.ts';
import { sha256OfFile } from '../../file-hash.ts';
import type { GgufTensor } from '../../gguf/header.ts';
import { type GgufFile, type GgufModel, readGguf, readGgufFacts, withModelFile } from '../../gguf/read-gguf.ts';
import { bytesOfType, type GgufKey, type GgufOutput, ggufSize, readRawKeys, writeGguf } from '../../gguf/write-gguf.ts';
import type { NativeLibrary } from '../libllama/open-library.ts';
import { checkOutput, writeWhole } from '../output-file.ts';
import { createWeightConversion, type WeightConversion } from './convert-weights.ts';

/** llama_ftype. */
const fileTypes: Readonly<Record<MergeTask['type'], number>> = { F32: 0, F16: 1, BF16: 32 };

/** Types that hold weights unquantised. */
const plainTypes = new Set(['F32', 'F16', 'BF16', 'F64']);

/** Weights that are converted at a time: a few megabytes. */
const atOnce = 1 << 20;

/** A change of one weight: `scale · B · A` is added. */
interface Change {
	readonly pair: AdapterPair;
	/** Alpha / rank times the scale that was asked for. */
	readonly scale: number;
}

interface Source extends GgufTensor {
	readonly file: GgufFile;
}

/**
 * Adds adapters to the weights of a model and writes it as a new file: matrices in `type`, the rest in F32. What the file's
 * types can't hold exactly is rounded. Streams; memory is that of the adapters. The output appears complete or not at all.
 * Throws Failure `adapter-unsuitable`, `merge-not-finite`, `disk-full`, `output-…`, and those of files that can't be read.
 */
export async function mergeAdapters(
	library: NativeLibrary,
	task: MergeTask,
	onProgress: (progress: NativeProgressOf<'merge'>) => void,
	signal: AbortSignal,
): Promise<MergeResult> {
	const started = performance.now();
	await checkOutput(task.output, task.model, task.overwrite);
	const base = await readGguf(task.model);
	if (base.problem !== null) throw base.problem;
	const changes = await readChanges(task, base);
	const sources = base.files.flatMap((file) => file.header.tensors.map((tensor): Source => ({ ...tensor, file })));
	const outputs = sources.map(({ name, dimensions, type, elements, bytes }): GgufOutput => {
		const into = outputType(type, dimensions, task.type);
		return { name, dimensions, type: into, bytes: into === type ? bytes : bytesOfType(into, elements) };
	});
	const keys = await keysOf(base, task);
	await requireDiskSpace(dirname(task.output), ggufSize(keys, outputs));
	const convert = createWeightConversion(library);
	const inspect = async (part: string) => ({
		sizeBytes: (await readGgufFacts(part)).sizeBytes,
		sha256: await sha256OfFile(part, { signal }),
	});
	const { sizeBytes, sha256 } = await writeWhole(
		task.output,
		(part) =>
			writeGguf(part, keys, outputs, (output, index) => {
				onProgress({ done: index, total: outputs.length, tensor: output.name });
				return mergedBytes(sources[index]!, output, changes.get(output.name) ?? [], convert, signal);
			}),
		inspect,
	);
	onProgress({ done: outputs.length, total: outputs.length, tensor: null });
	return {
		path: task.output,
		sizeBytes,
		sha256,
		changed: changes.size,
		warnings: warningsOf(base, sizeBytes),
		elapsedMs: performance.now() - started,
	};
}

async function readChanges(task: MergeTask, base: GgufModel): Promise<ReadonlyMap<string, readonly Change[]>> {
	const changes = new Map<string, Change[]>();
	for (const { path, scale } of task.adapters) {
		const facts = await readAdapterFacts(path);
		const obstacle = adapterObstacle(facts, base.header);
		if (obstacle !== null) throw adapterUnsuitable(path, obstacle);
		for await (const pair of readPairs(path, facts)) {
			const { dimensions = [] } = base.header.tensors.find(({ name }) => name === pair.target) ?? {};
			if (dimensions.length > 2) throw adapterUnsuitable(path, said`it changes experts, which can’t be merged`);
			const change = { pair, scale: scale * pairScale(facts.alpha, pair.rank) };
			changes.set(pair.target, [...(changes.get(pair.target) ?? []), change]);
		}
	}
	return changes;
}

/** Vectors, such as those of norms, stay exact; what holds no weights stays as it is. */
function outputType(type: string, dimensions: readonly number[], wanted: MergeTask['type']): string {
	if (/^[FI]\d+$/.test(type) && !plainTypes.has(type)) return type;
	return dimensions.filter((length) => length > 1).length > 1 ? wanted : 'F32';
}

/** The base's own description, without what is no longer true. */
async function keysOf({ files }: GgufModel, { type, name }: MergeTask): Promise<readonly GgufKey[]> {
	const [first] = files;
	if (first === undefined) throw new Error('a model without a file');
	const own = await withModelFile(first.path, (handle) => readRawKeys(handle, first.header));
	const replaced = /^(general\.(file_type|quantization_version|name|finetune|alignment)|split\.|quantize\.)/;
	return [
		...own.filter(({ key }) => !replaced.test(key)),
		{ key: 'general.name', text: name },
		// With the base's own, the file would count as a quantisation of it.
		{ key: 'general.finetune', text: name },
		{ key: 'general.file_type', uint32: fileTypes[type] },
	];
}

/** Yields the bytes of a weight with its changes. */
async function* mergedBytes(
	{ file, type, dimensions, elements, bytes, offset, name }: Source,
	output: GgufOutput,
	changes: readonly Change[],
	convert: WeightConversion,
	signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
	const [width = 1] = dimensions;
	const rows = elements / width;
	const rowBytes = bytes / rows;
	const step = Math.max(1, Math.floor(atOnce / width));
	const start = file.header.dataOffset + offset;
	for (let row = 0; row < rows; row += step) {
		signal.throwIfAborted();
		const count = Math.min(step, rows - row);
		const part = new Uint8Array(new ArrayBuffer(count * rowBytes));
		await withModelFile(file.path, async (handle) => {
			const { bytesRead } = await handle.read(part, 0, part.length, start + row * rowBytes);
			if (bytesRead < part.length) throw new Error(`${basename(file.path)} became shorter while it was read`);
		});
		if (output.type === type && changes.length === 0) {
			yield part;
			continue;
		}
		const floats = convert.toFloats(type, part, count * width);
		for (const change of changes) addChange(floats, row, count, change);
		const converted = convert.fromFloats(output.type, floats);
		if (!isFinite16(output.type, floats)) throw notFinite(name, output.type);
		yield converted;
	}
}

/** Adds `scale · B · A` to rows of a weight. */
function addChange(floats: Float32Array, first: number, count: number, { pair, scale }: Change): void {
	const { a, b, rank, inputs } = pair;
	for (let row = 0; row < count; row += 1) {
		const target = floats.subarray(row * inputs, (row + 1) * inputs);
		for (let index = 0; index < rank; index += 1) {
			const factor = scale * b[(first + row) * rank + index]!;
			if (factor === 0) continue;
			const from = index * inputs;
			for (let column = 0; column < inputs; column += 1) target[column]! += factor * a[from + column]!;
		}
	}
}

/** Largest number of F16. */
const mostF16 = 65_504;

function isFinite16(type: string, floats: Float32Array): boolean {
	const most = type === 'F16' ? mostF16 : Number.MAX_VALUE;
	for (const value of floats) if (!(Math.abs(value) <= most)) return false;
	return true;
}

function notFinite(name: string, type: string): Failure {
	return new Failure({
		code: 'merge-not-finite',
		message: said`The merged weights “${name}” contain numbers that ${type} can’t hold: infinite, not a number, or too large.`,
		next: [said`Merge with a smaller scale`, said`Merge to F32`, said`Check the model: assay models inspect <file>`],
	});
}

function warningsOf({ facts }: GgufModel, sizeBytes: number): NativeWarning[] {
	if (facts.tensors.every(({ type }) => plainTypes.has(type))) return [];
	return [
		spoken({
			code: 'merged-quantised',
			message: said`The base is ${facts.quantization}: its quantisation error stays in the merged file, which is ${figure(sizeBytes / facts.sizeBytes, 1)} times as large. Quantising it adds more error; merging into the unquantised model would add least.`,
		}),
	];
}
