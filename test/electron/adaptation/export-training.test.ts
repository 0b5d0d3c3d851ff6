import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { TrainingExportFormat } from '../../../electron/contract/adaptation/schema.ts';
import { failureOf } from '../../support/failure.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { ScriptedTraining, scriptedPlan, trainingTest } from './setup.ts';

async function exported(format: TrainingExportFormat, changes: object = {}, folder = join(temporaryFolder(), 'out')) {
	const setup = trainingTest({ openTraining: new ScriptedTraining().open, native: scriptedPlan, model: '/m.gguf' });
	const { id } = setup.datasets.manage.create({ name: 'Chats', description: '' });
	await setup.datasets.edit.change(id, {
		kind: 'add',
		arriving: Array.from({ length: 12 }, (_, index) => ({
			sample: {
				input: [
					{ role: 'system' as const, content: 'Be short.' },
					{ role: 'user' as const, content: `Hello ${index * 97}` },
					{ role: 'assistant' as const, content: 'Yes?' },
					{ role: 'user' as const, content: `How is the ${index * 31}th of ${index * 57}?` },
				],
				target: `Fine ${index}`,
				metadata: { rejected: 'No idea' },
				split: 'train',
			},
			source: { kind: 'written' as const },
		})),
		skipKnown: false,
	});
	const { files, train, validation } = await setup.trainings.export(setup.config(id, changes), { format, folder });
	const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
	const [line] = read('train.jsonl').split('\n');
	return {
		names: files.map((file) => basename(file)),
		train,
		validation,
		read,
		line: JSON.parse(line ?? '') as unknown,
	};
}

describe('samples for a GPU elsewhere', () => {
	test.each(['trl', 'unsloth'] as const)(
		'%s gets prompts with completions, so that only the answer is learned',
		async (format) => {
			const { names, line, read, train, validation } = await exported(format);
			expect(names).toEqual(['train.jsonl', 'valid.jsonl', 'assay-training.json', 'train.py', 'README.md']);
			expect(JSON.parse(read('assay-training.json'))).toMatchObject({
				...{ format: 'assay-training', version: 1, objective: 'sft', base: { sha256: 'b'.repeat(64) } },
				dataset: { name: 'Chats', number: 1, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
			});
			expect(train + validation).toBe(12);
			expect(line).toMatchObject({
				prompt: [{ role: 'system' }, { role: 'user' }, { role: 'assistant' }, { role: 'user' }],
				completion: [{ role: 'assistant' }],
			});
			expect(read('train.py')).toContain('SFTTrainer');
			expect(read('train.py')).toContain(' r=4,');
			expect(read('train.py')).toContain('warmup_steps=');
		},
	);

	test('TRL gets preferences for DPO', async () => {
		const { line, read } = await exported('trl', { objective: 'dpo' });
		expect(line).toMatchObject({ chosen: [{ role: 'assistant' }], rejected: [{ content: 'No idea' }] });
		expect(read('train.py')).toMatch(/DPOConfig\([\s\S]*beta=0\.1/);
	});

	test('Axolotl gets messages of which only the last is marked for training', async () => {
		const { line, read } = await exported('axolotl');
		expect(line).toMatchObject({
			messages: [{}, {}, { role: 'assistant', train: false }, {}, { role: 'assistant', train: true }],
		});
		expect(parse(read('config.yaml'))).toMatchObject({
			...{ adapter: 'qlora', lora_r: 4, lora_alpha: 16, lora_target_linear: true, num_epochs: 1 },
			datasets: [{ path: 'train.jsonl', type: 'chat_template', roles_to_train: ['assistant'] }],
		});
	});

	test('MLX-LM gets the scale itself, and refuses preferences', async () => {
		const { read } = await exported('mlx-lm');
		expect(parse(read('config.yaml'))).toMatchObject({
			...{ train: true, data: '.', mask_prompt: true, num_layers: -1 },
			lora_parameters: { rank: 4, scale: 4, dropout: 0 },
		});
		expect((await failureOf(() => exported('mlx-lm', { objective: 'dpo' }))).code).toBe('export-unsupported');
	});

	test('MLX-LM gets batches that its few validation samples fill, and as many samples per step', async () => {
		const { read, train, validation } = await exported('mlx-lm', {
			settings: { samplesPerStep: 8, schedule: 'linear', warmup: 0.25, learningRate: 0.001, maxSteps: 4, epochs: 100 },
		});
		expect(train).toBeGreaterThanOrEqual(8);
		expect(validation).toBeLessThan(8);
		const { batch_size, grad_accumulation_steps, iters, lr_schedule } = parse(read('config.yaml')) as Record<
			string,
			number
		>;
		expect(batch_size).toBeLessThanOrEqual(validation);
		expect(batch_size! * grad_accumulation_steps!).toBe(8);
		expect(iters).toBe(4 * grad_accumulation_steps!);
		expect(lr_schedule).toEqual({ name: 'linear_schedule', arguments: [0.001, 0, 3], warmup: 1 });
	});

	test('Axolotl gets as many samples per step as here: it doesn’t pack them', async () => {
		const { read } = await exported('axolotl');
		expect(parse(read('config.yaml'))).toMatchObject({ sample_packing: false, micro_batch_size: 4 });
	});

	test('an earlier export is replaced, a file of somebody else is not', async () => {
		const folder = temporaryFolder();
		await exported('trl', {}, folder);
		expect((await exported('mlx-lm', {}, folder)).read('README.md')).toContain('mlx_lm.lora');
		const notes = temporaryFolder();
		writeFileSync(join(notes, 'README.md'), 'Mine');
		expect(await failureOf(() => exported('trl', {}, notes))).toMatchObject({ code: 'output-exists' });
		expect(readdirSync(notes)).toEqual(['README.md']);
	});

	test('learning from a larger model is refused', async () => {
		const failure = await failureOf(() => exported('trl', { objective: 'distill', teacherFileId: 2 }));
		expect(failure).toMatchObject({ code: 'export-unsupported' });
	});
});
