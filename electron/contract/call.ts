import { oc } from '@orpc/contract';
import { z } from 'zod';
import { failureSchema } from '../../models/contract/failure.ts';

/** Base of every call: it may answer with FAILED, whose data is written for people. */
export const call = oc.errors({ FAILED: { status: 422, data: failureSchema } });

export const byId = z.object({ id: z.int() });
