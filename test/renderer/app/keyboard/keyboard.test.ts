import { describe, expect, test } from 'vitest';
import { type CustomKeys, combinationPattern } from '../../../../electron/contract/settings/shortcut-keys.ts';
import { assignKey, checkCombination, resetKey } from '../../../../renderer/app/keyboard/check-combination.ts';
import { resolveCombination } from '../../../../renderer/app/keyboard/key-bindings.ts';
import { formatCombination, readCombination } from '../../../../renderer/app/keyboard/key-combination.ts';
import { shortcuts } from '../../../../renderer/app/keyboard/shortcuts.ts';
import { railSections } from '../../../../renderer/app/rail.tsx';

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

describe('a key combination', () => {
	test('is written in one order, with each system’s command key', () => {
		expect(readCombination(pressed('KeyC', ['ctrl', 'shift']), false)).toBe('Mod+Shift+KeyC');
		expect(readCombination(pressed('KeyC', ['meta', 'alt']), true)).toBe('Mod+Alt+KeyC');
	});

	test('is null for a lone modifier, the other system’s modifier, and AltGr', () => {
		expect(readCombination(pressed('ControlLeft', ['ctrl']), false)).toBeNull();
		expect(readCombination(pressed('KeyK', ['meta']), false)).toBeNull();
		expect(readCombination(pressed('KeyK', ['ctrl']), true)).toBeNull();
		expect(readCombination(pressed('KeyQ', ['ctrl', 'alt', 'AltGraph']), false)).toBeNull();
	});

	test('is formatted with the familiar key names', () => {
		expect(formatCombination('Mod+Shift+KeyC', false)).toBe('Ctrl Shift C');
		expect(formatCombination('Mod+Alt+Digit1', true)).toBe('Cmd Option 1');
		expect(formatCombination('Alt+BracketLeft', false)).toBe('Alt [');
		expect(formatCombination('', false)).toBe('');
	});
});

test('every default key is a valid choice, and no two are the same', () => {
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
	['KeyK', 'types text'],
	['Shift+KeyK', 'types text'],
	['Mod+KeyC', 'reserved for editing'],
	['Mod+Enter', 'reserved for moving'],
	['ArrowUp', 'reserved for moving'],
	['Mod+Equal', 'zooms the page'],
	['F6', 'already in use'],
	['Mod+KeyT', 'reserved by the browser'],
])('%s is refused: %s', (combination, why) => {
	expect(checkCombination(combination, 'chat', usual, 'tab')).toMatchObject({
		kind: 'refused',
		why: expect.stringContaining(why) as string,
	});
});

test('keys reserved by the browser are free in the window, and keys of the window’s menu are free in the browser', () => {
	expect(checkCombination('Mod+KeyT', 'chat', usual, 'window').kind).toBe('free');
	expect(checkCombination('Mod+KeyM', 'chat', usual, 'window').kind).toBe('refused');
	expect(checkCombination('Mod+KeyM', 'chat', usual, 'tab').kind).toBe('free');
});

test('the number keys follow the order of the rail', () => {
	for (const [place, held] of [
		['window', 'Mod'],
		['tab', 'Alt'],
	] as const) {
		const numbered = railSections.filter(({ section }) => section !== 'settings');
		expect(numbered.map(({ section }) => keyOf(section, usual, place))).toEqual(
			numbered.map((_, index) => `${held}+Digit${index + 1}`),
		);
	}
});

describe('changing a key', () => {
	test('a key that was given to a command stays there when it becomes the default of another', () => {
		// Chosen while Documents had 9 and Prompts 6.
		const keys = { ...usual, tab: { prompts: '', search: 'Alt+Digit6', feedback: 'Alt+Digit9' } };
		expect(['search', 'documents', 'prompts', 'feedback', 'activity'].map((id) => keyOf(id, keys))).toEqual([
			...['Alt+Digit6', '', '', 'Alt+Digit9', ''],
		]);
		expect(checkCombination('Alt+Digit6', 'documents', keys, 'tab')).toMatchObject({ by: { id: 'search' } });
		const back = resetKey('documents', keys, 'tab');
		expect([keyOf('documents', back), keyOf('search', back)]).toEqual(['Alt+Digit6', '']);
	});

	test('names the current command, and takes the key over on request', () => {
		expect(checkCombination('Mod+KeyK', 'search', usual, 'tab')).toMatchObject({
			kind: 'taken',
			by: { id: 'palette' },
		});
		const keys = assignKey('Mod+KeyK', 'search', usual, 'tab');
		expect([keyOf('search', keys), keyOf('palette', keys)]).toEqual(['Mod+KeyK', '']);
		expect(keyOf('palette', keys, 'window')).toBe('Mod+KeyK');
	});

	test('assigning the default key counts as unchanged', () => {
		const changed = assignKey('Alt+KeyJ', 'search', usual, 'tab');
		expect(changed.tab).toEqual({ search: 'Alt+KeyJ' });
		expect(assignKey('Alt+KeyF', 'search', changed, 'tab')).toEqual(usual);
	});

	test('restoring a default key takes it from the command that has it', () => {
		const swapped = assignKey('Mod+KeyK', 'search', usual, 'tab');
		const back = resetKey('palette', swapped, 'tab');
		expect([keyOf('palette', back), keyOf('search', back)]).toEqual(['Mod+KeyK', '']);
	});

	test('a shortcut can have no key', () => {
		const none = assignKey('', 'settings', usual, 'tab');
		expect(keyOf('settings', none)).toBe('');
		expect(checkCombination('Mod+Comma', 'chat', none, 'tab')).toEqual({ kind: 'free' });
	});
});
