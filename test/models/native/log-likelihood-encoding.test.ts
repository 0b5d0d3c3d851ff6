import { expect, test } from 'vitest';
import { encodeRequest, type Tokenizer } from '../../../models/native/log-likelihood-encoding.ts';

/** One token per character, except that "ab" is a single token, so that a boundary can be merged. */
const tokenizer: Tokenizer = {
	encode: (text) =>
		Int32Array.from([...text.replaceAll('ab', '\u{1F600}')].map((character) => character.codePointAt(0) ?? 0)),
	prefixToken: 1,
	startToken: null,
};

const codes = (text: string): number[] => [...tokenizer.encode(text)];

test('spaces at the end of the context move to the continuation', () => {
	const { context, continuations } = encodeRequest(tokenizer, { context: 'Q: x \t', continuations: ['y'] }, 100);
	expect([...context]).toEqual(codes('Q: x'));
	expect([...(continuations[0] ?? [])]).toEqual(codes(' \ty'));
});

test('white space is defined as in Python', () => {
	const python = encodeRequest(tokenizer, { context: 'x\x1f\x85\u3000', continuations: ['y'] }, 100);
	expect([...python.context]).toEqual(codes('x'));
	// JavaScript's trimEnd() removes this one, Python's rstrip() does not.
	const byteOrderMark = encodeRequest(tokenizer, { context: 'x\ufeff', continuations: ['y'] }, 100);
	expect(byteOrderMark.context.length).toBe(2);
});

test("if the boundary merges, the continuation is the tokens after the context's own length", () => {
	const { context, continuations } = encodeRequest(tokenizer, { context: 'xa', continuations: ['bc', 'cb'] }, 100);
	expect([...context]).toEqual(codes('xa'));
	expect(continuations.map((tokens) => [...tokens])).toEqual([codes('c'), codes('cb')]);
});

test('an empty context becomes the prefix token, or the start token if requested', () => {
	const request = { context: '', continuations: ['y'] };
	expect([...encodeRequest(tokenizer, request, 100).context]).toEqual([1]);
	expect([...encodeRequest({ ...tokenizer, startToken: 7 }, request, 100).context]).toEqual([7]);
	expect([...encodeRequest({ ...tokenizer, startToken: 7 }, { ...request, context: 'x' }, 100).context]).toEqual([
		7,
		...codes('x'),
	]);
	expect([...encodeRequest(tokenizer, { context: ' ', continuations: ['y'] }, 100).context]).toEqual([1]);
});

test('a context that is too long loses its start, never the token before the continuation', () => {
	const long = encodeRequest(tokenizer, { context: '123456789', continuations: ['xy', 'xyz'] }, 6);
	expect({ context: [...long.context], truncated: long.truncated }).toEqual({ context: codes('6789'), truncated: 5 });
	const hopeless = encodeRequest(tokenizer, { context: '12', continuations: ['x'.repeat(50)] }, 6);
	expect([...hopeless.context]).toEqual(codes('2'));
});
