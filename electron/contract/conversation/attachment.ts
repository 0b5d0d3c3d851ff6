import { z } from 'zod';
import { turnSchema } from '../../../models/contract/generation.ts';

/** A file is refused above this, bytes. A context holds far less text; the largest PDFs are mostly pictures. */
export const maxAttachmentBytes = 16_000_000;

/** Text of one attachment above this is refused, characters: as much as one message may have. */
export const maxAttachmentCharacters = 4_000_000;

/** Attachments of one message. */
export const maxAttachments = 32;

/** What a page shows of an attached text file; its text is asked for. */
export const attachmentSchema = z.object({
	id: z.int(),
	/** Of the file, without a folder. */
	name: z.string(),
	/** 'text/markdown', 'application/pdf', …; of unknown text 'text/plain'. */
	mediaType: z.string(),
	/** Of the file, not of its text. */
	sizeBytes: z.int(),
	/** Characters of its text. */
	characters: z.int(),
	/** Of a PDF; null for everything else. */
	pages: z.int().nullable(),
	createdAt: z.int(),
});

/** An attachment that is stored nowhere, with its text. */
export const attachedTextSchema = attachmentSchema
	.pick({ name: true, mediaType: true, sizeBytes: true, pages: true })
	.extend({ text: z.string().max(maxAttachmentCharacters) });

/** One turn of a conversation that is stored nowhere. */
export const temporaryTurnSchema = turnSchema.extend({
	role: z.enum(['user', 'assistant']),
	attachments: z.array(attachedTextSchema).max(maxAttachments).optional(),
});

export type Attachment = z.infer<typeof attachmentSchema>;
export type AttachedText = z.infer<typeof attachedTextSchema>;
