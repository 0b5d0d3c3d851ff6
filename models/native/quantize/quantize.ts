import { basename, dirname } from 'node:path';
import { Failure } from '../../contract/failure.ts';
import type { GgufFacts } from '../../contract/gguf.ts';
import type {
	NativeProgressOf,
	NativeWarning,
	QuantizeOutput,
	QuantizeResult,
	QuantizeTask,
	QuantizeType,
} from '../../contract/native/tasks.ts';
import { said, spoken } from '../../contract/said.ts';
import { requireDiskSpace } from '../../disk-space.ts';
import { sha256OfFile } from '../../file-hash.ts';
import { readGgufFacts } from '../../gguf/read-gguf.ts';
import { conditionsOf } from '../conditions.ts';
import { Arena } from '../libllama/arena.ts';
import type { NativeLibrary } from '../libllama/open-library.ts';
import type { Pointer } from '../libllama/structs.ts';
import { checkOutput, writeWhole } from '../output-file.ts';
import { type Imatrix, readImatrix } from './imatrix-file.ts';
import { QuantizeLog } from './quantize-log.ts';
import { ftypeOf } from './quantize-types.ts';

type Call = { allowRequantize: boolean; threads: number; imatrix: Pointer | null; overrides: Pointer | null };

async function callQuantize(
	library: NativeLibrary,
	input: string,
	output: { path: string; type: QuantizeType; dryRun: boolean },
	call: Call,
	onTensor: (start: { done: number; total: number; tensor: string }) => void,
): Promise<QuantizeLog> {
	const { functions, log } = library;
	const reader = new QuantizeLog(output.type);
	log.clear();
	log.onPiece = (text) => {
		const start = reader.piece(text);
		if (start !== null) onTensor(start);
	};
	log.onLine = (line) => reader.line(line);
	try {
		const params = {
			...functions.llama_model_quantize_default_params(),
			nthread: call.threads,
			ftype: ftypeOf(output.type),
			allow_requantize: call.allowRequantize,
			dry_run: output.dryRun,
			imatrix: call.imatrix,
			kv_overrides: call.overrides,
		};
		const code = await new Promise<number>((done, reject) => {
			functions.llama_model_quantize.async(input, output.path, params, (error: Error | null, result) => {
				if (error === null) done(result);
				else reject(error);
			});
		});
		if (code !== 0) reader.refusal ??= `code ${code}`;
	} finally {
		log.onPiece = null;
		log.onLine = null;
	}
	if (reader.refusal === null) return reader;
	if (reader.refusal.startsWith('requantizing from type')) {
		throw new Failure({
			code: 'source-quantized',
			message: said`The weights of ${input} are quantised already (${reader.refusal.split(' ')[3] ?? 'unknown'}); quantising them again loses more than quantising the original.`,
			next: [said`Start from an F16, BF16 or F32 file`, said`Allow requantising; the result then carries a warning`],
		});
	}
	throw new Failure({
		code: 'quantize-failed',
		message: said`The engine could not quantise ${input} to ${output.type}: ${reader.refusal}.`,
		next: [said`Choose another type`, said`Check the source file: assay models inspect <file>`],
		detail: log.tail(),
	});
}

async function dryRuns(library: NativeLibrary, task: QuantizeTask, call: Call): Promise<number[]> {
	const sizes: number[] = [];
	for (const { path, type } of task.outputs) {
		await checkOutput(path, task.input, task.overwrite);
		const plan = await callQuantize(library, task.input, { path, type, dryRun: true }, call, () => undefined);
		if (plan.needsImatrix && call.imatrix === null) {
			throw new Failure({
				code: 'imatrix-needed',
				message: said`${type} has so few bits that it needs an importance matrix; without one the result would be garbage.`,
				next: [
					said`Choose an importance matrix file`,
					said`Compute one from a text of yours`,
					said`Choose a larger type`,
				],
			});
		}
		sizes.push(plan.sizeBytes ?? 0);
	}
	return sizes;
}

/** Checks each folder's disk for space for everything to be written there. Throws Failure `disk-full`. */
async function requireSpace(task: QuantizeTask, sizes: readonly number[]): Promise<void> {
	const needed = new Map<string, number>();
	for (const [index, { path }] of task.outputs.entries()) {
		needed.set(dirname(path), (needed.get(dirname(path)) ?? 0) + (sizes[index] ?? 0));
	}
	for (const [folder, bytes] of needed) await requireDiskSpace(folder, bytes);
}

