import { basename, resolve } from 'node:path';
import { Failure } from '../../models/contract/failure.ts';
import { amount, said } from '../../models/contract/said.ts';
import type { ModelFile } from '../contract/library/schema.ts';

/** Makes "SmolLM2-135M_Instruct.Q4_1" and "smollm2 135m instruct q4 1" equal, as they are to people. */
function key(text: string): string {
	return text
		.toLowerCase()
		.replaceAll(/[-_.\s]+/g, ' ')
		.trim();
}

/**
 * Returns the names that a model answers to: the user's and its own, with and without the quantisation (two files may
 * share a name), and its file name.
 */
function handles({ name, ownName, quantization, path }: ModelFile): readonly string[] {
	const names = [...new Set([name, ownName])];
	return [
		...names.flatMap((each) => [key(each), key(`${each} ${quantization}`)]),
		key(basename(path).replace(/\.gguf$/i, '')),
	];
}

function onlyOne(text: string, fitting: readonly ModelFile[]): ModelFile | null {
	if (fitting.length <= 1) return fitting[0] ?? null;
	throw new Failure({
		code: 'model-ambiguous',
		message: said`The name “${text}” matches ${amount(fitting.length, 'file')} of the library.`,
		next: fitting.map(({ id, name, quantization }) => `Use "${name} ${quantization}" or its id, ${id}`),
	});
}

/**
 * Finds the library model that an id, path, name, file name or the beginning of one refers to; null if there is none.
 * Throws Failure `model-ambiguous`, which lists the candidates.
 */
export function resolveModel(models: readonly ModelFile[], text: string): ModelFile | null {
	const wanted = key(text.replace(/\.gguf$/i, ''));
	if (wanted === '') return null;
	const path = resolve(text);
	const exact = models.find((model) => String(model.id) === text || model.path === path);
	if (exact !== undefined) return exact;
	return (
		onlyOne(
			text,
			models.filter((model) => handles(model).includes(wanted)),
		) ??
		onlyOne(
			text,
			models.filter((model) => handles(model).some((handle) => handle.startsWith(wanted))),
		)
	);
}
