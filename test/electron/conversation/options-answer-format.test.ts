import { expect, test } from 'vitest';
import { techniqueSchema } from '../../../electron/contract/evaluation/technique.ts';
import type { PromptVersionId } from '../../../electron/contract/prompt/schema.ts';
import { setOptions } from '../../../electron/conversation/options.ts';
import { sendMessage } from '../../../electron/conversation/send-message.ts';
import { get } from '../../../electron/database/sql.ts';
import { conversationForTest, converse } from '../../support/conversation.ts';
import { failureOf } from '../../support/failure.ts';

const schema = '{"type":"object","properties":{"a":{"type":"boolean"}},"required":["a"]}';

test('a conversation keeps its answer format, and each answer the one it was generated with', async () => {
	const context = conversationForTest();
	const { conversationId } = await converse(context, 'Hello.');
	const { options } = setOptions(context, conversationId, { sampling: {}, contextSize: null, answerFormat: schema });
	expect(options.answerFormat).toBe(schema);
	const { messageId } = sendMessage(context, { conversationId, text: 'And now?' });
	const sql = 'SELECT answer_format AS format FROM generations WHERE message_id = :messageId';
	expect(get(context.database, sql, { messageId })).toEqual({ format: schema });
	expect(setOptions(context, conversationId, { sampling: {}, contextSize: null }).options.answerFormat).toBeUndefined();
});

test('a prompt that was measured with an answer format answers in it, unless the conversation chose its own', async () => {
	const context = conversationForTest();
	const prompt = {
		name: 'Order',
		number: 1,
		versionId: 7 as PromptVersionId,
		template: 'As JSON: {{input}}',
		example: '',
		technique: techniqueSchema.parse({ kind: 'zero-shot', answerFormat: schema }),
		examples: [],
	};
	const formatOf = (answerFormat?: string): unknown => {
		const options = {
			presetId: null,
			sampling: {},
			contextSize: null,
			prompt,
			...(answerFormat ? { answerFormat } : {}),
		};
		const { messageId } = sendMessage(context, { conversationId: null, text: 'Two teas', options });
		return get(context.database, 'SELECT answer_format AS format FROM generations WHERE message_id = :messageId', {
			messageId,
		});
	};
	expect(formatOf()).toEqual({ format: schema });
	expect(formatOf('json')).toEqual({ format: 'json' });
});

test('a schema that no grammar can express is refused before anything is stored', async () => {
	const context = conversationForTest();
	const { conversationId } = await converse(context, 'Hello.');
	const bad = { sampling: {}, contextSize: null, answerFormat: '{"type":"string","pattern":"^(?=a)"}' };
	expect((await failureOf(() => setOptions(context, conversationId, bad))).code).toBe('schema-unsupported');
	const before = get(context.database, 'SELECT count(*) AS n FROM messages');
	const failure = await failureOf(() =>
		sendMessage(context, { conversationId: null, text: 'Hi', options: { presetId: null, ...bad } }),
	);
	expect(failure.code).toBe('schema-unsupported');
	expect(get(context.database, 'SELECT count(*) AS n FROM messages')).toEqual(before);
});
