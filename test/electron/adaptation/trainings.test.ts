import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { platform } from 'node:process';
import { describe, expect, test } from 'vitest';
import { dataPath } from '../../../electron/adaptation/train.ts';
import { createTrainings } from '../../../electron/adaptation/trainings.ts';
import { trainingConfigFileJsonSchema } from '../../../electron/contract/adaptation/config-file.ts';
import { textSources } from '../../../electron/contract/adaptation/text-sources.ts';
import { readSamples } from '../../../electron/dataset/read-version.ts';
import { runText } from '../../../electron/hosts/cli/training/train.ts';
import { Failure } from '../../../models/contract/failure.ts';
import { scriptedSessions } from '../../support/evaluation.ts';
import { failureOf } from '../../support/failure.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import {
	emptyPlan,
	ScriptedTraining,
	scriptedPlan,
	type TrainingTest,
	type TrainingTestOptions,
	trainingTest,
} from './setup.ts';

function scripted(options: Partial<TrainingTestOptions> = {}): TrainingTest & { readonly process: ScriptedTraining } {
	const process = new ScriptedTraining();
	const usual = { openTraining: process.open, native: scriptedPlan, model: '/m.gguf' };
	return Object.assign(trainingTest({ ...usual, ...options }), { process });
}

describe('a training run', () => {
	test('divides its dataset, freezes it, trains, and puts the adapter into the library', async () => {
		const { trainings, database, datasets, process, config, addDataset, ended, registered, context } = scripted();
		const datasetId = await addDataset(40);
		const started = process.started();
		const run = await trainings.start(config(datasetId, { name: 'Orders' }));
		const versionId = run.dataset?.versionId ?? 0;
		expect(datasets.manage.version(versionId).frozenAt).not.toBeNull();
		const splits = [...readSamples(database, versionId)].map(({ split }) => split);
		expect(splits.filter((split) => split === 'test').length).toBeGreaterThanOrEqual(8);
		expect(new Set(splits)).toEqual(new Set(['train', 'test']));
		await started;
		const lines = readFileSync(dataPath(context, run.id), 'utf8').trim().split('\n');
		expect(lines.length).toBe(splits.filter((split) => split === 'train').length);
		process.point(1, 2.5);
		process.point(2, 1.5, 1.6);
		process.send({ type: 'checkpoint', step: 2, sizeBytes: 100, ms: 3 });
		expect(await trainings.get(run.id)).toMatchObject({
			...{ status: 'running', loss: 1.5, validation: { first: 1.6, best: 1.6, bestStep: 2 } },
			checkpoint: { step: 2 },
		});
		expect(trainings.points(run.id, 1).points.map(({ step }) => step)).toEqual([2]);
		process.end('done', 2);
		const done = await ended(run.id);
		expect(done).toMatchObject({ status: 'done', outcome: 'done', adapter: { id: 1, step: 2, inUse: false } });
		expect(done.samples.map(({ before, after }) => before !== null && after !== null)).toEqual([true, true, true]);
		expect(registered).toMatchObject([
			{ name: 'Orders', origin: 'trained', exact: true, trainingRunId: run.id, datasetVersionId: versionId },
		]);
		expect(done.manifest).toMatchObject({ base: { sha256: 'b'.repeat(64) }, data: { kind: 'dataset', number: 1 } });
		// A version that was trained on is kept, as one that was measured on.
		expect((await failureOf(() => trainings.use(run.id))).code).toBe('training-not-compared');
	});

	test('names the step that it validates, whose point comes afterwards', async () => {
		const { trainings, process, config, addDataset } = scripted();
		const started = process.started();
		const run = await trainings.start(config(await addDataset(20)));
		await started;
		process.send({ type: 'validating', step: 1, done: 0, total: 2 });
		expect((await trainings.get(run.id)).progress.doing).toMatch(/^Step 1 of \d: validating$/);
		process.end('done', 1);
	});

	test('counts every answer of the larger model, and what is written in its estimate', async () => {
		const sessions = scriptedSessions();
		sessions.delayMs = 40;
		const { trainings, process, config, addDataset, events } = scripted({ openSession: sessions.open });
		const id = await addDataset(40);
		const seen = new Set<string>();
		events.subscribe(({ type }) => {
			if (type !== 'training-changed') return;
			for (const { progress } of trainings.list()) if (progress.doing !== null) seen.add(progress.doing);
		});
		const started = process.started();
		const asked = config(id, { objective: 'distill', teacherFileId: 2 });
		await trainings.start(asked);
		await started;
		expect([...seen].filter((doing) => doing.startsWith('Asking ')).length).toBeGreaterThan(2);
		process.end('done', 1);
		const [own, taught] = [await trainings.check(config(id)), await trainings.check(asked)];
		expect(taught.minutes).toBeGreaterThan(own.minutes ?? 0);
	});

	test('that can’t write its samples leaves no run behind', async () => {
		let plans = 0;
		const native: typeof scriptedPlan = async (...asked) => {
			plans += 1;
			// The folder leads nowhere once the samples are counted, which is before they are written.
			if (plans === 2) {
				rmSync(context.folder, { recursive: true });
				symlinkSync(join(context.folder, '..', 'missing'), context.folder);
			}
			return scriptedPlan(...asked);
		};
		const { trainings, config, addDataset, context } = scripted({ native });
		await expect(trainings.start(config(await addDataset(20)))).rejects.toThrow();
		expect(plans).toBe(2);
		expect(trainings.list()).toEqual([]);
	});

	test('lets a chat answer go first', async () => {
		const setup = scripted();
		const { trainings, process, config, addDataset, events } = setup;
		const started = process.started();
		const run = await trainings.start(config(await addDataset(20)));
		await started;
		const facts = { conversationId: 1, messageId: 1, generationId: 1 };
		setup.answering = true;
		events.publish({ type: 'generation-started', ...facts });
		expect(process.asked).toEqual(['hold']);
		expect((await trainings.get(run.id)).progress).toMatchObject({ held: true });
		setup.answering = false;
		events.publish({ type: 'generation-ended', ...facts });
		await expect.poll(() => process.asked).toEqual(['hold', 'release']);
		process.end('done', 1);
	});

	test.each([
		['native-process-died', 'The measuring process ended because it ran out of memory.'],
		['disk-full', 'The disk is full, so this could not be written.'],
	])('that fails with %s says why, keeps its points, and can be resumed', async (code, message) => {
		const { trainings, process, config, addDataset, ended } = scripted();
		let started = process.started();
		const run = await trainings.start(config(await addDataset(20)));
		await started;
		process.point(1, 2);
		process.fail(new Failure({ code, message, next: ['Try again'] }));
		expect(await ended(run.id)).toMatchObject({ status: 'failed', failure: { code }, loss: 2, adapter: null });
		started = process.started();
		await trainings.resume(run.id);
		await started;
		expect(process.opened).toHaveLength(2);
		process.end('early', 3);
		expect(await ended(run.id)).toMatchObject({ status: 'done', outcome: 'early', failure: null });
	});

	test('that diverged keeps its best weights when it is stopped', async () => {
		const { trainings, process, config, addDataset, ended } = scripted();
		let started = process.started();
		const run = await trainings.start(config(await addDataset(20)));
		await started;
		process.point(1, 2);
		process.send({ type: 'checkpoint', step: 1, sizeBytes: 100, ms: 3 });
		process.fail(new Failure({ code: 'training-diverged', message: 'No number.', next: ['Stop'] }));
		expect((await ended(run.id)).status).toBe('failed');
		started = process.started();
		await trainings.stop(run.id);
		await started;
		await expect.poll(() => process.asked).toEqual(['finish']);
		process.end('stopped', 1);
		expect(await ended(run.id)).toMatchObject({ status: 'done', outcome: 'stopped', adapter: { step: 1 } });
	});

	test('is paused with a checkpoint, and drops the points after it when it continues', async () => {
		const { trainings, process, config, addDataset, ended, context } = scripted();
		let started = process.started();
		const run = await trainings.start(config(await addDataset(20)));
		await started;
		for (const step of [1, 2, 3]) process.point(step, 3 - step / 2);
		const paused = trainings.pause(run.id);
		expect(process.asked).toEqual(['pause']);
		process.end('paused', 3);
		expect((await paused).status).toBe('paused');
		// Chosen since: the run goes on with the template that it began with.
		Object.assign(context.library, { chatTemplate: () => ({ source: 'other', stop: [] }) });
		started = process.started();
		await trainings.resume(run.id);
		await started;
		expect(process.opened[1]?.training).toEqual(process.opened[0]?.training);
		process.send({
			type: 'started',
			plan: (await scriptedPlan({ kind: 'training-plan' } as never)).result as never,
			step: 2,
			conditions: { engine: 'e', systemInfo: 's', devices: [], threads: 1 },
			warnings: [],
		});
		expect(trainings.points(run.id, 0).points.map(({ step }) => step)).toEqual([1, 2]);
		// Also before the step ends, which may take minutes.
		expect((await trainings.stop(run.id)).progress.doing).toBe('Stopping after this step');
		expect(process.asked.at(-1)).toBe('finish');
		process.end('stopped', 2);
		expect(await ended(run.id)).toMatchObject({ status: 'done', outcome: 'stopped' });
	});

	test('that a dead process left under way is paused, and needs its samples to continue', async () => {
		const { trainings, process, config, addDataset, context, ended, database } = scripted();
		const started = process.started();
		const run = await trainings.start(config(await addDataset(20)));
		await started;
		const again = createTrainings({ ...context, database });
		expect((await again.get(run.id)).status).toBe('paused');
		process.end('paused', 0);
		await ended(run.id);
		rmSync(dataPath(context, run.id));
		await trainings.resume(run.id);
		expect((await ended(run.id)).failure?.code).toBe('training-data-unreadable');
		await trainings.remove(run.id);
		expect(trainings.list()).toEqual([]);
		expect(existsSync(dataPath(context, run.id))).toBe(false);
	});

	test('that learns from a larger model asks it first, and keeps its answers', async () => {
		const { trainings, process, config, addDataset, ended } = scripted();
		const started = process.started();
		const run = await trainings.start(config(await addDataset(40), { objective: 'distill', teacherFileId: 1 }));
		await started;
		const training = process.opened[0]?.training;
		expect(training).toMatchObject({ objective: 'distill', teacher: '/m.gguf' });
		const lines = readFileSync(training?.data ?? '', 'utf8')
			.trim()
			.split('\n');
		for (const line of lines) {
			const { content } = JSON.parse(line) as { content: { turns: { content: string }[]; answer: string } };
			expect(content.answer).toBe(`You said ${content.turns[0]?.content}`);
		}
		process.end('done', 2);
		expect((await ended(run.id)).status).toBe('done');
	});

	test('takes nothing over from an earlier run of its number, and keeps its samples from other users', async () => {
		const { trainings, process, config, addDataset, context } = scripted();
		// After a backup was restored, numbers are given again.
		const left = join(context.folder, '1');
		mkdirSync(left, { recursive: true });
		writeFileSync(join(left, 'asked.jsonl'), '"words of another run"\n'.repeat(40));
		const started = process.started();
		const run = await trainings.start(config(await addDataset(40), { objective: 'distill', teacherFileId: 1 }));
		expect(run.id).toBe(1);
		await started;
		expect(readFileSync(process.opened[0]?.training.data ?? '', 'utf8')).not.toContain('another run');
		if (platform !== 'win32') expect(statSync(left).mode & 0o077).toBe(0);
		process.end('done', 2);
	});

	test('leaves out what the larger model did not answer, and learns no end of what it cut', async () => {
		let asked = 0;
		const { trainings, process, config, addDataset } = scripted({
			answer: () => {
				asked += 1;
				if (asked % 4 === 1) return { failure: { code: 'x', message: 'x', next: [] } };
				return asked % 4 === 2 ? { text: ' ' } : asked % 4 === 3 ? { stopReason: 'max-tokens' } : {};
			},
		});
		const started = process.started();
		const run = await trainings.start(config(await addDataset(40), { objective: 'distill', teacherFileId: 1 }));
		await started;
		const lines = readFileSync(process.opened[0]?.training.data ?? '', 'utf8')
			.trim()
			.split('\n');
		const taught = lines.map((line) => (JSON.parse(line) as { content: { answer: string; cut?: true } }).content);
		expect(taught.length).toBeLessThan(20);
		expect(taught.every(({ answer }) => answer.startsWith('You said'))).toBe(true);
		expect(taught.some(({ cut }) => cut) && taught.some(({ cut }) => cut === undefined)).toBe(true);
		const codes = (await trainings.get(run.id)).warnings.map(({ code }) => code);
		expect(codes).toEqual(expect.arrayContaining(['teacher-silent', 'teacher-cut']));
		process.end('done', 2);
	});

	test('says nothing of answers where texts are learned', async () => {
		const { trainings, config } = scripted();
		const folder = temporaryFolder();
		writeFileSync(join(folder, 'notes.txt'), 'The ferry left at ten past six. '.repeat(40));
		const data = { kind: 'texts', paths: [folder] };
		const { warnings } = await trainings.check(config(0, { objective: 'text', data }));
		expect(warnings.map(({ code }) => code)).not.toContain('few-samples');
	});

	test('a run on texts says which', async () => {
		const { trainings, config } = scripted();
		const folder = temporaryFolder();
		writeFileSync(join(folder, 'notes.txt'), 'The ferry left at ten past six. '.repeat(400));
		const started = await trainings.start(config(0, { objective: 'text', data: { kind: 'texts', paths: [folder] } }));
		const run = await trainings.get(started.id);
		expect(textSources(run)).toEqual([folder]);
		expect(runText(run)).toContain(`Data: texts of ${folder}`);
	});

	test('asks for pairs of answers where there is no feedback to prefer by', async () => {
		const { trainings, config } = scripted({ native: emptyPlan });
		const data = { kind: 'feedback', filter: { rating: 'any' } };
		const { obstacle } = await trainings.check(config(0, { objective: 'dpo', data }));
		expect(obstacle?.message).toBe('No sample has two answers of which one is better.');
	});

	test('warns of so few steps that the model hardly changes', async () => {
		const { trainings, config, addDataset } = scripted();
		const datasetId = await addDataset(20);
		const { steps, warnings } = await trainings.check(config(datasetId));
		expect(steps).toBeLessThan(8);
		expect(warnings.map(({ code }) => code)).toContain('few-steps');
		// More epochs would change nothing where the number of steps is limited.
		const limited = await trainings.check(config(datasetId, { settings: { maxSteps: 2, epochs: 50 } }));
		expect(limited.warnings.find(({ code }) => code === 'few-steps')?.message).toMatch(/Raise the maximum/);
	});

	test('warns when the validation loss rises', async () => {
		const { trainings, process, config, addDataset } = scripted();
		const started = process.started();
		const run = await trainings.start(config(await addDataset(20)));
		await started;
		for (const [at, loss] of [2, 1, 1.2, 1.4].entries()) process.point(at + 1, 1, loss);
		expect((await trainings.get(run.id)).warnings.map(({ code }) => code)).toContain('validation-rises');
		process.end('done', 4);
	});
});

