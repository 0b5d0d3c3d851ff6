import type { FailureFacts } from '../../../models/contract/failure.ts';

/** A file is refused above this, bytes. A context holds far less text; the largest PDFs are mostly pictures. */
export const maxAttachmentBytes = 16_000_000;

/** Text of one attachment above this is refused, characters: as much as one message may have. */
export const maxAttachmentCharacters = 4_000_000;

/** Attachments of one message. */
export const maxAttachments = 32;

/** Whoever can see the size says so before anything is sent or read. In a file without schemas, for the page. */
export function attachmentTooLarge(name: string, bytes: number): FailureFacts {
	const megabytes = (size: number): string => `${(size / 1e6).toFixed(size < 1e8 ? 1 : 0)} MB`;
	return {
		code: 'attachment-too-large',
		message: `The file ${name} has ${megabytes(bytes)}; a file of at most ${megabytes(maxAttachmentBytes)} can be attached.`,
		next: ['Attach a part of it'],
	};
}
