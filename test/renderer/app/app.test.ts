import { describe, expect, test } from 'vitest';
import { fuzzyMatch } from '../../../renderer/app/fuzzy-match.ts';
import { formatRoute, parseRoute, type Route } from '../../../renderer/app/route.ts';
import { createToastStore } from '../../../renderer/app/toast-store.ts';

const routes: Route[] = [
	{ section: 'chat', conversationId: null },
	{ section: 'chat', conversationId: 12 },
	{ section: 'models' },
	{ section: 'settings', part: null },
	{ section: 'settings', part: 'network' },
];

test.each(routes)('the address of %j parses back to it', (route) => {
	expect(parseRoute(formatRoute(route))).toEqual(route);
});

test.each(['', '#', '#/nowhere', '#/chat/-1', '#/chat/abc', '#token=x'])('%j parses as a new conversation', (hash) => {
	expect(parseRoute(hash)).toEqual({ section: 'chat', conversationId: null });
});

describe('fuzzy matching', () => {
	test('whole words beat scattered letters; letters out of order do not match', () => {
		const best = ['Show or hide the conversations', 'New conversation', 'Move this conversation to the trash']
			.map((label) => ({ label, match: fuzzyMatch('new', label) }))
			.filter(({ match }) => match !== null)
			.toSorted((a, b) => b.match!.score - a.match!.score);
		expect(best[0]?.label).toBe('New conversation');
		expect(fuzzyMatch('zzz', 'New conversation')).toBeNull();
		expect(fuzzyMatch('nc', 'New conversation')?.positions).toEqual([0, 4]);
		expect(fuzzyMatch('ab', 'İ ab')?.positions).toEqual([2, 3]);
		expect(fuzzyMatch('ac', 'İ abc')?.positions).toEqual([2, 4]);
	});
});

test('at most three toasts are shown, and failures stay among them', () => {
	const toasts = createToastStore(() => 'chat');
	toasts.fail('a');
	for (const text of ['b', 'c', 'd']) toasts.show({ text });
	expect(toasts.state.getState().map(({ text }) => text)).toEqual(['a', 'c', 'd']);
});

test('a toast goes with its screen, but a failure waits there, and what concerns every screen stays', () => {
	let section: 'chat' | 'models' = 'chat';
	const toasts = createToastStore(() => section);
	const texts = () => toasts.state.getState().map(({ text, section: of }) => `${text} (${of})`);
	toasts.show({ text: 'copied' });
	toasts.fail('not saved');
	toasts.note({ text: 'the run ended', everywhere: true });
	section = 'models';
	toasts.leave('chat');
	toasts.show({ text: 'loaded' });
	expect(texts()).toEqual(['not saved (chat)', 'the run ended (null)', 'loaded (models)']);
});
