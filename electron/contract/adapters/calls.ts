import { z } from 'zod';
import { byId, call } from '../call.ts';
import { jobSchema } from '../jobs/schema.ts';
import {
	adapterChangeSchema,
	adapterExportInputSchema,
	adapterImportInputSchema,
	adapterMergeInputSchema,
	adapterSchema,
} from './schema.ts';

export const adapterCalls = {
	/** Newest first. */
	list: call.output(z.object({ adapters: z.array(adapterSchema) })),
	/** Adds a copy of an adapter from elsewhere, converted if PEFT wrote it. Fails with `adapter-unsuitable` and the reason. */
	import: call.input(adapterImportInputSchema).output(adapterSchema),
	export: call.input(adapterExportInputSchema).output(z.object({ path: z.string(), bytes: z.int() })),
	/** Starts to write a model with adapters in its weights to `path`; it enters the library once it is complete. */
	merge: call.input(adapterMergeInputSchema).output(z.object({ job: jobSchema, path: z.string() })),
	/** Changes its name or the note on its licence. */
	change: call.input(adapterChangeSchema).output(adapterSchema),
	/** Takes it out of the library; `restore` undoes it for a minute. */
	remove: call.input(byId).output(z.object({ freedBytes: z.int() })),
	restore: call.input(byId).output(adapterSchema),
};
