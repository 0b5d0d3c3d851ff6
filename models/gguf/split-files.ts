import { basename, dirname, join } from 'node:path';

/** llama.cpp's LLAMA_SPLIT name: "model-00001-of-00003.gguf" (llama_split_path in src/llama.cpp). */
const pattern = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/i;

export interface PartName {
	/** The common start of all part names, without the folder. */
	readonly stem: string;
	/** Starts at 1. */
	readonly number: number;
	readonly count: number;
}

/** Tells from its name which part of a split model a file is; null if the name is not a part's. */
export function partNameOf(path: string): PartName | null {
	const match = pattern.exec(basename(path));
	if (match === null) return null;
	const [, stem = '', number = '', count = ''] = match;
	return { stem, number: Number(number), count: Number(count) };
}

/** Returns the paths of all parts in order, including `path`. */
export function partPaths(path: string, { stem, count }: PartName): readonly string[] {
	const padded = (value: number): string => String(value).padStart(5, '0');
	return Array.from({ length: count }, (_, index) =>
		join(dirname(path), `${stem}-${padded(index + 1)}-of-${padded(count)}.gguf`),
	);
}

/** Returns a model's name without the part suffix: "model.gguf" for "model-00001-of-00003.gguf". */
export function wholeName(path: string): string {
	const part = partNameOf(path);
	return part === null ? basename(path) : `${part.stem}.gguf`;
}
