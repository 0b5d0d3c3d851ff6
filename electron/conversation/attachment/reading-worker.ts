import { Failure } from '../../../models/contract/failure.ts';
import { amount, figure, said } from '../../../models/contract/said.ts';
import { maxAttachmentCharacters } from '../../contract/conversation/attachment-limits.ts';
import { serveTasks } from '../../parsing/worker-port.ts';
import { cleanText } from '../clean-text.ts';
import { decodeText } from './decode-text.ts';
import { mediaTypeOf } from './media-type.ts';
import type { ReadingTask, ReadText } from './read-file.ts';

/** Entry of the parser process that converts attachments to text. */
await serveTasks<ReadingTask>(({ task, bytes }) => read(task, bytes ?? new Uint8Array()));

async function read({ name: fileName, encoding }: ReadingTask, content: Uint8Array<ArrayBuffer>): Promise<ReadText> {
	const isPdf = Buffer.from(content.buffer, 0, Math.min(1024, content.length)).includes('%PDF-');
	// Loaded on demand: it is larger than everything else.
	const found = isPdf
		? await (await import('./pdf-text.ts')).pdfText(fileName, content)
		: { text: decodeText(fileName, content, encoding), pages: null };
	const text = cleanText(found.text.replaceAll(/\r\n?/g, '\n'));
	if (text.trim() === '') {
		throw new Failure({
			code: 'attachment-empty',
			message: said`The file ${fileName} has no text.`,
			next: [said`Choose another file`],
		});
	}
	if (text.length > maxAttachmentCharacters) {
		throw new Failure({
			code: 'attachment-too-long',
			message: said`The file ${fileName} has ${amount(text.length, 'character')} of text; at most ${figure(maxAttachmentCharacters)} can be attached.`,
			next: [said`Attach a part of it`],
		});
	}
	return { mediaType: isPdf ? 'application/pdf' : mediaTypeOf(fileName), pages: found.pages, text };
}
