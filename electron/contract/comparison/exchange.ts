import { z } from 'zod';
import { call } from '../call.ts';
import { comparisonSchema, speedSchema } from './comparison.ts';

/** Largest export that is read: one of forty files with all their texts and answers is a tenth of it. */
export const longestExport = 8_000_000;

/** What "Save as JSON" writes: all that was measured, and by what it is known again on another computer. */
export const comparisonExportSchema = comparisonSchema.extend({
	format: z.literal('assay-comparison'),
	version: z.literal(1),
});

const sideSchema = z.object({
	perplexity: z.number().nullable(),
	klDivergence: z.number().nullable(),
	prompt: speedSchema.nullable(),
	generation: speedSchema.nullable(),
	loadMs: z.number().nullable(),
	peakBytes: z.number().nullable(),
});

/** Two comparisons of the same files on two computers. */
export const sideBySideSchema = z.object({
	/** Comparisons that share files with the one asked for, and come from another computer; newest first. */
	partners: z.array(z.object({ id: z.int(), title: z.string(), machine: z.string().nullable() })),
	/** null: no partner. */
	pair: z
		.object({
			otherId: z.int(),
			/** What each was measured on; null: this computer. */
			machines: z.tuple([z.string().nullable(), z.string().nullable()]),
			/** Files with the same weights on both. */
			files: z.array(
				z.object({
					name: z.string(),
					sha256: z.string(),
					sides: z.tuple([sideSchema, sideSchema]),
					/** Whether both found the same quality, as the same weights must; null: not measured on the same texts. */
					agrees: z.boolean().nullable(),
				}),
			),
			/** Engine, processor, …: what holds on each; '': not known. */
			conditions: z.array(z.object({ name: z.string(), sides: z.tuple([z.string(), z.string()]) })),
			/** What it comes to, in a sentence or two. */
			words: z.string(),
		})
		.nullable(),
});

export type ComparisonExport = z.infer<typeof comparisonExportSchema>;
export type SideBySide = z.infer<typeof sideBySideSchema>;

/** Comparisons that leave this computer, or come from another. */
export const comparisonImportExportCalls = {
	export: call
		.input(z.object({ id: z.int(), format: z.enum(['markdown', 'csv', 'json']) }))
		.output(z.object({ fileName: z.string(), text: z.string() })),
	/** Keeps an export of another computer in the list. One that is there already is answered with. */
	import: call.input(z.object({ text: z.string().max(longestExport) })).output(comparisonSchema),
	/** `otherId` null: the newest partner. */
	beside: call.input(z.object({ id: z.int(), otherId: z.int().nullable().default(null) })).output(sideBySideSchema),
};
