import { describe, expect, test } from 'vitest';
import { startTemporaryAnswer } from '../../../electron/conversation/answer/start-temporary-answer.ts';
import { openConversation } from '../../../electron/conversation/edit-conversation.ts';
import {
	addPreset,
	applyPreset,
	changePreset,
	removePreset,
	setOptions,
} from '../../../electron/conversation/options.ts';
import { regenerate } from '../../../electron/conversation/send-message.ts';
import { all, get } from '../../../electron/database/sql.ts';
import { listPresets } from '../../../electron/settings/presets.ts';
import { defaultSampling } from '../../../models/contract/default-sampling.ts';
import { samplerDefaults, samplingParameters, withoutDefaults } from '../../../models/contract/sampling-parameters.ts';
import { answering, answerOf, conversationForTest, converse } from '../../support/conversation.ts';
import { failureOf } from '../../support/failure.ts';

const careful = {
	name: 'Careful',
	systemPrompt: 'Say so when you are not sure.',
	sampling: { temperature: 0.2, maxTokens: 512 },
	contextSize: 2048,
};

/** A value other than the default for every sampler; whole numbers where required. */
const unusual = Object.fromEntries(
	samplingParameters.map(({ key, max, whole, default: usual }) => [key, whole ? usual + 1 : (usual + max) / 2 - 0.01]),
);

describe('samplers', () => {
	test('a preset keeps every one, even at its default, and answers use them', async () => {
		const context = conversationForTest();
		for (const sampling of [samplerDefaults, unusual]) {
			const { id } = addPreset(context, { ...careful, name: `${Object.values(sampling)}`, sampling });
			expect(listPresets(context.database).find((preset) => preset.id === id)?.sampling).toEqual(sampling);
			const { conversationId, messageId } = await converse(context, 'one');
			expect(applyPreset(context, conversationId, id).options.presetId).toBe(id);
			expect(setOptions(context, conversationId, { sampling, contextSize: null }).options.sampling).toEqual(sampling);
			const { generation } = await answerOf(context, regenerate(context, { messageId }));
			const { maxTokens: _, stop: __, seed: ___, ...kept } = generation?.sampling ?? defaultSampling;
			expect(kept).toEqual(withoutDefaults(sampling));
		}
	});

	test('a conversation can switch off a sampler that its preset or the settings switch on', async () => {
		const context = conversationForTest();
		const { conversationId, messageId } = await converse(context, 'one');
		const preset = addPreset(context, { ...careful, sampling: { topNSigma: 1, dryMultiplier: 0.8 } });
		applyPreset(context, conversationId, preset.id);
		setOptions(context, conversationId, { sampling: { topNSigma: 0 }, contextSize: null });
		const { generation } = await answerOf(context, regenerate(context, { messageId }));
		expect(generation?.sampling).toMatchObject({ dryMultiplier: 0.8 });
		expect(generation?.sampling).not.toHaveProperty('topNSigma');
	});
});

describe('sampling that the model’s file recommends', () => {
	const recommendedSampling = { values: { temperature: 0.3, topK: 20, xtcProbability: 0 }, notApplied: [] };

	test('comes before the built-in defaults, and after settings, preset and the conversation', async () => {
		const context = conversationForTest({
			file: { recommendedSampling },
			settings: { sampling: { ...defaultSampling, topK: 7 } },
		});
		const { conversationId, messageId, answer } = await converse(context, 'one');
		expect(answer.generation?.sampling).toMatchObject({ temperature: 0.3, topK: 7, minP: defaultSampling.minP });
		expect(answer.generation?.sampling).not.toHaveProperty('xtcProbability');
		applyPreset(context, conversationId, addPreset(context, careful).id);
		const again = await answerOf(context, regenerate(context, { messageId }));
		expect(again.generation?.sampling).toMatchObject({ temperature: 0.2, topK: 7 });
		setOptions(context, conversationId, { sampling: { temperature: 0.7 }, contextSize: null });
		const own = await answerOf(context, regenerate(context, { messageId }));
		expect(own.generation?.sampling).toMatchObject({ temperature: 0.7, topK: 7 });
	});

	test('each of several models follows its own file', async () => {
		const context = conversationForTest({ file: { recommendedSampling }, others: { 2: {} } });
		const { conversationId, userMessageId } = await converse(context, 'one', { alsoModelFileIds: [2] });
		await expect.poll(() => openConversation(context, conversationId).conversation.generatingMessageId).toBe(null);
		const answers = all<{ temperature: number; seed: number }>(
			context.database,
			`SELECT g.temperature, g.seed FROM generations g JOIN messages m ON m.id = g.message_id
			 WHERE m.parent_id = :userMessageId ORDER BY g.id`,
			{ userMessageId },
		);
		expect(answers.map(({ temperature }) => temperature)).toEqual([0.3, defaultSampling.temperature]);
		expect(answers[0]?.seed).toBe(answers[1]?.seed);
	});
});

