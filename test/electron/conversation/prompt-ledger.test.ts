import { expect, test } from 'vitest';
import type { AssembledPrompt } from '../../../electron/conversation/assemble-prompt.ts';
import type { ContextPiece } from '../../../electron/conversation/context-builder.ts';
import { pieceTexts, stretchesOf } from '../../../electron/conversation/prompt-ledger.ts';
import { contentWithPieces, systemWithPieces } from '../../../electron/conversation/prompt-turns.ts';

const piece = (kind: 'memory' | 'documents', place: ContextPiece['place'], text: string): ContextPiece => ({
	...({ key: text, kind, place, text, source: null, factId: null } as unknown as ContextPiece),
});

/** Divides a prompt, with one token per character. */
function divide(systemPrompt: string, message: string) {
	const memory = [piece('memory', 'system', 'She is Ada.'), piece('memory', 'system', 'She likes tea.')];
	const documents = [piece('documents', 'message', '<1>tea</1>'), piece('documents', 'message', '<2>milk</2>')];
	const system = systemWithPieces(systemPrompt, memory);
	const content = contentWithPieces(message, documents);
	const prompt = {
		parts: [
			{ turn: { role: 'system', content: system }, kind: 'system', id: null, pieces: memory },
			{ turn: { role: 'user', content }, kind: 'message', id: null, pieces: documents },
		],
	} as unknown as AssembledPrompt;
	const pieceTokens = pieceTexts(prompt).map(({ length }) => length);
	const total = (kind: string) =>
		stretchesOf(prompt, [system.length, content.length], pieceTokens)
			.filter((stretch) => stretch.kind === kind)
			.reduce((sum, { tokens }) => sum + tokens, 0);
	const all = system.length + content.length;
	return { system: total('system'), message: total('message'), all, known: total('memory') + total('documents') };
}

test('the empty lines around documents and facts are counted with them, not with the message', () => {
	const full = divide('Be brief.', 'When is tea?');
	expect(full).toMatchObject({ system: 'Be brief.'.length, message: 'When is tea?'.length });
	expect(full.known + full.system + full.message).toBe(full.all);
});

test('without a system prompt or own words, no more is counted than was sent', () => {
	const bare = divide('', '');
	expect(bare).toMatchObject({ system: 0, message: 0, known: bare.all });
});
