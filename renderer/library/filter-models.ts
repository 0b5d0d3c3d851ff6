import type { ModelFile } from '../../electron/contract/library/schema.ts';
import { describeKind } from './model-wording.ts';

/**
 * Returns models that contain every word of the filter in their name, quantisation, architecture, path, kind or source.
 */
export function filterModels(files: readonly ModelFile[], filter: string): readonly ModelFile[] {
	const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
	if (words.length === 0) return files;
	return files.filter((file) => {
		const { name, ownName, quantization, architecture, path, source } = file;
		const text = [name, ownName, quantization, architecture, path, source, describeKind(file)?.word]
			.filter((part) => part !== null && part !== undefined)
			.join(' ')
			.toLowerCase();
		return words.every((word) => text.includes(word));
	});
}
