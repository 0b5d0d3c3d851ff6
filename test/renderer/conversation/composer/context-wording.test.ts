import { describe, expect, test } from 'vitest';
import type { PromptTokens } from '../../../../electron/contract/conversation/schema.ts';
import { chooseFileIcon } from '../../../../renderer/conversation/composer/attachments.tsx';
import {
	describeDroppedMessages,
	describeExcess,
	findLargerContext,
	formatTokens,
} from '../../../../renderer/conversation/composer/context-wording.ts';
import { longPasteLength, readPastedFiles } from '../../../../renderer/conversation/composer/use-paste.ts';

const tokens: PromptTokens = {
	exact: true,
	contextSize: 4096,
	answerRoom: 512,
	system: 0,
	history: 3000,
	attachments: 0,
	draft: 800,
	template: 50,
	total: 3850,
	sent: 3300,
	dropped: [4, 5],
	excess: 0,
	attachmentTokens: [],
};

describe('the context meter', () => {
	test('says what will be left out, and marks estimates', () => {
		expect(describeDroppedMessages(tokens)).toBe(
			'The oldest 2 messages (550 tokens) won’t be sent: the context of 4,096 tokens is full. The system prompt is kept.',
		);
		expect(describeDroppedMessages({ ...tokens, exact: false, dropped: [4] })).toContain(
			'The oldest message (≈ 550 tokens)',
		);
		expect(describeDroppedMessages({ ...tokens, dropped: [] })).toBe(null);
		expect([formatTokens(0, false), formatTokens(1200, false), formatTokens(1200, true)]).toEqual([
			'0',
			'≈ 1,200',
			'1,200',
		]);
	});

	test('says how much too long a message is', () => {
		expect(describeExcess({ ...tokens, excess: 1 })).toBe(
			'This message is 1 token too long: the context of 4,096 leaves 3,584 for it.',
		);
		expect(describeExcess({ ...tokens, excess: 900, exact: false })).toContain('is about 900 tokens too long');
		expect(describeExcess(tokens)).toBe(null);
	});

	test('offers the next larger context in which everything fits, up to the trained length', () => {
		expect(findLargerContext({ ...tokens, total: 5_000 }, 32_768)).toBe(8_192);
		expect(findLargerContext({ ...tokens, total: 20_000 }, 32_768)).toBe(32_768);
		expect(findLargerContext({ ...tokens, total: 5_900 }, 7_000)).toBe(7_000);
		expect(findLargerContext({ ...tokens, total: 5_000 }, 4_096)).toBe(null);
		expect(findLargerContext({ ...tokens, total: 50_000 }, 32_768)).toBe(null);
		expect(findLargerContext({ ...tokens, total: 5_000 }, null)).toBe(null);
	});
});

describe('a paste', () => {
	const paste = (text: string, ...files: File[]) => ({ files: files as unknown as FileList, getData: () => text });

	test('of a long text becomes a file with a name', async () => {
		const text = 'a'.repeat(longPasteLength + 1);
		const [file] = readPastedFiles(paste(text), ['Pasted text.txt', 'Pasted text 2.txt']) ?? [];
		expect([file?.name, await file?.text()]).toEqual(['Pasted text 3.txt', text]);
	});

	test('of a short text is left to the text field, even with a picture', () => {
		expect(readPastedFiles(paste('short'), [])).toBe(null);
		expect(readPastedFiles(paste('a cell', new File(['x'], 'cell.png')), [])).toBe(null);
	});

	test('of files alone yields these files', () => {
		const file = new File(['x'], 'a.txt');
		expect(readPastedFiles(paste('', file), [])).toEqual([file]);
	});
});

test('the icon distinguishes prose, tables and code', () => {
	const names = [
		['a.md', 'text/markdown'],
		['notes.txt', 'text/plain'],
		['LICENSE', 'text/plain'],
		['a.csv', 'text/csv'],
		['a.rs', 'text/plain'],
		['a.json', 'application/json'],
	] as const;
	const shown = names.map(([name, type]) => (chooseFileIcon(name, type) as { displayName?: string }).displayName);
	expect(shown).toEqual(['FileText', 'FileText', 'FileText', 'FileSpreadsheet', 'FileCode', 'FileCode']);
});
