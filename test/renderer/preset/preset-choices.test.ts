import { describe, expect, test } from 'vitest';
import { defaultSampling } from '../../../models/contract/default-sampling.ts';
import { applyChoices, countChanges, setChoice, toPresetContent } from '../../../renderer/preset/preset-choices.ts';
import { describeContent } from '../../../renderer/preset/preset-list.tsx';
import { buildPreset } from '../../support/fixtures/conversation.ts';

const base = { ...defaultSampling, temperature: 0.4 };
const preset = buildPreset(1, {
	name: 'Careful',
	systemPrompt: 'Say so.',
	sampling: { temperature: 0.4 },
	contextSize: 2048,
});

describe('option choices', () => {
	test('override their base, and only while they differ from it', () => {
		const chosen = setChoice({}, { temperature: 0.9, maxTokens: null }, base);
		expect(chosen).toEqual({ temperature: 0.9 });
		expect(applyChoices(base, chosen)).toEqual({ ...base, temperature: 0.9 });
		expect(setChoice(chosen, { temperature: 0.4 }, base)).toEqual({});
		expect(setChoice({}, { stop: ['x'] }, base)).toEqual({ stop: ['x'] });
		expect(setChoice({ stop: ['x'] }, { stop: [] }, base)).toEqual({});
	});

	test('of no limit count if the preset has one', () => {
		expect(setChoice({}, { maxTokens: null }, { ...base, maxTokens: 5 })).toEqual({ maxTokens: null });
	});

	test('an optional sampler missing from the base has its default', () => {
		expect(setChoice({ dryMultiplier: 0.8 }, { dryMultiplier: 0 }, base)).toEqual({});
		expect(setChoice({}, { dryMultiplier: 0 }, { ...base, dryMultiplier: 0.8 })).toEqual({ dryMultiplier: 0 });
		const options = { presetId: 1, sampling: { topNSigma: 0, typicalP: 0.9 }, contextSize: null };
		expect(countChanges(options, base, { own: 'a', base: 'a' })).toBe(1);
	});

	test('are counted, including system prompt and context', () => {
		const options = { presetId: 1, sampling: { temperature: 0.9, topK: 40 }, contextSize: 4096 };
		expect(countChanges(options, base, { own: 'a', base: 'b' })).toBe(3);
		expect(countChanges({ presetId: 1, sampling: {}, contextSize: null }, base, { own: 'a', base: 'a' })).toBe(0);
	});

	test('combine with their base into a preset, without values that the settings already have', () => {
		const options = { presetId: 1, sampling: { topK: 5, temperature: 0.7 }, contextSize: null };
		expect(toPresetContent(options, preset, { systemPrompt: 'Mine.', prompt: null }, defaultSampling)).toEqual({
			systemPrompt: 'Mine.',
			sampling: { topK: 5 },
			contextSize: 2048,
		});
	});
});

test('a preset summarises its contents in one line', () => {
	expect(describeContent(preset)).toBe('temperature 0.4 · context 2,048 · Say so.');
	expect(
		describeContent({ ...preset, sampling: { maxTokens: null, stop: ['a'] }, contextSize: null, systemPrompt: '' }),
	).toBe('no answer limit · 1 stop text');
	expect(describeContent({ ...preset, sampling: {}, contextSize: null, systemPrompt: '' })).toMatch(
		/Same as the settings/,
	);
});
