import { Failure, type FailureFacts } from '../../models/contract/failure.ts';
import { t } from '../messages/t.ts';
import { readToken } from './access-token.ts';
import { isFailure } from './failure.ts';

/** Folders also contain files that are not exports; only these names are taken. */
const exportNames =
	/(^|\/)(conversations(-\d+)?\.json|[^/]*\.conversation\.json|messages\.jsonl|thread\.json|chat-export[^/]*\.json|assay[^/]*\.json|[^/]*\.zip)$/i;

/** A file with its path below the chosen folder. */
export interface ChosenFile {
	readonly file: File;
	readonly name: string;
}

/** Selects the files of an import: individually chosen ones as they are, and from folders only possible exports. */
export function selectExportFiles(files: Iterable<File>): readonly ChosenFile[] {
	return [...files].flatMap((file) => {
		const name = file.webkitRelativePath === '' ? file.name : file.webkitRelativePath;
		return file.webkitRelativePath === '' || exportNames.test(name) ? [{ file, name }] : [];
	});
}

/**
 * Uploads files to the browser host one after the other; rejects with FailureFacts, or with anything once `signal` has
 * aborted.
 */
export async function uploadFiles(
	files: readonly ChosenFile[],
	onProgress: (sent: number, total: number) => void,
	signal: AbortSignal,
): Promise<string> {
	const total = files.reduce((sum, { file }) => sum + file.size, 0);
	const { uploadId } = (await send('POST', '/upload', null, () => {}, signal)) as { uploadId: string };
	let before = 0;
	try {
		const taken = new Map<string, number>();
		for (const { file, name } of files) {
			const path = `/upload/${uploadId}?name=${encodeURIComponent(makeNamesUnique(name, taken))}`;
			await send('PUT', path, file, (sent) => onProgress(before + sent, total), signal);
			before += file.size;
		}
	} catch (error) {
		await send('DELETE', `/upload/${uploadId}`, null, () => {}).catch(() => {});
		throw error;
	}
	return uploadId;
}

/** Two files of one name come from two folders. */
function makeNamesUnique(name: string, taken: Map<string, number>): string {
	const count = taken.get(name) ?? 0;
	taken.set(name, count + 1);
	return count === 0 ? name : `${count}/${name}`;
}

/** Uses XMLHttpRequest because fetch does not report upload progress. */
function send(
	method: string,
	path: string,
	body: Blob | null,
	onProgress: (sent: number) => void,
	signal?: AbortSignal,
): Promise<unknown> {
	return new Promise((resolve, reject) => {
		const request = new XMLHttpRequest();
		request.open(method, path);
		request.setRequestHeader('authorization', `Bearer ${readToken(sessionStorage) ?? ''}`);
		request.responseType = 'json';
		const abort = (): void => request.abort();
		signal?.addEventListener('abort', abort, { once: true });
		request.upload.addEventListener('progress', ({ loaded }) => onProgress(loaded));
		request.addEventListener('load', () => {
			if (request.status < 300) resolve(request.response);
			else reject(new Failure(isFailure(request.response) ? request.response : toUploadFailure(request.status)));
		});
		request.addEventListener('error', () => reject(new Failure(toBrokenUpload())));
		request.addEventListener('abort', () => reject(new Error('cancelled')));
		request.addEventListener('loadend', () => signal?.removeEventListener('abort', abort));
		if (signal?.aborted) reject(new Error('cancelled'));
		else request.send(body);
	});
}

function toUploadFailure(status: number): FailureFacts {
	return {
		code: 'upload-refused',
		message: t('Assay rejected the file (HTTP {status}).', { status }),
		next: [t('Reload the page and try again')],
	};
}

function toBrokenUpload(): FailureFacts {
	return {
		code: 'upload-broken',
		message: t('The connection was lost, or the file can’t be read any more.'),
		next: [t('Choose the files again')],
	};
}
