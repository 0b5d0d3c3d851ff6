import { mkdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import { sha256OfFile } from '../../models/file-hash.ts';
import type { runNativeTask } from '../../models/native/run-task.ts';

/** An importance matrix to quantise with. */
export interface ImatrixSource {
	/** Path of the matrix, now or once it is computed. */
	readonly matrix: string;
	/** Path of the text to compute it from; null if the matrix exists already. */
	readonly text: string | null;
	/**
	 * Part of the names of files quantised with it, so that they can be kept next to those without or with another
	 * matrix.
	 */
	readonly mark: string;
}

/** Hexadecimal digits of the hash in a file name. */
const digits = 8;

async function fileMarkOf(path: string, signal: AbortSignal | undefined): Promise<string> {
	try {
		const hash = await sha256OfFile(path, signal === undefined ? {} : { signal });
		return `imatrix-${hash.slice(0, digits)}`;
	} catch (error) {
		signal?.throwIfAborted();
		throw new Failure(
			{
				code: 'file-unreadable',
				message: said`${path} can’t be read, so it gives no importance matrix.`,
				next: [said`Check the path`, said`Choose another file`],
			},
			{ cause: error },
		);
	}
}

/**
 * Returns the matrix to quantise files in `folder` with: an existing one, or one of a text, kept in that folder under
 * the text's name. null if neither is requested. Throws Failure `file-unreadable`, `imatrix-twice`.
 */
export async function resolveImatrix(
	folder: string,
	{ imatrix, imatrixText }: { readonly imatrix: string | null; readonly imatrixText: string | null },
	signal?: AbortSignal,
): Promise<ImatrixSource | null> {
	if (imatrix !== null && imatrixText !== null) {
		throw new Failure({
			code: 'imatrix-twice',
			message: said`Quantising uses one importance matrix: from a file, or computed from a text.`,
			next: [said`Leave one of them out`],
		});
	}
	if (imatrix !== null) return { matrix: imatrix, text: null, mark: await fileMarkOf(imatrix, signal) };
	if (imatrixText === null) return null;
	const mark = await fileMarkOf(imatrixText, signal);
	const name = basename(imatrixText, extname(imatrixText));
	return { matrix: join(folder, `${name}.${mark}.gguf`), text: imatrixText, mark };
}

export interface ImatrixControl {
	readonly signal: AbortSignal;
	progress(chunk: number, chunks: number): void;
}

/** Computes the matrix of a text with a model, unless it exists already. */
export async function ensureImatrix(
	native: typeof runNativeTask,
	{ matrix, text, mark }: ImatrixSource,
	{ model, threads }: { readonly model: string; readonly threads: number },
	{ signal, progress }: ImatrixControl,
): Promise<void> {
	if (text === null || (await stat(matrix).catch(() => null)) !== null) return;
	if ((await fileMarkOf(text, signal)) !== mark) {
		throw new Failure({
			code: 'text-changed',
			message: said`The text ${text} has changed since this started.`,
			next: [said`Start again with the current text`],
		});
	}
	await mkdir(dirname(matrix), { recursive: true });
	await native<'imatrix'>(
		{ kind: 'imatrix', model, text, output: matrix, threads },
		{ signal, onProgress: (each) => each.kind === 'imatrix' && progress(each.chunk, each.chunks) },
	);
}
