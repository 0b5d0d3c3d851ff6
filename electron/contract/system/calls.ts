import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { call } from '../call.ts';
import { applicationEventSchema } from '../event.ts';
import { doctorSchema, helloSchema, statusSchema } from './schema.ts';

export const systemCalls = {
	/** First call of every client; a different version fails with `contract-mismatch`. */
	hello: call.input(z.object({ contractVersion: z.int() })).output(helloSchema),
	status: call.output(statusSchema),
	doctor: call.output(doctorSchema),
	/** Streams application-wide events from now on. */
	events: call.output(eventIterator(applicationEventSchema)),
};
