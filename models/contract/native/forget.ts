import { z } from 'zod';
import { pathSchema } from './conditions.ts';

/** Lets the system drop what it keeps in memory of a file, so that the next load reads the disk. */
export const forgetTaskSchema = z.object({ kind: z.literal('forget'), path: pathSchema });

/** false: this system has no way to be asked. */
export const forgetResultSchema = z.object({ forgotten: z.boolean() });
