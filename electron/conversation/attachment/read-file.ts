import { Worker } from 'node:worker_threads';
import { Failure, type FailureFacts } from '../../../models/contract/failure.ts';
import { attachmentTooLarge, maxAttachmentBytes } from '../../contract/conversation/attachment-limits.ts';
import type { AttachedText } from '../../contract/conversation/schema.ts';
import { oneLine } from '../clean-text.ts';

/** A file that takes longer is probably malicious: a thousand pages take about ten seconds. */
const timeoutMs = 60_000;

/** Memory limit of the reading worker; a file that needs more is probably malicious. */
const maxHeapMegabytes = 768;

/** Longest name kept, characters; file systems allow 255. */
const maxNameLength = 255;

/**
 * Reads the text of a file in a worker that ends with it. Throws Failure `attachment-too-large`, `attachment-empty`,
 * `attachment-not-text`, `attachment-too-long`, `attachment-too-complex`, `pdf-locked`, `pdf-unreadable`,
 * `pdf-without-text`; the signal's reason after an abort.
 */
export async function readAttachmentFile(
	file: File,
	{
		signal,
		entry = readingEntry,
	}: { readonly signal?: AbortSignal | undefined; readonly entry?: URL | undefined } = {},
): Promise<AttachedText> {
	const name = oneLine(file.name.replaceAll(/^.*[/\\]/gu, '')).slice(0, maxNameLength) || 'Unnamed file';
	if (file.size > maxAttachmentBytes) throw new Failure(attachmentTooLarge(name, file.size));
	const bytes = await file.arrayBuffer();
	signal?.throwIfAborted();
	const answer = await runReadingWorker(entry, { name, bytes }, signal);
	if ('failure' in answer) throw new Failure(answer.failure);
	return { name, sizeBytes: file.size, ...answer.read };
}

function runReadingWorker(entry: URL, task: ReadingTask, signal: AbortSignal | undefined): Promise<ReadingAnswer> {
	const { promise, resolve, reject } = Promise.withResolvers<ReadingAnswer>();
	const worker = new Worker(entry, {
		workerData: task,
		transferList: [task.bytes],
		resourceLimits: { maxOldGenerationSizeMb: maxHeapMegabytes },
		// Discards what a library prints about a strange file.
		stdout: true,
		stderr: true,
	});
	const timer = setTimeout(() => reject(tooComplex(task.name, `was not read within ${timeoutMs / 1000} s`)), timeoutMs);
	const abort = (): void => reject(signal?.reason);
	signal?.addEventListener('abort', abort, { once: true });
	worker.on('message', resolve);
	worker.on('error', (error) => {
		const full = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
		reject(full ? tooComplex(task.name, `takes more than ${maxHeapMegabytes} MB of memory to read`) : error);
	});
	worker.on('exit', (code) => reject(new Error(`the reading thread ended with code ${code}`)));
	return promise.finally(() => {
		clearTimeout(timer);
		signal?.removeEventListener('abort', abort);
		void worker.terminate();
	});
}

function tooComplex(name: string, why: string): Failure {
	return new Failure({
		code: 'attachment-too-complex',
		message: `The file ${name} ${why}.`,
		next: ['Copy the text that matters and paste it', 'Save the file again with a simpler program'],
	});
}

/** Start data of the reading worker. */
export interface ReadingTask {
	readonly name: string;
	readonly bytes: ArrayBuffer;
}

/** Its only answer. */
export type ReadingAnswer =
	| { readonly read: Pick<AttachedText, 'mediaType' | 'pages' | 'text'> }
	| { readonly failure: FailureFacts };

/**
 * Location of the worker's code: next to this file in a checkout, or next to the bundle under its name in the build.
 */
const readingEntry = new URL(
	import.meta.url.endsWith('.ts') ? './reading-worker.ts' : './reading-worker.js',
	import.meta.url,
);
