import { expect, test } from 'vitest';
import { chosenPath } from '../../../renderer/documents/document-store.ts';

test('a file chosen with its folder stands for the folder, and one chosen alone for itself', () => {
	expect(chosenPath('/home/ada/notes/2026/a.md', 'notes/2026/a.md')).toBe('/home/ada/notes');
	expect(chosenPath('C:\\Users\\Ada\\notes\\a.md', 'notes/a.md')).toBe('C:\\Users\\Ada\\notes');
	expect(chosenPath('/home/ada/a.md', 'a.md')).toBe('/home/ada/a.md');
});
