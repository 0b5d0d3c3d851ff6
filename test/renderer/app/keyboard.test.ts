import { describe, expect, test } from 'vitest';
import { type CustomKeys, combinationPattern } from '../../../electron/contract/setting/keys.ts';
import { checkKey, withKey, withUsualKey } from '../../../renderer/app/keyboard/check.ts';
import { combinationName, combinationOf } from '../../../renderer/app/keyboard/combination.ts';
import { shortcuts } from '../../../renderer/app/keyboard/shortcuts.ts';
import { activeCombination } from '../../../renderer/app/keys.ts';

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
	return activeCombination(shortcuts.find((one) => one.id === id)!, keys, place);
}

describe('a combination', () => {
	test('is written in one order, with the command key of each system', () => {
		expect(combinationOf(pressed('KeyC', ['ctrl', 'shift']), false)).toBe('Mod+Shift+KeyC');
		expect(combinationOf(pressed('KeyC', ['meta', 'alt']), true)).toBe('Mod+Alt+KeyC');
	});

	test('is none for a modifier alone, the other system’s modifier, and AltGr', () => {
		expect(combinationOf(pressed('ControlLeft', ['ctrl']), false)).toBeNull();
		expect(combinationOf(pressed('KeyK', ['meta']), false)).toBeNull();
		expect(combinationOf(pressed('KeyK', ['ctrl']), true)).toBeNull();
		expect(combinationOf(pressed('KeyQ', ['ctrl', 'alt', 'AltGraph']), false)).toBeNull();
	});

	test('reads as people know it', () => {
		expect(combinationName('Mod+Shift+KeyC', false)).toBe('Ctrl Shift C');
		expect(combinationName('Mod+Alt+Digit1', true)).toBe('Cmd Option 1');
		expect(combinationName('Alt+BracketLeft', false)).toBe('Alt [');
		expect(combinationName('', false)).toBe('');
	});
});

test('every usual key could be chosen by a person, and no two are the same', () => {
	for (const place of ['window', 'tab'] as const) {
		const all = shortcuts.map((shortcut) => shortcut[place]);
		expect(new Set(all).size).toBe(all.length);
		for (const shortcut of shortcuts) {
			expect(shortcut[place]).toMatch(combinationPattern);
			expect([shortcut.id, checkKey(shortcut[place], shortcut.id, usual, place)]).toEqual([
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
	expect(checkKey(combination, 'chat', usual, 'tab')).toMatchObject({
		kind: 'refused',
		why: expect.stringContaining(why) as string,
	});
});

test('what the browser keeps to itself is free in the window, and what the window’s menu does is free in the browser', () => {
	expect(checkKey('Mod+KeyT', 'chat', usual, 'window').kind).toBe('free');
	expect(checkKey('Mod+KeyM', 'chat', usual, 'window').kind).toBe('refused');
	expect(checkKey('Mod+KeyM', 'chat', usual, 'tab').kind).toBe('free');
});

describe('changing a key', () => {
	test('names who has it, and takes it over when asked to', () => {
		expect(checkKey('Mod+KeyK', 'search', usual, 'tab')).toMatchObject({ kind: 'taken', by: { id: 'palette' } });
		const keys = withKey('Mod+KeyK', 'search', usual, 'tab');
		expect([keyOf('search', keys), keyOf('palette', keys)]).toEqual(['Mod+KeyK', '']);
		expect(keyOf('palette', keys, 'window')).toBe('Mod+KeyK');
	});

	test('the usual key again counts as not changed', () => {
		const changed = withKey('Alt+KeyJ', 'search', usual, 'tab');
		expect(changed.tab).toEqual({ search: 'Alt+KeyJ' });
		expect(withKey('Alt+KeyF', 'search', changed, 'tab')).toEqual(usual);
	});

	test('going back to the usual key takes it from whoever has it now', () => {
		const swapped = withKey('Mod+KeyK', 'search', usual, 'tab');
		const back = withUsualKey('palette', swapped, 'tab');
		expect([keyOf('palette', back), keyOf('search', back)]).toEqual(['Mod+KeyK', '']);
	});

	test('a shortcut can have no key at all', () => {
		const none = withKey('', 'settings', usual, 'tab');
		expect(keyOf('settings', none)).toBe('');
		expect(checkKey('Mod+Comma', 'chat', none, 'tab')).toEqual({ kind: 'free' });
	});
});
