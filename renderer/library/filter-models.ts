import type { ModelFile } from '../../electron/contract/library/schema.ts';
import { describeKind } from './model-wording.ts';

/** Models in which every word of the filter stands somewhere: name, quantisation, architecture, path, kind, source. */
export function filterModels(files: readonly ModelFile[], filter: string): readonly ModelFile[] {
	const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
	if (words.length === 0) return files;
	return files.filter((file) => {
		const { name, quantization, architecture, path, source } = file;
		const text = [name, quantization, architecture, path, source, describeKind(file)?.word]
			.filter((part) => part !== null && part !== undefined)
			.join(' ')
			.toLowerCase();
		return words.every((word) => text.includes(word));
	});
}

/** Usable ones first, then other kinds, then the broken; within each as they came. */
export function sortModels(files: readonly ModelFile[]): readonly ModelFile[] {
	const rank = ({ problem, kind }: ModelFile): number => (problem !== null ? 2 : kind === 'model' ? 0 : 1);
	return files.toSorted((a, b) => rank(a) - rank(b));
}
