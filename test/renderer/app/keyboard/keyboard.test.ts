import { describe, expect, test } from 'vitest';
import { type CustomKeys, combinationPattern } from '../../../../electron/contract/settings/shortcut-keys.ts';
import { assignKey, checkCombination, resetKey } from '../../../../renderer/app/keyboard/check-combination.ts';
import { resolveCombination } from '../../../../renderer/app/keyboard/key-bindings.ts';
import { formatCombination, readCombination } from '../../../../renderer/app/keyboard/key-combination.ts';
import { shortcuts } from '../../../../renderer/app/keyboard/shortcuts.ts';

const usual: CustomKeys = { window: {}, tab: {} };

function pressed(code: string, held: string[] = []) {
	return {
		code,
		ctrlKey: held.includes('ctrl'),
		metaKey: held.includes('meta'),
		altKey: held.includes('alt'),
		shiftKey: held.includes('shift'),
		getModifierState: (key: string) => held.includes(key),
	};
}

function keyOf(id: string, keys: CustomKeys, place: 'tab' | 'window' = 'tab'): string {
	return resolveCombination(shortcuts.find((one) => one.id === id)!, keys, place);
}

describe('a combination', () => {
	test('is written in one order, with the command key of each system', () => {
		expect(readCombination(pressed('KeyC', ['ctrl', 'shift']), false)).toBe('Mod+Shift+KeyC');
		expect(readCombination(pressed('KeyC', ['meta', 'alt']), true)).toBe('Mod+Alt+KeyC');
	});

	test('is none for a modifier alone, the other system’s modifier, and AltGr', () => {
		expect(readCombination(pressed('ControlLeft', ['ctrl']), false)).toBeNull();
		expect(readCombination(pressed('KeyK', ['meta']), false)).toBeNull();
		expect(readCombination(pressed('KeyK', ['ctrl']), true)).toBeNull();
		expect(readCombination(pressed('KeyQ', ['ctrl', 'alt', 'AltGraph']), false)).toBeNull();
	});

	test('reads as people know it', () => {
		expect(formatCombination('Mod+Shift+KeyC', false)).toBe('Ctrl Shift C');
		expect(formatCombination('Mod+Alt+Digit1', true)).toBe('Cmd Option 1');
		expect(formatCombination('Alt+BracketLeft', false)).toBe('Alt [');
		expect(formatCombination('', false)).toBe('');
	});
});

test('every usual key could be chosen by a person, and no two are the same', () => {
	for (const place of ['window', 'tab'] as const) {
		const all = shortcuts.map((shortcut) => shortcut[place]);
		expect(new Set(all).size).toBe(all.length);
		for (const shortcut of shortcuts) {
			expect(shortcut[place]).toMatch(combinationPattern);
			expect([shortcut.id, checkCombination(shortcut[place], shortcut.id, usual, place)]).toEqual([
				shortcut.id,
				{ kind: 'free' },
			]);
		}
	}
});

test.each([
	['KeyK', 'alone is for typing'],
	['Shift+KeyK', 'alone is for typing'],
	['Mod+KeyC', 'edits text'],
	['Mod+Enter', 'stays free'],
	['ArrowUp', 'stays free'],
	['Mod+Equal', 'size of the page'],
	['F6', 'another meaning'],
	['Mod+KeyT', 'belongs to the browser'],
])('%s is refused: it %s', (combination, why) => {
	expect(checkCombination(combination, 'chat', usual, 'tab')).toMatchObject({
		kind: 'refused',
		why: expect.stringContaining(why) as string,
	});
});

test('what the browser keeps to itself is free in the window, and what the window’s menu does is free in the browser', () => {
	expect(checkCombination('Mod+KeyT', 'chat', usual, 'window').kind).toBe('free');
	expect(checkCombination('Mod+KeyM', 'chat', usual, 'window').kind).toBe('refused');
	expect(checkCombination('Mod+KeyM', 'chat', usual, 'tab').kind).toBe('free');
});

describe('changing a key', () => {
	test('names who has it, and takes it over when asked to', () => {
		expect(checkCombination('Mod+KeyK', 'search', usual, 'tab')).toMatchObject({
			kind: 'taken',
			by: { id: 'palette' },
		});
		const keys = assignKey('Mod+KeyK', 'search', usual, 'tab');
		expect([keyOf('search', keys), keyOf('palette', keys)]).toEqual(['Mod+KeyK', '']);
		expect(keyOf('palette', keys, 'window')).toBe('Mod+KeyK');
	});

	test('the usual key again counts as not changed', () => {
		const changed = assignKey('Alt+KeyJ', 'search', usual, 'tab');
		expect(changed.tab).toEqual({ search: 'Alt+KeyJ' });
		expect(assignKey('Alt+KeyF', 'search', changed, 'tab')).toEqual(usual);
	});

	test('going back to the usual key takes it from whoever has it now', () => {
		const swapped = assignKey('Mod+KeyK', 'search', usual, 'tab');
		const back = resetKey('palette', swapped, 'tab');
		expect([keyOf('palette', back), keyOf('search', back)]).toEqual(['Mod+KeyK', '']);
	});

	test('a shortcut can have no key at all', () => {
		const none = assignKey('', 'settings', usual, 'tab');
		expect(keyOf('settings', none)).toBe('');
		expect(checkCombination('Mod+Comma', 'chat', none, 'tab')).toEqual({ kind: 'free' });
	});
});
