import type { LoadOptions } from '../../../models/contract/load.ts';
import { type EstimateOptions, estimateParts, sumOf } from '../../../models/library/fit/estimate.ts';
import type { ModelShape } from '../../../models/library/fit/shape.ts';
import {
	headroomBytes,
	largestContext,
	leversOf,
	needOf,
	type Room,
	tightBytes,
	verdictOf,
} from '../../../models/library/fit/verdict.ts';
import type { Fit, FitChange, Memory } from '../../contract/model/fit.ts';
import type { ModelOptions } from '../../contract/model/own.ts';
import type { ModelFile } from '../../contract/model.ts';
import type { LibrarySeam } from '../model-service.ts';
import { readModelSetting } from '../store/model-settings.ts';
import { type Correction, readCorrections } from './corrections.ts';
import { availableBytes, type Held, memoryOf, roomFor } from './room.ts';
import { createShapes } from './shapes.ts';

/** Tokens of a context that nobody chose; as the engine decides it (models/worker/llama). */
const usualContext = 8192;

/** Tokens that the engine computes at a time (defaultLoadOptions). */
const usualBatch = 512;

export interface FitsOptions {
	readonly seam: LibrarySeam;
	readonly engineBuild: string;
	readonly machine: string;
	/** Of this computer, bytes. */
	readonly totalBytes: () => number;
	/** What the computer can give now, bytes. */
	readonly availableBytes?: () => number;
	/** What is loaded. */
	readonly held: () => readonly Held[];
	readonly processor?: string;
}

/** What models need of this computer's memory. */
export interface Fits {
	/** Every model that can be loaded; a file that can't be read is left out. */
	all(files: readonly ModelFile[], contextSize?: number): Promise<{ memory: Memory; fits: Fit[] }>;
	/** One with its own options and these changes. Throws the Failure of a file that can't be read. */
	one(file: Pick<ModelFile, 'id' | 'path'>, change?: FitChange): Promise<Fit>;
	file(path: string, change?: FitChange): Promise<Fit>;
	/** What a load with these options will take, uncorrected: to be kept beside what it took. */
	predict(path: string, options: LoadOptions, contextSize: LoadOptions['contextSize']): Promise<number | null>;
	/** Memory for models right now. */
	room(): Room;
}

/** Options with nothing left open, within what the model and the engine can do. */
function decided(shape: ModelShape, asked: ModelOptions, contextSize: number): EstimateOptions {
	const most = shape.trainedContext ?? contextSize;
	const keyType = asked.keyType ?? 'F16';
	return {
		contextSize: Math.max(128, Math.min(contextSize, most)),
		keyType,
		valueType: asked.valueType ?? keyType,
		flashAttention: asked.flashAttention !== 'off',
		mapWeights: asked.mapWeights ?? true,
		batchSize: asked.batchSize ?? usualBatch,
		gpuLayers: 0,
	};
}

export function createFits(options: FitsOptions): Fits {
	const { seam, processor = process.arch } = options;
	const shapes = createShapes();
	const held = options.held;

	const room = (): Room => roomFor(options.totalBytes(), (options.availableBytes ?? availableBytes)(), held());

	function fitOf(id: number | null, shape: ModelShape, asked: ModelOptions, now: Room, correction: Correction): Fit {
		const wish = asked.contextSize === undefined || asked.contextSize === 'auto' ? usualContext : asked.contextSize;
		const chosen = decided(shape, asked, wish);
		const parts = estimateParts(shape, chosen, processor);
		const needBytes = Math.round(needOf(shape, chosen, processor, correction.bytes));
		const headroom = headroomBytes(now.totalBytes);
		return {
			modelFileId: id,
			options: chosen,
			trainedContext: shape.trainedContext,
			largestContext: largestContext(shape, chosen, processor, now, correction.bytes),
			parts:
				correction.bytes === 0 ? [...parts] : [...parts, { kind: 'correction', bytes: correction.bytes, where: 'ram' }],
			needBytes,
			vramBytes: Math.round(sumOf(parts, 'vram')),
			headroomBytes: headroom,
			sumBytes: needBytes + headroom,
			freeBytes: now.freeBytes,
			totalBytes: now.totalBytes,
			spareBytes: now.freeBytes - headroom - needBytes,
			tightBytes: tightBytes(now.totalBytes),
			verdict: verdictOf(needBytes, now),
			levers: leversOf(shape, chosen, processor, now, correction.bytes).map(({ change, freesBytes, ...lever }) => ({
				...lever,
				change: {
					...(change.contextSize === undefined ? {} : { contextSize: change.contextSize }),
					...(change.keyType === undefined ? {} : { keyType: change.keyType }),
					...(change.valueType === undefined ? {} : { valueType: change.valueType }),
				},
				freesBytes: Math.round(freesBytes),
			})),
			last: correction.last,
		};
	}

	const corrections = () => readCorrections(seam.database, options.machine, options.engineBuild);
	const own = (id: number): ModelOptions => readModelSetting(seam.database, id, 'load-options') ?? {};

	return {
		room,
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
				fits.push(fitOf(id, shape, { ...asked, ...change }, now, correction(id)));
			}
			return { memory: memoryOf(now, held()), fits };
		},
		async one({ id, path }, change = {}) {
			return fitOf(id, await shapes.of(path), { ...own(id), ...change }, room(), corrections()(id));
		},
		async file(path, change = {}) {
			return fitOf(null, await shapes.of(path), change, room(), corrections()(null));
		},
		async predict(path, asked, contextSize) {
			const shape = await shapes.of(path).catch(() => null);
			if (shape === null) return null;
			const tokens = contextSize === 'auto' ? usualContext : contextSize;
			return Math.round(sumOf(estimateParts(shape, decided(shape, asked, tokens), processor), 'ram'));
		},
	};
}
