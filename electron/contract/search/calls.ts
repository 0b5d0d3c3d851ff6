import { z } from 'zod';
import { call } from '../call.ts';
import { searchChoicesSchema, searchCursorSchema, searchFilterSchema, searchPageSchema } from './schema.ts';

export const searchCalls = {
	/**
	 * Returns after a short time with the matches found so far, titles first, then messages, newest first. Call again
	 * with `next` to continue; a page shorter than `limit` with a `next` means that the search is not finished.
	 */
	find: call
		.input(
			z.object({
				text: z.string().max(1000),
				filter: searchFilterSchema.prefault({}),
				limit: z.int().min(1).max(200).default(50),
				after: searchCursorSchema.nullable().default(null),
			}),
		)
		.output(searchPageSchema),
	choices: call.output(searchChoicesSchema),
};
