import type { z } from 'zod';
import { badRequest } from './errors.ts';

/** Returns the fields of a body that the schema knows. Throws HttpError 400, which names the first wrong field. */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
	const parsed = schema.safeParse(body);
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	const { path, message } = issue === undefined ? { path: [], message: 'invalid' } : exactly(issue);
	const param = path.join('.');
	throw badRequest(`${param === '' ? 'The body' : param}: ${message}`, param || null);
}

interface Fault {
	readonly path: readonly PropertyKey[];
	readonly message: string;
	/** The type that was expected in place of the value's; null: the type fits. */
	readonly expected: string | null;
}

/**
 * For a union, zod only says "Invalid input". This reports the error of the option that matches the most, or the types of
 * all options.
 */
function exactly(issue: z.core.$ZodIssue): Fault {
	const { path, message } = issue;
	if (issue.code === 'invalid_type') return { path, message, expected: issue.expected };
	if (issue.code === 'invalid_key') return { path, message: issue.issues[0]?.message ?? message, expected: null };
	if (issue.code !== 'invalid_union') return { path, message, expected: null };
	const forms = issue.errors.flatMap(([first]) => (first === undefined ? [] : [exactly(first)]));
	const within = forms.filter((form) => form.path.length > 0 || form.expected === null);
	const [furthest] = within.toSorted(
		(a, b) => b.path.length - a.path.length || Number(b.path.at(-1) ?? 0) - Number(a.path.at(-1) ?? 0),
	);
	if (furthest !== undefined) return { ...furthest, path: [...path, ...furthest.path] };
	const types = [...new Set(forms.flatMap(({ expected }) => expected ?? []))].filter((type) => type !== 'undefined');
	return types.length === 0
		? { path, message, expected: null }
		: { path, message: `Invalid input: expected ${types.join(' or ')}`, expected: types.join(' or ') };
}
