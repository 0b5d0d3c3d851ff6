import { verdictOf } from '../../models/fit/fit-verdict.ts';
import { estimateParts, sumParts } from '../../models/fit/memory-estimate.ts';
import { assumeThisProcessor } from './fit/this-processor.ts';
import { createShapes } from './library-fits.ts';
import { availableBytes, memoryBytes, roomFor } from './memory.ts';
import { decideOptions } from './model-fit.ts';

/** Copies of the logit rows that scoring holds: llama.cpp's and its own, for both models. */
const logitCopies = 4;
const bytesOfLogit = 4;

/** Returns the memory that scoring both side by side takes, with nothing else loaded in Assay, bytes. */
async function neededSideBySide(paths: readonly [string, string], contextSize: number): Promise<number> {
	const shapes = createShapes();
	const processor = assumeThisProcessor();
	let sum = 0;
	let vocabulary = 0;
	for (const path of paths) {
		const shape = await shapes.of(path);
		vocabulary = Math.max(vocabulary, shape.vocabularySize);
		sum += sumParts(estimateParts(shape, decideOptions(shape, {}, contextSize), processor), 'ram');
	}
	return sum + logitCopies * bytesOfLogit * vocabulary * Math.min(512, contextSize / 2);
}

/** Estimates whether both files fit into memory side by side now. Throws the Failure of a file that can't be read. */
export async function fitsSideBySide(
	paths: readonly [string, string],
	contextSize: number,
	memory: { readonly total: number; readonly available: number } = {
		total: memoryBytes(),
		available: availableBytes(),
	},
): Promise<boolean> {
	const room = roomFor(memory.total, memory.available, []);
	return verdictOf(await neededSideBySide(paths, contextSize), room) !== 'wont-fit';
}
