import { z } from 'zod';
import { listKinds, type SaidFacts, type SaidValue } from './said.ts';

const figureSchema = z.object({
	number: z.number(),
	digits: z.int(),
	signed: z.boolean().optional(),
	unit: z.string().optional(),
});

const valueSchema: z.ZodType<SaidValue, SaidValue> = z.lazy(() =>
	z.union([
		z.string(),
		z.number(),
		saidSchema,
		figureSchema,
		z.object({ list: z.array(valueSchema), by: z.enum(listKinds) }),
	]),
);

/** Schema of a said text's data: `said: z.array(saidSchema).optional()` in what `spoken` makes. */
export const saidSchema: z.ZodType<SaidFacts, SaidFacts> = z
	.object({ text: z.string(), id: z.string(), values: z.array(valueSchema) })
	.meta({ id: 'said' });
