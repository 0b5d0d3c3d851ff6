import { oc } from '@orpc/contract';
import { z } from 'zod';
import { failureSchema } from '../../models/contract/failure.ts';

/** Every call may answer with FAILED: its data is written for people. */
export const call = oc.errors({ FAILED: { status: 422, data: failureSchema } });

export const byId = z.object({ id: z.int() });
