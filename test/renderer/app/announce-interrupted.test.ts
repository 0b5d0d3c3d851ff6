import { expect, test } from 'vitest';
import { announceInterrupted } from '../../../renderer/app/announce-interrupted.ts';

function tab() {
	const shown: { text: string; onward?: { label: string; run: () => void } }[] = [];
	const went: unknown[] = [];
	const kept = new Map<string, string>();
	const services = {
		toasts: { note: (toast: (typeof shown)[number]) => shown.push(toast) },
		layout: { set: (change: unknown) => went.push(change), go: (route: unknown) => went.push(route) },
	} as unknown as Parameters<typeof announceInterrupted>[0];
	const storage = {
		getItem: (key: string) => kept.get(key) ?? null,
		setItem: (key: string, value: string) => void kept.set(key, value),
	};
	return {
		shown,
		went,
		tell: (what: Parameters<typeof announceInterrupted>[1]) => announceInterrupted(services, what, storage),
	};
}

const answer = { conversationId: 7, messageId: 3 };

test('an interruption is told once in a tab, and leads to the answer', () => {
	const { shown, went, tell } = tab();
	tell(null);
	expect(shown).toEqual([]);
	for (const at of [5, 5]) tell({ at, answers: 1, answer, runs: 2 });
	expect(shown.map(({ text }) => text)).toEqual([
		'Assay closed while an answer was being written. Its text so far was kept.',
		'Assay closed during 2 runs, which are now paused.',
	]);
	shown[0]?.onward?.run();
	expect(went).toEqual([{ target: 3 }, { section: 'chat', conversationId: 7 }]);
	tell({ at: 6, answers: 2, answer, runs: 0 });
	expect(shown.at(-1)?.text).toBe('Assay closed while 2 answers were being written. Their text so far was kept.');
});
