import { z } from 'zod';
import { failureSchema } from '../../../../models/contract/failure.ts';
import { call } from '../../call.ts';
import { runConfigSchema } from '../config.ts';
import { configFileLimit, configFileSchema } from './config-file.ts';

/** What a config file means here: a config in which that is missing which this library does not have. */
export const resolvedConfigSchema = z.object({
	config: runConfigSchema.extend({
		dataset: runConfigSchema.shape.dataset.extend({ datasetId: z.int().nullable() }),
		promptVersionIds: z.array(z.int()),
		modelFileIds: z.array(z.int()),
	}),
	/** What is missing, and why; none: the config can run. A judge whose model is missing has the model 0. */
	problems: z.array(failureSchema),
	/** What was done for it, for people: "Prompt “Triage” version 2 added". */
	notes: z.array(z.string()),
});

export const configFileCalls = {
	/** The config as a file that `assay eval run` reads. */
	write: call.input(runConfigSchema).output(z.object({ fileName: z.string(), text: z.string() })),
	/** Reads a file's text; prompts written in it are added to the library. Throws Failure `config-invalid`. */
	read: call
		.input(z.object({ text: z.string().max(configFileLimit), name: z.string().max(500) }))
		.output(resolvedConfigSchema),
	/** As `read`, of a file that is read already. */
	resolve: call.input(z.object({ file: configFileSchema })).output(resolvedConfigSchema),
};

export type ResolvedConfig = z.infer<typeof resolvedConfigSchema>;
