import { expect, test } from 'vitest';
import { objectGrammar } from '../../models/json-schema-grammar.ts';
import { grammarMatcher } from '../support/grammar-matcher.ts';

test('the grammar of json_object takes any object and nothing else', async () => {
	const matcher = await grammarMatcher();
	const grammar = objectGrammar();
	for (const text of ['{}', '{"a": [1, {"b": null}], "c d": "e"}']) expect(matcher.matches(grammar, text)).toBe(true);
	for (const text of ['"text"', '[1]', '1', 'null']) expect(matcher.matches(grammar, text)).toBe(false);
	matcher.free();
});
