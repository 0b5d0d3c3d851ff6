import { z } from 'zod';

/** A text to save as a file, such as an exported conversation. */
export const textFileSchema = z.object({
	/** Suggested file name with its extension, without a folder. */
	fileName: z
		.string()
		.min(1)
		.max(255)
		.regex(/^[^/\\\0]+$/, 'a name without a folder'),
	text: z.string().max(512_000_000),
});

export type TextFile = z.infer<typeof textFileSchema>;
