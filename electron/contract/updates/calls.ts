import { z } from 'zod';
import { call } from '../call.ts';
import { updateStatusSchema } from './schema.ts';

/** Each call answers with the state that it led to; the event `update` reports the later ones. */
export const updateCalls = {
	/** Makes no request. */
	status: call.output(updateStatusSchema),
	/** Asks the source of updates whether there is a newer version. */
	check: call.output(updateStatusSchema),
	/** Starts or continues the download of the version that was found. */
	download: call.output(updateStatusSchema),
	/** Ends the download; what arrived is kept. */
	stop: call.output(updateStatusSchema),
	/** `now` quits Assay. */
	install: call.input(z.object({ when: z.enum(['on-quit', 'now']) })).output(updateStatusSchema),
	/** "Later": nothing is installed when Assay quits (unless `canCancel` is false), and nothing reminds of this version. */
	postpone: call.output(updateStatusSchema),
};
