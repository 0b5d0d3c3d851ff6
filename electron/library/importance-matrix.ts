import { mkdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { Failure } from '../../models/contract/failure.ts';
import { sha256OfFile } from '../../models/file-hash.ts';
import type { runNativeTask } from '../../models/native/run-task.ts';

/** An importance matrix that files are made with. */
export interface ImatrixSource {
	/** Where it lies, or will lie once it is computed. */
	readonly matrix: string;
	/** Text that it is computed from; null: the matrix is there already. */
	readonly text: string | null;
	/** Stands in the names of files made with it, so that they lie beside those made without or with another. */
	readonly mark: string;
}

/** Hexadecimal digits of a hash that stand in a file's name. */
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
				message: `${path} can't be read, so no importance matrix comes from it.`,
				next: ['Check the path', 'Choose another file'],
			},
			{ cause: error },
		);
	}
}

/**
 * What files in `folder` are made with: a matrix that is there, or one of a text, which is kept in that folder under the
 * text's name. null where neither is asked for. Throws Failure `file-unreadable`, `imatrix-twice`.
 */
export async function resolveImatrix(
	folder: string,
	{ imatrix, imatrixText }: { readonly imatrix: string | null; readonly imatrixText: string | null },
	signal?: AbortSignal,
): Promise<ImatrixSource | null> {
	if (imatrix !== null && imatrixText !== null) {
		throw new Failure({
			code: 'imatrix-twice',
			message: 'Files are made with one importance matrix: a file of one, or one computed from a text.',
			next: ['Leave one of them out'],
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

/** Computes the matrix of a guide's text on a model, where it is not there from before. */
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
			message: `${text} is another text than it was when this began.`,
			next: ['Begin anew with the text as it is now'],
		});
	}
	await mkdir(dirname(matrix), { recursive: true });
	await native<'imatrix'>(
		{ kind: 'imatrix', model, text, output: matrix, threads },
		{ signal, onProgress: (each) => each.kind === 'imatrix' && progress(each.chunk, each.chunks) },
	);
}
