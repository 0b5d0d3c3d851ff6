import { stat } from 'node:fs/promises';
import type { LoadOptions } from '../../models/contract/load.ts';
import { usualContext } from '../../models/contract/load-limits.ts';
import type { Room } from '../../models/fit/fit-verdict.ts';
import { estimateParts, sumParts } from '../../models/fit/memory-estimate.ts';
import { type ModelShape, readModelShape } from '../../models/fit/model-shape.ts';
import type { Processor } from '../../models/fit/processor.ts';
import { readGguf } from '../../models/gguf/read-gguf.ts';
import type { Fit, FitChange, Memory } from '../contract/library/fit.ts';
import type { ComputeDevice, ModelFile, ModelOptions } from '../contract/library/schema.ts';
import { assumeThisProcessor } from './fit/this-processor.ts';
import { type Correction, readCorrections } from './fit-corrections.ts';
import { availableBytes, type LoadedMemory, memoryOf, roomFor } from './memory.ts';
import { computeFit, decideOptions, vramFor } from './model-fit.ts';
import type { LibrarySeam } from './model-service.ts';
import { readModelSetting } from './store/model-settings.ts';

export interface FitsOptions {
	readonly seam: LibrarySeam;
	readonly engineBuild: string;
	readonly machine: string;
	/** Total memory of this computer, bytes. */
	readonly totalBytes: () => number;
	/** Memory that is available now, bytes. */
	readonly availableBytes?: () => number;
	/** Models in memory. */
	readonly held: () => readonly LoadedMemory[];
	/** The processor to assume until the engine has described it. */
	readonly processor?: Processor;
}

/** Estimates how much memory models need on this computer. */
export interface Fits {
	/** Estimates every model that can be loaded; skips files that can't be read. */
	all(files: readonly ModelFile[], contextSize?: number): Promise<{ memory: Memory; fits: Fit[] }>;
	/**
	 * Estimates one model with its load settings and these changes. Throws the Failure of a file that can't be read.
	 */
	one(file: Pick<ModelFile, 'id' | 'path'>, change?: FitChange): Promise<Fit>;
	file(path: string, change?: FitChange): Promise<Fit>;
	/**
	 * Estimates a load with these options, uncorrected, to store next to its measurement. `copiedBytes`: second copies
	 * of the weights, if the engine's log of this load has said them.
	 */
	predict(
		path: string,
		options: LoadOptions,
		contextSize: LoadOptions['contextSize'],
		copiedBytes?: number | null,
	): Promise<number | null>;
	/** Memory available to models right now. */
	room(): Room;
	/** Sets the devices that the engine reported; until then only the processor counts. */
	see(devices: readonly ComputeDevice[], processor: Processor | null): void;
	/** Returns the processor as the engine described it, or a guess from the system until then. */
	processor(): Processor;
}

export function createFits(options: FitsOptions): Fits {
	const { seam } = options;
	const shapes = createShapes();
	let devices: readonly ComputeDevice[] = [];
	let processor = options.processor ?? assumeThisProcessor();
	const held = options.held;

	const room = (): Room => roomFor(options.totalBytes(), (options.availableBytes ?? availableBytes)(), held());

	const corrections = () => readCorrections(seam.database, options.machine, options.engineBuild);
	const own = (id: number): ModelOptions => readModelSetting(seam.database, id, 'load-options') ?? {};

	/** Estimates one model with everything known about this computer. */
	const sum = (id: number | null, shape: ModelShape, asked: ModelOptions, now: Room, correction: Correction): Fit =>
		computeFit(id, shape, asked, now, correction, processor, vramFor(devices, asked.gpu));

	return {
		room,
		processor: () => processor,
		see(found, described) {
			devices = found;
			processor = described ?? processor;
		},
		async all(files, contextSize) {
			const now = room();
			const correction = corrections();
			const fits: Fit[] = [];
			for (const { id, path, kind, problem } of files) {
				if (problem !== null || kind === 'projector' || kind === 'adapter' || kind === 'other') continue;
				const shape = await shapes.of(path).catch(() => null);
				if (shape === null) continue;
				const asked = own(id);
				const wish = asked.contextSize === undefined || asked.contextSize === 'auto' ? contextSize : undefined;
				const change = wish === undefined ? {} : { contextSize: wish };
				fits.push(sum(id, shape, { ...asked, ...change }, now, correction(id)));
			}
			return { memory: memoryOf(now, held()), fits };
		},
		async one({ id, path }, change = {}) {
			return sum(id, await shapes.of(path), { ...own(id), ...change }, room(), corrections()(id));
		},
		async file(path, change = {}) {
			return sum(null, await shapes.of(path), change, room(), corrections()(null));
		},
		async predict(path, asked, contextSize, copiedBytes = null) {
			const read = await shapes.of(path).catch(() => null);
			if (read === null) return null;
			const shape = copiedBytes === null ? read : { ...read, loggedCopyBytes: copiedBytes };
			const tokens = contextSize === 'auto' ? usualContext : contextSize;
			return Math.round(
				sumParts(
					estimateParts(shape, decideOptions(shape, asked, tokens, vramFor(devices, asked.gpu)), processor),
					'ram',
				),
			);
		},
	};
}

/** Cached shapes of model files; each header is read once until the file changes. */
export interface Shapes {
	/** Throws the Failure of a file that can't be read. */
	of(path: string): Promise<ModelShape>;
}

/** Number of shapes to cache; each takes some kilobytes. */
const keptShapes = 500;

export function createShapes(): Shapes {
	const known = new Map<string, { readonly mark: string; readonly shape: Promise<ModelShape> }>();
	/** One header at a time: on a slow disk, the library is read in order. */
	let turn: Promise<unknown> = Promise.resolve();

	return {
		async of(path) {
			const stats = await stat(path).catch(() => null);
			const mark = stats === null ? 'gone' : `${stats.size} ${stats.mtimeMs}`;
			const before = known.get(path);
			if (before?.mark === mark) return before.shape;
			const shape = turn.then(async () => readModelShape((await readGguf(path)).header));
			turn = shape.catch(() => known.delete(path));
			known.set(path, { mark, shape });
			const [oldest] = known.keys();
			if (known.size > keptShapes && oldest !== undefined) known.delete(oldest);
			return shape;
		},
	};
}
