import { freemem, totalmem } from 'node:os';
import { Failure } from '../../models/contract/failure.ts';
import { formatBytes } from '../../models/disk-space.ts';
import { headroomBytes, type Room } from '../../models/fit/fit-verdict.ts';
import type { Memory } from '../contract/library/fit.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import type { ModelSlot } from './loaded/model-slot.ts';

/** Part of the memory that models may take together; the rest is for the window, the system and everything else. */
const modelShare = 0.75;

/** What a model of common size takes beside its weights: KV cache, compute buffers, the process itself. */
const besideWeightsBytes = 400_000_000;

/** Memory of this computer, or of the container that it runs in. */
export function memoryBytes(): number {
	const limit = process.constrainedMemory();
	return limit > 0 && limit < totalmem() ? limit : totalmem();
}

/** What loading the file will take, roughly. */
export function neededBytes(file: Pick<ModelFile, 'sizeBytes'>): number {
	return file.sizeBytes + besideWeightsBytes;
}

/**
 * Throws `model-larger-than-memory`: llama.cpp would try, and the whole computer would come to a halt. `vram`: what the
 * GPU that it runs on has free, asked only where main memory alone is too small.
 */
export async function requireMemory(file: ModelFile, total: number, vram: () => Promise<number>): Promise<void> {
	if (file.sizeBytes <= total) return;
	const onGpu = await vram();
	if (file.sizeBytes <= total + onGpu) return;
	throw new Failure({
		code: 'model-larger-than-memory',
		message:
			`The weights of ${file.name} ${file.quantization} alone take ${formatBytes(file.sizeBytes)}; ` +
			`this computer has ${formatBytes(total)} of memory${onGpu > 0 ? ` and ${formatBytes(onGpu)} free on its GPU` : ''}.`,
		next: [
			'Choose a smaller quantisation of the same model',
			'Choose a smaller model',
			'Use a computer with more memory',
		],
	});
}

/**
 * The model to unload so that `needed` more bytes fit beside the others: the one that was used least recently. null
 * where all fits, or where nothing is left to unload.
 */
export function modelToUnload(loaded: readonly ModelSlot[], needed: number, total: number): ModelSlot | null {
	const taken = loaded.reduce((sum, { residentBytes }) => sum + residentBytes, 0);
	if (taken + needed <= total * modelShare) return null;
	return [...loaded].sort((a, b) => a.lastUsed() - b.lastUsed())[0] ?? null;
}

/** A model in memory. */
export interface LoadedMemory {
	readonly residentBytes: number;
	readonly weightBytes: number;
}

/** What the computer can give now, bytes; inside a container with a limit `freemem` speaks of the whole machine. */
export function availableBytes(): number {
	return process.availableMemory?.() ?? freemem();
}

/**
 * Memory that models may have. Loaded models count as if they were gone: they leave when another needs the room. Their
 * weights are mapped from files, which the system counts as free already.
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
