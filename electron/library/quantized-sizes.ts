import { stat } from 'node:fs/promises';
import { type QuantizeType, quantizeTypeSchema } from '../../models/contract/native/tasks.ts';
import { predictQuantizedSize, type QuantizedSize } from '../../models/gguf/quantized-size.ts';
import { readGguf } from '../../models/gguf/read-gguf.ts';

/** Predicts the sizes of the files that a model can be quantised to. Each header is read once until the file changes. */
export interface QuantizedSizes {
	/** One entry for each type that can be written. Throws the Failure of a file that can't be read. */
	of(path: string): Promise<readonly QuantizedSize[]>;
	/** The predicted size, bytes; null until `of` has read the file. */
	known(path: string, type: string): number | null;
}

/** Number of files to remember; each takes some kilobytes. */
const keptFiles = 100;

export function createQuantizedSizes(): QuantizedSizes {
	const asked = new Map<string, { readonly mark: string; readonly sizes: Promise<readonly QuantizedSize[]> }>();
	const read = new Map<string, ReadonlyMap<QuantizeType, number>>();
	async function predict(path: string): Promise<readonly QuantizedSize[]> {
		const { header } = await readGguf(path);
		const sizes = quantizeTypeSchema.options.flatMap((type) => predictQuantizedSize(header, type) ?? []);
		read.set(path, new Map(sizes.map(({ type, sizeBytes }) => [type, sizeBytes])));
		return sizes;
	}
	return {
		async of(path) {
			const stats = await stat(path).catch(() => null);
			const mark = stats === null ? 'gone' : `${stats.size} ${stats.mtimeMs}`;
			const before = asked.get(path);
			if (before?.mark === mark) return before.sizes;
			const sizes = predict(path);
			sizes.catch(() => asked.delete(path));
			asked.set(path, { mark, sizes });
			const [oldest] = asked.keys();
			if (asked.size > keptFiles && oldest !== undefined) {
				asked.delete(oldest);
				read.delete(oldest);
			}
			return sizes;
		},
		known: (path, type) => read.get(path)?.get(type as QuantizeType) ?? null,
	};
}
