import { z } from 'zod';
import { call } from '../call.ts';
import { searchChoicesSchema, searchCursorSchema, searchFilterSchema, searchPageSchema } from './schema.ts';

export const searchCalls = {
	/**
	 * Answers after a moment with what it has found by then, titles first, messages newest first. Asked again with
	 * `next` it goes on; a page shorter than `limit` with a `next` means that much was looked at, not that all was.
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