describe('presets', () => {
	test('a preset keeps every value, including those set to nothing', () => {
		const context = conversationForTest();
		const input = {
			name: ' All\n of it ',
			systemPrompt: 'a\0b',
			sampling: {
				temperature: 0,
				topK: 0,
				topP: 1,
				minP: 0,
				repeatPenalty: 1,
				maxTokens: null,
				stop: ['\n', '|'],
				seed: null,
			},
			contextSize: null,
		};
		const preset = addPreset(context, input);
		expect(preset).toMatchObject({ ...input, name: 'All of it', systemPrompt: 'a\uFFFDb' });
		expect(listPresets(context.database)).toEqual([preset]);
		expect(context.published).toContainEqual({ type: 'presets-changed' });
		expect(changePreset(context, preset.id, { ...input, name: 'Less', sampling: { seed: 7 } }).sampling).toEqual({
			seed: 7,
		});
	});

	test('names of presets are unique regardless of case', async () => {
		const context = conversationForTest();
		const { id } = addPreset(context, careful);
		const taken = await failureOf(() => addPreset(context, { ...careful, name: 'CAREFUL' }));
		expect([taken.code, taken.message]).toEqual(['preset-name-taken', 'A preset named “Careful” already exists.']);
		expect((await failureOf(() => addPreset(context, { ...careful, name: '\u0001' }))).code).toBe('preset-name-empty');
		expect(changePreset(context, id, { ...careful, name: 'careful' }).name).toBe('careful');
		expect((await failureOf(() => changePreset(context, 99, careful))).code).toBe('preset-unknown');
	});

	test('an applied preset sets the system prompt and numbers of a conversation, and later changes take effect', async () => {
		const context = conversationForTest();
		const { conversationId, messageId } = await converse(context, 'one', { sampling: { temperature: 1 } });
		const preset = addPreset(context, careful);
		const applied = applyPreset(context, conversationId, preset.id);
		expect(applied.conversation.systemPrompt).toBe(careful.systemPrompt);
		expect(applied.options).toEqual({ presetId: preset.id, sampling: {}, contextSize: null });
		const again = await answerOf(context, regenerate(context, { messageId }));
		expect(again.generation?.sampling).toMatchObject({ temperature: 0.2, maxTokens: 512, topK: 40 });
		expect(context.models.acquired.last).toEqual({ contextSize: 2048 });

		setOptions(context, conversationId, { sampling: { temperature: 0.9, maxTokens: null }, contextSize: 4096 });
		const own = await answerOf(context, regenerate(context, { messageId }));
		expect(own.generation?.sampling).toMatchObject({ temperature: 0.9, maxTokens: null });
		expect(context.models.acquired.last).toEqual({ contextSize: 4096 });

		changePreset(context, preset.id, { ...careful, sampling: { topK: 5 } });
		const changed = await answerOf(context, regenerate(context, { messageId }));
		expect(changed.generation?.sampling).toMatchObject({ temperature: 0.9, topK: 5 });
	});

	test('a preset without a system prompt leaves the conversation’s own unchanged', async () => {
		const context = conversationForTest();
		const { conversationId } = await converse(context, 'one', { systemPrompt: 'Mine.' });
		const preset = addPreset(context, { ...careful, systemPrompt: '' });
		expect(applyPreset(context, conversationId, preset.id).conversation.systemPrompt).toBe('Mine.');
		expect(applyPreset(context, conversationId, null).options.presetId).toBeNull();
	});

	test('removing a preset does not change how conversations answer', async () => {
		const context = conversationForTest();
		const { conversationId, messageId } = await converse(context, 'one');
		const preset = addPreset(context, careful);
		applyPreset(context, conversationId, preset.id);
		setOptions(context, conversationId, { sampling: { maxTokens: null, seed: 3 }, contextSize: null });
		expect(removePreset(context, preset.id)).toBe(1);
		expect(openConversation(context, conversationId).options).toEqual({
			presetId: null,
			sampling: { temperature: 0.2, maxTokens: null, seed: 3 },
			contextSize: 2048,
		});
		const again = await answerOf(context, regenerate(context, { messageId }));
		expect(again.generation?.sampling).toMatchObject({ temperature: 0.2, maxTokens: null, seed: 3 });
	});

	test('new conversations use the default preset unless they choose another or none', async () => {
		let defaultPresetId: number | null = null;
		const context = conversationForTest();
		const settings = () => ({ ...context.settings(), systemPrompt: 'General.', defaultPresetId });
		const withDefault = { ...context, settings };
		const { id } = addPreset(context, careful);
		defaultPresetId = id;
		const first = await converse(withDefault, 'one');
		expect(first.answer.generation?.sampling.temperature).toBe(0.2);
		expect(openConversation(context, first.conversationId)).toMatchObject({
			conversation: { systemPrompt: careful.systemPrompt },
			options: { presetId: id },
		});
		const none = { presetId: null, sampling: { topK: 3 }, contextSize: null };
		const other = await converse(withDefault, 'two', { options: none });
		expect(other.answer.generation?.sampling).toMatchObject({ temperature: 0.7, topK: 3 });
		expect(openConversation(context, other.conversationId)).toMatchObject({
			conversation: { systemPrompt: 'General.' },
			options: none,
		});
		const gone = await converse(withDefault, 'three', { options: { ...none, presetId: 99 } });
		expect(openConversation(context, gone.conversationId).options.presetId).toBeNull();
	});
});