async function writeOutput(
	library: NativeLibrary,
	task: QuantizeTask,
	index: number,
	call: Call,
	onProgress: (progress: NativeProgressOf<'quantize'>) => void,
): Promise<QuantizeOutput> {
	const { path, type } = task.outputs[index] ?? { path: '', type: 'F16' };
	const base = { output: index, outputs: task.outputs.length, type };
	const started = performance.now();
	let log = new QuantizeLog(type);
	const write = async (part: string): Promise<void> => {
		log = await callQuantize(library, task.input, { path: part, type, dryRun: false }, call, (start) =>
			onProgress({ ...base, stage: 'tensors', ...start }),
		);
		const total = log.tensors;
		onProgress({ ...base, stage: 'hash', done: total, total, tensor: null });
	};
	const inspect = async (part: string): Promise<{ facts: GgufFacts; sha256: string }> => ({
		facts: await readGgufFacts(part),
		sha256: await sha256OfFile(part),
	});
	const { facts, sha256 } = await writeWhole(path, write, inspect);
	return {
		path,
		type,
		sizeBytes: facts.sizeBytes,
		bitsPerWeight: facts.bitsPerWeight,
		tensors: facts.tensors,
		fallbacks: log.fallbacks,
		sha256,
		elapsedMs: performance.now() - started,
	};
}

/** Types that hold weights unquantised. */
const plainTypes = new Set(['F32', 'F16', 'BF16', 'F64', 'I8', 'I16', 'I32', 'I64']);

function requantizeWarnings(facts: { quantization: string; tensors: { type: string }[] }): NativeWarning[] {
	if (facts.tensors.every(({ type }) => plainTypes.has(type))) return [];
	return [
		spoken({
			code: 'requantized',
			message: said`The source is ${facts.quantization}, so its losses stay in the result whatever type it has.`,
		}),
	];
}

/**
 * Quantises one GGUF file to several types, one after another; each result is byte for byte llama-quantize's. Checks
 * space for all of them first; a result gets its name once it is complete. Throws Failure: `source-quantized`,
 * `imatrix-needed`, `imatrix-unreadable`, `disk-full`, `output-…`, `quantize-failed`.
 */
export async function quantize(
	library: NativeLibrary,
	task: QuantizeTask,
	onProgress: (progress: NativeProgressOf<'quantize'>) => void,
): Promise<QuantizeResult> {
	const facts = await readGgufFacts(task.input);
	const imatrix: Imatrix | null = task.imatrix === null ? null : await readImatrix(library, task.imatrix);
	const arena = new Arena();
	try {
		const call: Call = {
			allowRequantize: task.allowRequantize,
			threads: task.threads,
			imatrix: imatrix === null ? null : imatrixArray(arena, imatrix),
			overrides: imatrix === null || task.imatrix === null ? null : imatrixOverrides(arena, imatrix, task.imatrix),
		};
		await requireSpace(task, await dryRuns(library, task, call));
		const outputs: QuantizeOutput[] = [];
		for (let index = 0; index < task.outputs.length; index += 1) {
			outputs.push(await writeOutput(library, task, index, call, onProgress));
		}
		return {
			outputs,
			source: { path: task.input, quantization: facts.quantization, sizeBytes: facts.sizeBytes },
			imatrix:
				imatrix === null || task.imatrix === null
					? null
					: {
							path: task.imatrix,
							entries: imatrix.entries.size,
							chunks: imatrix.chunks,
							datasets: [...imatrix.datasets],
						},
			warnings: requantizeWarnings(facts),
			conditions: conditionsOf(library, task.threads),
		};
	} finally {
		arena.free();
	}
}

/** sizeof(llama_model_kv_override) and the offsets of its fields; struct-layout.ts checks the size. */
const override = { bytes: 264, key: 4, value: 136, textBytes: 127 };
/** llama_model_kv_override_type. */
const tags = { int: 0, text: 3 };

/** Creates an array of llama_model_imatrix_data with an empty terminator. */
function imatrixArray(arena: Arena, imatrix: Imatrix): Pointer {
	const { pointer, view } = arena.bytes((imatrix.entries.size + 1) * 24);
	const words = new BigUint64Array(view.buffer);
	let at = 0;
	for (const [name, values] of imatrix.entries) {
		words[at] = arena.text(name);
		words[at + 1] = arena.floats(values);
		words[at + 2] = BigInt(values.length);
		at += 3;
	}
	return pointer;
}

/**
 * Creates llama-quantize's metadata about the matrix, in its order. Contains only the file's name, not its folder,
 * because models are shared.
 */
function imatrixOverrides(arena: Arena, imatrix: Imatrix, path: string): Pointer {
	const values: [string, string | number][] = [['quantize.imatrix.file', basename(path)]];
	const [dataset] = imatrix.datasets;
	if (dataset !== undefined) values.push(['quantize.imatrix.dataset', dataset]);
	values.push(['quantize.imatrix.entries_count', imatrix.entries.size]);
	if (imatrix.chunks > 0) values.push(['quantize.imatrix.chunks_count', imatrix.chunks]);
	// One more entry of zeros ends the array.
	const { pointer, view } = arena.bytes((values.length + 1) * override.bytes);
	const data = new DataView(view.buffer);
	values.forEach(([key, value], index) => {
		const start = index * override.bytes;
		view.set(Buffer.from(key, 'utf8'), start + override.key);
		if (typeof value === 'number') {
			data.setInt32(start, tags.int, true);
			data.setBigInt64(start + override.value, BigInt(value), true);
		} else {
			data.setInt32(start, tags.text, true);
			view.set(Buffer.from(value, 'utf8').subarray(0, override.textBytes), start + override.value);
		}
	});
	return pointer;
}
