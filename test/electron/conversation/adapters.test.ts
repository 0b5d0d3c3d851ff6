import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { branchConversation } from '../../../electron/conversation/branch-conversation.ts';
import type { ConversationContext } from '../../../electron/conversation/context.ts';
import {
	addPreset,
	applyPreset,
	removePreset,
	setAdapters,
	setOptions,
} from '../../../electron/conversation/options.ts';
import { regenerate } from '../../../electron/conversation/send-message.ts';
import { replayAnswer } from '../../../electron/conversation/sent-prompt.ts';
import { readOptions } from '../../../electron/conversation/store/options.ts';
import { createAdapters } from '../../../electron/library/adapters/adapters.ts';
import { answerOf, conversationForTest, converse } from '../../support/conversation.ts';
import { failureOf } from '../../support/failure.ts';
import { createTestLibrary } from '../../support/library.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { writeTinyGguf } from '../../support/tiny-gguf.ts';
import { writeTinyLora } from '../../support/tiny-lora.ts';
import { tinyRuntime } from '../../support/tiny-runtime.ts';

/** Conversations with a real worker that holds a tiny model, and two adapters of it. */
async function place() {
	const tiny = tinyRuntime();
	onTestFinished(() => tiny.close());
	const { library, seam } = createTestLibrary({ runtime: tiny.runtime });
	const base = await library.files.add(writeTinyGguf(join(temporaryFolder(), 'tiny.gguf')));
	library.setOptions(base.id, { threads: 1, contextSize: 512 });
	const adapters = createAdapters(seam, library);
	mkdirSync(adapters.folder, { recursive: true });
	const add = (name: string, weights: readonly string[]) =>
		adapters.register({
			...{ name, base, exact: true, origin: 'trained', trainingRunId: null, datasetVersionId: null },
			...{ manifest: '', licenceNote: '', path: writeTinyLora(join(adapters.folder, `${name}.gguf`), { weights }) },
		});
	const one = await add('one', ['blk.0.attn_q.weight', 'blk.1.attn_output.weight']);
	const two = await add('two', ['blk.1.attn_q.weight']);
	const { models: _, database: __, events: ___, ...rest } = conversationForTest();
	const context: ConversationContext = { ...rest, database: seam.database, events: seam.events, models: library };
	let loads = 0;
	tiny.runtime.onEvent(({ type }) => {
		if (type === 'loaded') loads += 1;
	});
	return { context, library, adapters, base, one, two, loads: () => loads };
}

const sampling = { temperature: 0, maxTokens: 12 };

test('each conversation answers with its adapters on one loaded model, and each answer records them', async () => {
	const { context, one, two, loads } = await place();
	const { database } = context;
	const plain = await converse(context, 'the cat', { sampling });
	const adapted = await converse(context, 'the cat', {
		sampling,
		options: { presetId: null, sampling: {}, contextSize: null, adapters: [{ id: one.id, scale: 1 }] },
	});
	expect(adapted.answer.content).not.toBe(plain.answer.content);
	expect(plain.answer.generation?.adapters).toBeUndefined();
	expect(adapted.answer.generation?.adapters).toEqual([{ id: one.id, name: 'one', sha256: one.sha256, scale: 1 }]);
	const { id } = adapted.conversation;
	expect(readOptions(database, id).adapters).toEqual([{ id: one.id, scale: 1 }]);

	// Both at once, and each is as it was alone.
	setOptions(context, id, { sampling, contextSize: null });
	setOptions(context, plain.conversation.id, { sampling, contextSize: null });
	const again = [plain, adapted].map(({ messageId }) => regenerate(context, { messageId }));
	const [first, second] = await Promise.all(again.map((start) => answerOf(context, start)));
	expect(first?.content).toBe(plain.answer.content);
	expect(second?.content).toBe(adapted.answer.content);

	const stacked = [
		{ id: one.id, scale: 0.5 },
		{ id: two.id, scale: 1 },
	];
	expect(setAdapters(context, id, stacked).options.adapters).toEqual(stacked);
	const third = await answerOf(context, regenerate(context, { messageId: adapted.messageId }));
	expect(third.generation?.adapters?.map(({ name, scale }) => `${name} ${scale}`)).toEqual(['one 0.5', 'two 1']);
	const copy = await branchConversation(context, third.id);
	expect(readOptions(database, copy.id).adapters).toEqual(stacked);

	expect(setAdapters(context, id, null).options.adapters).toBeUndefined();
	const last = await answerOf(context, regenerate(context, { messageId: adapted.messageId }));
	expect(last.content).toBe(plain.answer.content);
	expect(loads()).toBe(1);
});

