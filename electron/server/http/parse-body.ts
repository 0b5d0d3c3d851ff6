import type { z } from 'zod';
import { badRequest } from './errors.ts';

/** Returns the fields of a body that the schema knows. Throws HttpError 400, which names the first wrong field. */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
	const parsed = schema.safeParse(body);
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	const param = issue?.path.join('.') ?? '';
	throw badRequest(`${param === '' ? 'The body' : param}: ${issue?.message ?? 'invalid'}`, param || null);
}