test('samples that a check was counting when the application was killed are removed at the next start', async () => {
	const { context } = scripted();
	mkdirSync(context.folder);
	writeFileSync(join(context.folder, '.check-1.jsonl'), '{"text":"private words"}\n');
	await createTrainings(context).close();
	expect(readdirSync(context.folder)).toEqual([]);
});

test('the published JSON schema of config files is that of the code', () => {
	// Written by: assay train schema > electron/contract/adaptation/config-file.schema.json
	const path = new URL('../../../electron/contract/adaptation/config-file.schema.json', import.meta.url);
	expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(trainingConfigFileJsonSchema());
});

describe('the check of samples', () => {
	test('names duplicates, samples without an answer, personal data, and samples of evaluation sets', async () => {
		const { trainings, datasets, config, addDataset } = scripted();
		const datasetId = await addDataset(30, 'train');
		const add = (id: number, input: string, target: string | null, split: string) =>
			datasets.edit.change(id, {
				kind: 'add',
				arriving: [{ sample: { input, target, split }, source: { kind: 'written' } }],
				skipKnown: false,
			});
		await add(datasetId, 'Ada takes 2 pears on day 0', '{"n":2}', 'train');
		await add(datasetId, 'What is this?', null, 'train');
		await add(datasetId, 'Write to mara@lindqvist.se about the boat that sails at dawn', 'Done', 'train');
		const other = datasets.manage.create({ name: 'My tests', description: '' });
		await add(other.id, 'write to MARA@lindqvist.se about the boat that sails at dawn!', 'Done', 'test');
		const check = await trainings.check(config(datasetId));
		expect(check).toMatchObject({
			...{ duplicates: { count: 1 }, unusable: { count: 1 }, personal: [{ kind: 'email', count: 1 }] },
			...{ leaks: [{ datasetId: other.id, name: 'My tests', samples: 1 }], obstacle: null, learned: false },
		});
	});

	test('refuses the split that base and adapter are compared on', async () => {
		const { trainings, config, addDataset } = scripted();
		const data = { kind: 'dataset', datasetId: await addDataset(20, 'test'), split: 'test' };
		for (const call of [
			() => trainings.check(config(0, { data })),
			() => trainings.export(config(0, { data }), { format: 'trl', folder: '/tmp' }),
		]) {
			expect((await failureOf(call)).code).toBe('training-test-split');
		}
	});

	test('refuses preferences without pairs', async () => {
		const { trainings, config, addDataset } = scripted();
		const wanted = config(await addDataset(20), { objective: 'dpo' });
		const failure = await failureOf(() => trainings.export(wanted, { format: 'trl', folder: '/tmp' }));
		expect(failure.code).toBe('training-empty');
	});
});
