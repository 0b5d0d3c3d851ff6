import { freemem, totalmem } from 'node:os';
import { Failure } from '../../models/contract/failure.ts';
import { said, size } from '../../models/contract/said.ts';
import { headroomBytes, type Room } from '../../models/fit/fit-verdict.ts';
import type { Memory } from '../contract/library/fit.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import type { ModelSlot } from './loaded/model-slot.ts';

/** Share of memory that models may take together; the rest is for the window, the system and everything else. */
const modelShare = 0.75;

/**
 * What a model of common size takes in addition to its weights, bytes: KV cache, compute buffers, the process itself.
 */
const besideWeightsBytes = 400_000_000;

/** Returns the memory of this computer, or of the container that it runs in, bytes. */
export function memoryBytes(): number {
	const limit = process.constrainedMemory();
	return limit > 0 && limit < totalmem() ? limit : totalmem();
}

/** Estimates roughly what loading the file takes, bytes. */
export function neededBytes(file: Pick<ModelFile, 'sizeBytes'>): number {
	return file.sizeBytes + besideWeightsBytes;
}

/**
 * Throws `model-larger-than-memory`: llama.cpp would try, and the whole computer would stall. `vram` returns the free
 * memory of the model's GPU, called only if main memory alone is too small.
 */
export async function requireMemory(file: ModelFile, total: number, vram: () => Promise<number>): Promise<void> {
	if (file.sizeBytes <= total) return;
	const onGpu = await vram();
	if (file.sizeBytes <= total + onGpu) return;
	throw new Failure({
		code: 'model-larger-than-memory',
		message:
			onGpu > 0
				? said`The weights of ${file.name} ${file.quantization} alone take ${size(file.sizeBytes)}; this computer has ${size(total)} of memory and ${size(onGpu)} free on its GPU.`
				: said`The weights of ${file.name} ${file.quantization} alone take ${size(file.sizeBytes)}; this computer has ${size(total)} of memory.`,
		next: [
			said`Choose a smaller quantisation of the same model`,
			said`Choose a smaller model`,
			said`Use a computer with more memory`,
		],
	});
}

/**
 * Returns the model to unload so that `needed` more bytes fit with the others: the least recently used. null if
 * everything fits or nothing is left to unload.
 */
export function modelToUnload(loaded: readonly ModelSlot[], needed: number, total: number): ModelSlot | null {
	const taken = loaded.reduce((sum, { residentBytes }) => sum + residentBytes, 0);
	if (taken + needed <= total * modelShare) return null;
	return [...loaded].sort((a, b) => a.lastUsed() - b.lastUsed())[0] ?? null;
}

/** Memory of a loaded model. */
export interface LoadedMemory {
	readonly residentBytes: number;
	readonly weightBytes: number;
}

/** Returns the memory available now, bytes; inside a container with a limit, `freemem` reports the whole machine's. */
export function availableBytes(): number {
	return process.availableMemory?.() ?? freemem();
}

/**
 * Returns the memory available to models. Loaded models count as free, because they are unloaded when another needs the
 * room. Their weights are mapped from files, which the system already counts as free.
 */
export function roomFor(totalBytes: number, available: number, held: readonly LoadedMemory[]): Room {
	const own = held.reduce((sum, { residentBytes, weightBytes }) => sum + Math.max(0, residentBytes - weightBytes), 0);
	return { totalBytes, freeBytes: Math.round(Math.min(totalBytes, available + own)) };
}

export function memoryOf(room: Room, held: readonly LoadedMemory[]): Memory {
	return {
		...room,
		loadedBytes: held.reduce((sum, { residentBytes }) => sum + residentBytes, 0),
		headroomBytes: headroomBytes(room.totalBytes),
	};
}
