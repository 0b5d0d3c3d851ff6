import { parentPort, workerData } from 'node:worker_threads';
import { Failure, failureFacts } from '../../../models/contract/failure.ts';
import { maxAttachmentCharacters } from '../../contract/conversation/attachment-limits.ts';
import { cleanText } from '../clean-text.ts';
import { decodeText } from './decode-text.ts';
import { mediaTypeOf } from './media-type.ts';
import type { ReadingAnswer, ReadingTask } from './read-file.ts';

/** Entry of the reading worker: converts one file to text, reports the result, and exits. */
const { name, bytes } = workerData as ReadingTask;
const port = parentPort;
if (port === null) throw new Error('reading-worker.ts is a worker thread, not a program');
try {
	port.postMessage({ read: await read(name, new Uint8Array(bytes)) } satisfies ReadingAnswer);
} catch (error) {
	port.postMessage({ failure: failureFacts(error) } satisfies ReadingAnswer);
}

async function read(fileName: string, content: Uint8Array<ArrayBuffer>) {
	const isPdf = Buffer.from(content.buffer, 0, Math.min(1024, content.length)).includes('%PDF-');
	// Loaded on demand: it is larger than everything else.
	const found = isPdf
		? await (await import('./pdf-text.ts')).pdfText(fileName, content)
		: { text: decodeText(fileName, content), pages: null };
	const text = cleanText(found.text.replaceAll(/\r\n?/g, '\n'));
	if (text.trim() === '') {
		throw new Failure({
			code: 'attachment-empty',
			message: `The file ${fileName} holds no text.`,
			next: ['Choose another file'],
		});
	}
	if (text.length > maxAttachmentCharacters) {
		throw new Failure({
			code: 'attachment-too-long',
			message: `The file ${fileName} holds ${text.length.toLocaleString('en-US')} characters of text; at most ${maxAttachmentCharacters.toLocaleString('en-US')} can be attached.`,
			next: ['Attach a part of it'],
		});
	}
	return { mediaType: isPdf ? 'application/pdf' : mediaTypeOf(fileName), pages: found.pages, text };
}
