import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Application } from '../../../electron/application/application.ts';
import type { Job } from '../../../electron/contract/jobs/schema.ts';
import { quickCheck } from '../../../electron/database/connect.ts';
import { reopen } from '../../support/kill.ts';
import { startKillable } from '../../support/killable/start.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Kills the process once `part` of its import or change is done; returns the state of the job. */
async function killAt(child: ChildProcess, kind: Job['kind'], part: number): Promise<Job['state']> {
	const exit = once(child, 'exit');
	let state: Job['state'] = 'queued';
	child.on('message', ({ job }: { job: Job }) => {
		if (job.kind !== kind) return;
		state = job.state;
		if (job.endedAt !== null || (job.total !== null && job.done / job.total >= part)) child.kill('SIGKILL');
	});
	await exit;
	return state;
}

async function ended({ client }: Application, jobId: string): Promise<Job> {
	for (;;) {
		const job = await client.jobs.get({ jobId });
		if (job.endedAt !== null) return job;
		await sleep(10);
	}
}

async function importInto(application: Application, file: string): Promise<number> {
	const { imports } = application.client.datasets;
	const preview = await ended(application, (await imports.preview({ paths: [file] })).id);
	const job = await imports.start({ previewId: preview.id, into: { kind: 'new', name: 'Base' } });
	expect((await ended(application, job.id)).failure).toBeNull();
	return (await imports.report({ jobId: job.id })).dataset.id;
}

function writeRows(count: number): string {
	const file = join(temporaryFolder(), 'rows.jsonl');
	const row = (n: number) =>
		JSON.stringify({ id: `r${n}`, question: `What is number ${n}? ${'x'.repeat(120)}`, answer: `${n}` });
	writeFileSync(file, Array.from({ length: count }, (_, n) => row(n)).join('\n'));
	return file;
}

/** Returns what the application contains after cleaning up what the dead process left. */
async function state(dataFolder: string) {
	expect(quickCheck(join(dataFolder, 'assay.db'))).toBe('ok');
	const application = await reopen(dataFolder);
	const own = async () =>
		(await application.client.datasets.list({})).datasets.filter(({ starterId }) => starterId === null);
	const versionId = (await own())[0]?.latest.id;
	const free = async () => {
		if (versionId === undefined) return true;
		// A draft cannot be changed while it is being cleaned up.
		const { rows } = await application.client.datasets.samples.list({ versionId, limit: 1 });
		const [first] = rows;
		const [set] = await own();
		if (first === undefined || set === undefined) return true;
		const done = await application.client.datasets.samples
			.edit({ datasetId: set.id, sampleId: first.id, edit: {} })
			.catch(() => null);
		return done !== null;
	};
	await expect.poll(free, { timeout: 20_000 }).toBe(true);
	return { application, sets: await own() };
}

/**
 * Possible results: all of it, or nothing unless the job was reported as done; it may also finish just before the kill,
 * unreported.
 */
function outcomes<Found>(ending: Job['state'], whole: Found, nothing: Found): readonly Found[] {
	return ending === 'done' ? [whole] : [whole, nothing];
}

const random = seededRandom(20_261_125);
const parts = [0, ...Array.from({ length: 2 }, () => Math.round(random() * 100) / 100)];

test.each(parts)(
	'an import into a new dataset, killed at %f, is complete or absent',
	async (part) => {
		const dataFolder = temporaryFolder();
		const file = writeRows(12_000);
		const ending = await killAt(startKillable('dataset-import', dataFolder, '0', file), 'dataset-import', part);
		const { application, sets } = await state(dataFolder);
		expect(outcomes(ending, [12_000], [])).toContainEqual(sets.map(({ latest }) => latest.samples));
		await importInto(application, file);
		expect(
			(await application.client.datasets.list({})).datasets.find(({ name }) => name === 'Base')?.latest.samples,
		).toBe(12_000);
	},
	90_000,
);

test.each(parts)(
	'an import into a draft, killed at %f, leaves the draft unchanged',
	async (part) => {
		const dataFolder = temporaryFolder();
		const first = await reopen(dataFolder);
		const id = await importInto(first, writeRows(100));
		await first.close();
		const child = startKillable('dataset-import', dataFolder, String(id), writeRows(12_000));
		const ending = await killAt(child, 'dataset-import', part);
		const { application, sets } = await state(dataFolder);
		expect(outcomes(ending, [12_100], [100])).toContainEqual(sets.map(({ latest }) => latest.samples));
		const { total } = await application.client.datasets.samples.list({ versionId: sets[0]?.latest.id ?? 0 });
		expect(total).toBe(sets[0]?.latest.samples);
	},
	90_000,
);

test.each([0.2, 0.7])(
	'a change of every sample, killed at %f, is done completely or not at all',
	async (part) => {
		const dataFolder = temporaryFolder();
		const first = await reopen(dataFolder);
		const id = await importInto(first, writeRows(6_000));
		await first.close();
		const ending = await killAt(startKillable('dataset-tag', dataFolder, String(id)), 'dataset-change', part);
		const { application, sets } = await state(dataFolder);
		expect(sets.map(({ latest }) => latest.samples)).toEqual([6_000]);
		const { tags } = await application.client.datasets.samples.facets({ versionId: sets[0]?.latest.id ?? 0 });
		expect(outcomes(ending, [{ tag: 'tagged', count: 6_000 }], [])).toContainEqual(tags);
	},
	90_000,
);
