import { expect, test } from 'vitest';
import { createTokens } from '../../../../electron/hosts/browser/access-tokens.ts';

test('a one-time token is accepted once, within a minute, and no other token ever', () => {
	let now = 1_000;
	const tokens = createTokens(() => now);
	const [first, second] = [tokens.issueOnce(), tokens.issueOnce()];
	expect([tokens.accept(first), tokens.accept(first)]).toEqual(['once', null]);
	now += 60_001;
	expect(tokens.accept(second)).toBeNull();
	expect(tokens.accept(tokens.lasting)).toBe('lasting');
	expect(tokens.accept('')).toBeNull();
});
