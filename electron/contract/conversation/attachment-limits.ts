import type { FailureFacts } from '../../../models/contract/failure.ts';
import { said, size, spoken } from '../../../models/contract/said.ts';

/** Largest file accepted, in bytes. A context holds far less text; the largest PDFs are mostly pictures. */
export const maxAttachmentBytes = 16_000_000;

/** Longest text accepted for one attachment, in characters: the same limit as for one message. */
export const maxAttachmentCharacters = 4_000_000;

/** Most attachments in one message. */
export const maxAttachments = 32;

/**
 * Callers that know the size raise this failure before they send or read the file. Kept apart from the schemas so that
 * the page can import it.
 */
export function attachmentTooLarge(name: string, bytes: number): FailureFacts {
	return spoken({
		code: 'attachment-too-large',
		message: said`The file ${name} has ${size(bytes)}; a file of at most ${size(maxAttachmentBytes)} can be attached.`,
		next: [said`Attach a part of it`],
	});
}
