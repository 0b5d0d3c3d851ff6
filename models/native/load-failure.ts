import { basename } from 'node:path';
import { addressSpaceLimit, liftAddressLimit } from '../address-space.ts';
import { Failure } from '../contract/failure.ts';
import { type Said, said } from '../contract/said.ts';

interface Reason {
	readonly pattern: RegExp;
	readonly code: string;
	/** Completes the sentence "<file> can’t be loaded: …". */
	readonly says: (match: RegExpMatchArray) => Said;
	readonly next: readonly Said[];
}

const fetchAgain = said`Download the model file again`;
const inspect = said`Inspect the file: Models, or assay models inspect`;
const chooseAnother = said`Choose another model`;

/** Messages of llama.cpp's log and their meanings. The first match is used. */
const reasons: readonly Reason[] = [
	{
		pattern: /unknown model architecture: '([^']*)'/,
		code: 'architecture-unknown',
		says: ([, name]) => said`this version of llama.cpp does not support the architecture “${name ?? ''}”`,
		next: [said`Update Assay`, inspect, chooseAnother],
	},
	{
		pattern: /(?:tensor|row)[^\n]*(?:invalid data|nan|inf value)|invalid (?:nan|inf|data)|found (?:nan|inf) value/i,
		code: 'model-weights-invalid',
		says: () => said`its weights hold values that are not numbers`,
		next: [fetchAgain, inspect, chooseAnother],
	},
	{
		pattern:
			/(?:is not within the file bounds|file is too small|unexpectedly reached end of file|corrupted or incomplete)/i,
		code: 'model-file-truncated',
		says: () => said`the file ends before its weights do`,
		next: [fetchAgain, inspect, chooseAnother],
	},
	{
		pattern: /(?:missing tensor '([^']*)'|tensor '([^']*)' not found)/,
		code: 'model-file-incomplete',
		says: ([, missing, absent]) => said`the weights “${missing ?? absent ?? ''}” are missing`,
		next: [fetchAgain, inspect, chooseAnother],
	},
	{
		pattern: /tensor '([^']*)' has wrong shape/,
		code: 'model-file-invalid',
		says: ([, name]) => said`the weights “${name ?? ''}” don’t have the shape that the header promises`,
		next: [fetchAgain, inspect, chooseAnother],
	},
	{
		pattern: /key not found in model: (\S+)/,
		code: 'model-file-invalid',
		says: ([, key]) => said`its header lacks “${key ?? ''}”`,
		next: [fetchAgain, inspect, chooseAnother],
	},
];

/** Returns llama.cpp's own reason, without its function names. */
function ownWords(lines: readonly string[]): string | undefined {
	const line = lines.find((one) => /error loading model/.test(one)) ?? lines.findLast((one) => /error|fail/i.test(one));
	return line?.replace(/^.*error loading model(?: \w+)?: /, '').trim();
}

/** Explains that a model computes no valid numbers; it would answer with the same token forever. */
export function weightsInvalid(path: string): Failure {
	return new Failure({
		code: 'model-weights-invalid',
		message: said`${basename(path)} can’t be used: its weights hold values that are not numbers.`,
		next: [fetchAgain, inspect, chooseAnother],
	});
}

/** Says that a model got too little memory, if llama.cpp's words say so; null: they don't. */
export function memoryFailure(
	name: string,
	lines: readonly string[],
	limit: number | null = addressSpaceLimit(),
): Failure | null {
	const output = lines.join('\n');
	if (!/unable to allocate|failed to allocate|bad_alloc|out of memory|cannot allocate memory/i.test(output))
		return null;
	return new Failure({
		code: 'not-enough-memory',
		message: said`${name} can’t be loaded: there is not enough memory for it.`,
		next: [
			// Under a limit on addresses, that is the likely cause.
			limit === null ? said`Close other programs` : liftAddressLimit,
			said`Choose a smaller context or a quantised KV cache`,
			said`Choose a smaller model`,
		],
		detail: output,
	});
}

/** Explains why llama.cpp could not load the file, from the error and the log lines before it. */
export function loadFailure(
	path: string,
	error: unknown,
	lines: readonly string[],
	limit: number | null = addressSpaceLimit(),
): Failure {
	if (error instanceof Failure) return error;
	const message = error instanceof Error ? error.message : String(error);
	const output = [message, ...lines].join('\n');
	const detail = [...lines, message].join('\n');
	for (const { pattern, code, says, next } of reasons) {
		const match = output.match(pattern);
		if (!match) continue;
		const words = said`${basename(path)} can’t be loaded: ${says(match)}.`;
		return new Failure({ code, message: words, next: [...next], detail }, { cause: error });
	}
	const memory = memoryFailure(basename(path), [message, ...lines], limit);
	if (memory !== null) return memory;
	return new Failure(
		{
			code: 'model-load-failed',
			message: said`${basename(path)} can’t be loaded: ${ownWords(lines) ?? message}.`,
			next: [fetchAgain, inspect, chooseAnother],
			detail,
		},
		{ cause: error },
	);
}
