import { z } from 'zod';
import { call } from '../call.ts';

/** One part of a diagnostics bundle, as it would be saved. */
export const diagnosticPartSchema = z.object({
	name: z.string(),
	/** What it holds, for the person who decides whether to send it. */
	description: z.string(),
	/** JSON, or lines of a log. */
	text: z.string(),
});

export const diagnosticsSchema = z.object({
	fileName: z.string(),
	madeAt: z.int(),
	parts: z.array(diagnosticPartSchema),
});

export const diagnosticCalls = {
	/** What helps to find a fault; no text of any conversation, no names of people's folders. Nothing is saved or sent. */
	collect: call.output(diagnosticsSchema),
};

export type DiagnosticPart = z.infer<typeof diagnosticPartSchema>;
export type Diagnostics = z.infer<typeof diagnosticsSchema>;
