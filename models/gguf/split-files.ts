import { basename, dirname, join } from 'node:path';

/** llama.cpp's LLAMA_SPLIT name: "model-00001-of-00003.gguf" (llama_split_path in src/llama.cpp). */
const pattern = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/i;

export interface PartName {
	/** What all parts begin with, without folder. */
	readonly stem: string;
	/** From 1. */
	readonly number: number;
	readonly count: number;
}

/** Which part of a split model a file is, by its name; null where the name says nothing of parts. */
export function partNameOf(path: string): PartName | null {
	const match = pattern.exec(basename(path));
	if (match === null) return null;
	const [, stem = '', number = '', count = ''] = match;
	return { stem, number: Number(number), count: Number(count) };
}

/** Paths of all parts, in order, of which `path` is one. */
export function partPaths(path: string, { stem, count }: PartName): readonly string[] {
	const padded = (value: number): string => String(value).padStart(5, '0');
	return Array.from({ length: count }, (_, index) =>
		join(dirname(path), `${stem}-${padded(index + 1)}-of-${padded(count)}.gguf`),
	);
}

/** Name of a model without what says that it is a part: "model-00001-of-00003.gguf" is "model.gguf". */
export function wholeName(path: string): string {
	const part = partNameOf(path);
	return part === null ? basename(path) : `${part.stem}.gguf`;
}
