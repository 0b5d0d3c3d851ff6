import { stat } from 'node:fs/promises';
import { type ModelShape, readModelShape } from '../../../models/library/fit/shape.ts';
import { readGguf } from '../../../models/library/gguf.ts';

/** Shapes of files, each header read once while the file stays as it is. */
export interface Shapes {
	/** Throws the Failure of a file that can't be read. */
	of(path: string): Promise<ModelShape>;
}

/** Shapes that are kept; each takes some kilobytes. */
const keptShapes = 500;

export function createShapes(): Shapes {
	const known = new Map<string, { readonly mark: string; readonly shape: Promise<ModelShape> }>();
	/** One header at a time: a library on a slow disk is read in order. */
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
