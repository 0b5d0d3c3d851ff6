import { z } from 'zod';
import { turnSchema } from '../../../models/contract/generation.ts';
import { maxAttachmentCharacters, maxAttachments } from './attachment-limits.ts';

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
