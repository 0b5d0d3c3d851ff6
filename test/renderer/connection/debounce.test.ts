import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDebounce } from '../../../renderer/connection/debounce.ts';
import { pageToLeave } from '../../support/leave-page.ts';

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

/** Starts work that notes its name, 100 ms after the last start. */
function noting() {
	const done: string[] = [];
	const pause = createDebounce();
	return { done, pause, start: (name: string) => pause.start(() => done.push(name), 100) };
}

test('only the work that was started last runs, once nothing was started for the pause', () => {
	const { done, start } = noting();
	start('first');
	vi.advanceTimersByTime(60);
	start('second');
	vi.advanceTimersByTime(60);
	expect(done).toEqual([]);
	vi.advanceTimersByTime(40);
	expect(done).toEqual(['second']);
});

test('work that waits runs at once when the page is left, and never twice', () => {
	const leave = pageToLeave();
	const { done, start } = noting();
	start('change');
	leave();
	expect(done).toEqual(['change']);
	leave();
	vi.advanceTimersByTime(200);
	expect(done).toEqual(['change']);
});

test('cancelled work does not run, not even when the page is left', () => {
	const leave = pageToLeave();
	const { done, pause, start } = noting();
	start('change');
	pause.cancel();
	leave();
	vi.advanceTimersByTime(200);
	expect(done).toEqual([]);
});
