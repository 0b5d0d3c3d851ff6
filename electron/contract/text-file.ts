import { z } from 'zod';

/** A text that is saved as a file of its own, such as an exported conversation. */
export const textFileSchema = z.object({
	/** Suggested name with its extension, without a folder. */
	fileName: z
		.string()
		.min(1)
		.max(255)
		.regex(/^[^/\\\0]+$/, 'a name without a folder'),
	text: z.string().max(512_000_000),
});

export type TextFile = z.infer<typeof textFileSchema>;
