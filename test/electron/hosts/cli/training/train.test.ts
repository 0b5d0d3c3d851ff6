import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkText, runText } from '../../../../../electron/hosts/cli/training/train.ts';
import { buildTrainingCheck, finishedTraining } from '../../../../support/fake-application/training/data.ts';
import { makeFolders } from '../folders.ts';
import { runCli } from '../run-cli.ts';

test('the check of a training says how many samples are left out, and why', () => {
	const check = buildTrainingCheck({
		duplicates: { count: 1, keys: ['1'] },
		unusable: { count: 2, keys: ['2', '3'] },
		refused: { count: 1, keys: ['4'] },
	});
	const text = checkText(check, 'sft');
	expect(text).toContain('1 duplicate left out\n2 samples left out: no answer to learn\n');
	expect(text).toContain('refuses the roles of 1 sample');
	expect(checkText(check, 'dpo')).toContain('2 samples left out: no two answers to choose between');
	expect(checkText(buildTrainingCheck(), 'sft')).not.toContain('no answer to learn');
});

test('an answer of several lines is indented as a whole', () => {
	const sample = { key: '1', turns: [], target: null, before: '{\n  "n": 1\n}\n', after: null };
	expect(runText(finishedTraining({ samples: [sample] }))).toContain(
		'Sample 1\n  before: {\n            "n": 1\n          }\n  after:  –',
	);
});

test('an export learns what its config says, unless asked for something else', { timeout: 60_000 }, async () => {
	const { data, model, folder } = makeFolders();
	const rows = Array.from({ length: 12 }, (_, index) => ({
		input: `Where is room ${index * 37}?`,
		target: `Upstairs, the door ${index * 11}`,
		metadata: { rejected: 'No idea' },
	}));
	writeFileSync(join(folder, 'pairs.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
	const config = join(folder, 'config.json');
	writeFileSync(config, JSON.stringify({ objective: 'dpo', model, data: 'pairs.jsonl' }));
	const output = join(folder, 'for-gpu');
	const end = await runCli(['train', 'export', config, '--output', output, '--data', data]);
	expect(end).toMatchObject({ code: 0 });
	expect(readFileSync(join(output, 'train.py'), 'utf8')).toContain('DPOTrainer');
	const other = await runCli(['train', 'export', config, '--objective', 'sft', '--output', output, '--data', data]);
	expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('is for “assay train dpo”') });
});
