import { z } from 'zod';
import { byId, call } from '../call.ts';
import { adapterChangeSchema, adapterSchema } from './schema.ts';

export const adapterCalls = {
	/** Newest first. */
	list: call.output(z.object({ adapters: z.array(adapterSchema) })),
	/** Changes its name or the note on its licence. */
	change: call.input(adapterChangeSchema).output(adapterSchema),
	/** Takes it out of the library; `restore` undoes it for a minute. */
	remove: call.input(byId).output(z.object({ freedBytes: z.int() })),
	restore: call.input(byId).output(adapterSchema),
};