describe('chosen options', () => {
	test('options for one answer override those of the conversation and are not stored', async () => {
		const context = conversationForTest();
		const options = { presetId: null, sampling: { temperature: 0.3 }, contextSize: null };
		const once = await converse(context, 'one', { options, sampling: { temperature: 0 } });
		expect(once.answer.generation?.sampling.temperature).toBe(0);
		const { conversationId } = once;
		const next = await converse(context, 'two', { conversationId });
		expect(next.answer.generation?.sampling.temperature).toBe(0.3);
	});

	test('options for an unknown conversation are refused', async () => {
		const context = conversationForTest();
		const choices = { sampling: {}, contextSize: null };
		expect((await failureOf(() => setOptions(context, 9, choices))).code).toBe('conversation-unknown');
		expect((await failureOf(() => applyPreset(context, 9, null))).code).toBe('conversation-unknown');
	});

	test('options for a temporary conversation apply to it and are not stored', async () => {
		const context = conversationForTest(answering('gone'));
		const { id: presetId } = addPreset(context, careful);
		const options = { presetId, sampling: { topK: 9 }, contextSize: null };
		const id = startTemporaryAnswer(context, { turns: [{ role: 'user', content: 'hush' }], options });
		const live = context.answers.byGeneration(id);
		await live?.ended;
		expect(live?.message().generation?.sampling).toMatchObject({ temperature: 0.2, topK: 9 });
		expect(get(context.database, 'SELECT count(*) AS n FROM messages')).toEqual({ n: 0 });
	});
});