test('a preset brings its adapters, and a conversation that used a deleted preset keeps them', async () => {
	const { context, one } = await place();
	const adapters = [{ id: one.id, scale: 1 }];
	const preset = addPreset(context, { name: 'JSON', systemPrompt: '', sampling, contextSize: null, adapters });
	expect(preset.adapters).toEqual(adapters);
	const { conversation, answer } = await converse(context, 'the cat', {
		options: { presetId: preset.id, sampling: {}, contextSize: null },
	});
	expect(answer.generation?.adapters).toMatchObject([{ name: 'one' }]);
	removePreset(context, preset.id);
	expect(readOptions(context.database, conversation.id)).toMatchObject({ presetId: null, adapters });
	expect(applyPreset(context, conversation.id, null).options.adapters).toBeUndefined();
});

test('the adapters of the load settings apply where nothing is chosen, and are recorded; none can be chosen', async () => {
	const { context, library, base, one } = await place();
	library.setOptions(base.id, { threads: 1, contextSize: 512, adapters: [{ path: one.path, scale: 1 }] });
	const { answer, conversation, messageId } = await converse(context, 'the cat', { sampling });
	expect(answer.generation?.adapters).toEqual([{ id: one.id, name: 'one', sha256: one.sha256, scale: 1 }]);
	setAdapters(context, conversation.id, []);
	setOptions(context, conversation.id, { sampling, contextSize: null });
	const without = await answerOf(context, regenerate(context, { messageId }));
	expect(without.generation?.adapters).toBeUndefined();
	expect(without.content).not.toBe(answer.content);
});

test('a replay has the adapters of its answer, whatever is chosen since', async () => {
	const { context, library, adapters, base, one, two } = await place();
	const plain = await converse(context, 'the cat', { sampling });
	const adapted = await converse(context, 'the cat', {
		sampling,
		options: { presetId: null, sampling: {}, contextSize: null, adapters: [{ id: one.id, scale: 1 }] },
	});
	setAdapters(context, adapted.conversation.id, [{ id: two.id, scale: 1 }]);
	library.setOptions(base.id, { threads: 1, contextSize: 512, adapters: [{ path: two.path, scale: 1 }] });
	for (const { answer } of [plain, adapted]) {
		const again = await answerOf(context, replayAnswer(context, answer.id));
		expect(again.content).toBe(answer.content);
		expect(again.generation?.adapters).toEqual(answer.generation?.adapters);
	}
	await adapters.remove(one.id);
	expect(await failureOf(async () => replayAnswer(context, adapted.answer.id))).toMatchObject({
		code: 'adapter-unknown',
	});
});

test('an adapter that was removed is named before anything is stored; one of another shape is left out', async () => {
	const { context, library, adapters, one } = await place();
	const { conversation } = await converse(context, 'the cat', { sampling });
	setAdapters(context, conversation.id, [{ id: one.id, scale: 1 }]);
	const other = await library.files.add(writeTinyGguf(join(temporaryFolder(), 'deeper.gguf'), { layers: 3 }));
	library.setOptions(other.id, { threads: 1, contextSize: 512 });
	const elsewhere = await converse(context, 'again', {
		conversationId: conversation.id,
		modelFileId: other.id,
		sampling,
	});
	expect(elsewhere.answer).toMatchObject({ status: 'complete' });
	expect(elsewhere.answer.generation?.adapters).toBeUndefined();

	await adapters.remove(one.id);
	const failure = await failureOf(() => converse(context, 'more', { conversationId: conversation.id, sampling }));
	expect(failure).toMatchObject({ code: 'adapter-unknown', message: 'The adapter one is no longer in the library.' });
	await adapters.restore(one.id);
	expect((await converse(context, 'more', { conversationId: conversation.id, sampling })).answer.status).toBe(
		'complete',
	);
});
