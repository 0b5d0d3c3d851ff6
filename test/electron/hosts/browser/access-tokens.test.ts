import { expect, test } from 'vitest';
import { createTokens } from '../../../../electron/hosts/browser/access-tokens.ts';

test('the token of a link is exchanged once for the token of a tab, which lasts', () => {
	const tokens = createTokens();
	const link = tokens.issueLink();
	expect(tokens.isTab(link)).toBe(false);
	const accepted = tokens.accept(link);
	const tab = accepted?.kind === 'link' ? accepted.tab : '';
	expect([tokens.accept(link), tokens.isTab(tab), tokens.accept(tab)]).toEqual([null, true, { kind: 'tab' }]);
	expect(tokens.accept('')).toBeNull();
});

test('a printed link opens as long as the host runs, one for the opener within a minute', () => {
	let now = 1_000;
	const tokens = createTokens(() => now);
	const [printed, first, second] = [tokens.issueLink(), tokens.issueForOpener(), tokens.issueForOpener()];
	now += 59_999;
	expect(tokens.accept(first)).toMatchObject({ kind: 'link' });
	now += 2;
	expect(tokens.accept(second)).toBeNull();
	now += 86_400_000;
	expect(tokens.accept(printed)).toMatchObject({ kind: 'link' });
});

test('links that nobody opens do not pile up', () => {
	const tokens = createTokens();
	const [oldest, ...others] = Array.from({ length: 101 }, () => tokens.issueLink());
	expect(tokens.accept(oldest!)).toBeNull();
	expect(tokens.accept(others[0]!)).toMatchObject({ kind: 'link' });
});
