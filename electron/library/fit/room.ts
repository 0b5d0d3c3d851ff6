import { freemem } from 'node:os';
import { headroomBytes, type Room } from '../../../models/library/fit/verdict.ts';
import type { Memory } from '../../contract/model/fit.ts';

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
