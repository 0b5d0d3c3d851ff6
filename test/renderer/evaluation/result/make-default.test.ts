import { expect, test } from 'vitest';
import { techniqueSchema } from '../../../../electron/contract/evaluation/technique.ts';
import { describeDefault } from '../../../../renderer/evaluation/result/make-default.ts';
import { fakeRun } from '../../../support/fake-application/evaluation-data.ts';

test('the button names what becomes the default: a version of the prompt, the prompt, or the model', () => {
	const versions = fakeRun(1, 'x', [
		{ model: 'small', version: 4, values: [1] },
		{ model: 'small', version: 5, values: [1] },
	]).run.arms;
	expect(describeDefault(versions[1]!, versions)).toBe('Make v5 the default');
	const models = fakeRun(1, 'x', [
		{ model: 'small', version: 4, values: [1] },
		{ model: 'large', version: 4, values: [1] },
	]).run.arms;
	expect(describeDefault(models[1]!, models)).toMatch(/^Make .* the default$/);
	const mixed = [
		{ ...models[0]!, prompt: { ...models[0]!.prompt, name: 'Brief' } },
		{ ...models[1]!, prompt: { ...models[1]!.prompt, name: 'Long' } },
	];
	expect(describeDefault(mixed[1]!, mixed)).toMatch(/^Use “Long”, .+/);
	const [alone] = fakeRun(1, 'x', [{ model: 'small', version: 4, values: [1] }]).run.arms;
	expect(describeDefault(alone!, [alone!])).toMatch(/^Use “/);
	// Measured likelihoods offer nothing for a conversation except the model.
	const likely = { ...alone!, technique: techniqueSchema.parse({ kind: 'choice-likelihood' }) };
	expect(describeDefault(likely, [likely])).toBeNull();
});
