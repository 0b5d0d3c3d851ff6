import { expect, test } from 'vitest';
import { toolArgumentsSchema } from '../../../electron/contract/tools/schema.ts';

test('arguments of a tool are JSON: a value that has no form there could not be logged', () => {
	expect(toolArgumentsSchema.safeParse({ path: 'a', depth: [1, null] }).success).toBe(true);
	expect(toolArgumentsSchema.safeParse({ depth: { most: 1n } }).success).toBe(false);
});
