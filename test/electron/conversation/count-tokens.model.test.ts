import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addAttachment } from '../../../electron/conversation/attachment/add-attachment.ts';
import { countPromptTokens } from '../../../electron/conversation/count-tokens.ts';
import type { Engine } from '../../../models/engine.ts';
import { conversationForTest, converse } from '../../support/conversation.ts';
import { pdfBytes } from '../../support/pdf-bytes.ts';
import { type StarterRuntime, starterRuntime } from '../../support/starter-runtime.ts';

const greedy = { temperature: 0, repeatPenalty: 1, maxTokens: 24 } as const;

const passage =
	'The lighthouse keeper rowed out at low tide; it was four o’clock, and the rocks lay bare.\nNobody saw the grey seal. ';

describe('starter model', () => {
	let starter: StarterRuntime;
	let engine: Engine;
	beforeAll(async () => {
		starter = starterRuntime();
		engine = await starter.load('starter', { contextSize: 512 });
	});
	afterAll(() => starter.close());

	test('every count before sending equals the count of the prompt that is sent', async () => {
		const context = conversationForTest({ engine });
		const pdf = new File([new Uint8Array(pdfBytes(['The name of the harbour master is Maria Lopez.']))], 'staff.pdf');
		const { id } = await addAttachment(context, null, pdf);
		const question = { text: 'What is the name of the harbour master?', attachmentIds: [id] };
		const ask = { conversationId: null, attachments: [] };
		const first = await countPromptTokens(context, { ...ask, ...question });
		const { answer, conversationId } = await converse(context, question.text, { ...question, sampling: greedy });
		expect(first).toMatchObject({ exact: true, contextSize: 512, sent: answer.generation?.promptTokens });
		expect(answer.content).toContain('Lopez');

		// Counts tend to go wrong at punctuation, line ends and letters at the edges of turns.
		for (const text of [
			'\n\nAnd then?\n',
			passage,
			'```js\nlet a = 1;\n```',
			'日本 👍🏽 e\u0301',
			`${passage.repeat(5)}Go on.`,
		]) {
			const known = await countPromptTokens(context, { ...ask, conversationId, text, attachmentIds: [] });
			const { answer: next } = await converse(context, text, { conversationId, sampling: { ...greedy, maxTokens: 4 } });
			expect(known.sent).toBe(next.generation?.promptTokens);
			expect(known.dropped.length > 0).toBe((next.generation?.droppedTurns ?? 0) > 0);
		}
	});
});
