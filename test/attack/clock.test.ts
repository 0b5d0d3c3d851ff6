import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type Application, createApplication } from '../../electron/application/application.ts';
import { createDeletionClock } from '../../electron/application/deletion-clock.ts';
import { dayMs } from '../../electron/contract/durations.ts';
import { runConfigSchema } from '../../electron/contract/evaluation/run-config.ts';
import { listBackups } from '../../electron/database/backups/backup.ts';
import { deleteExpiredBackups } from '../../electron/database/backups/backup-retention.ts';
import { readLifeSigns, sharedLifeSigns, showLifeSigns } from '../../models/worker/life-signs.ts';
import { scriptedSessions } from '../support/evaluation.ts';
import { scriptedApplicationModels } from '../support/scripted-models.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const yearMs = 365 * dayMs;
const noon = Date.UTC(2026, 10, 27, 12);

/** An application whose clock the test sets. */
async function openAt(dataFolder: string, clock: () => number): Promise<Application> {
	const sessions = scriptedSessions((_row, { text }) => ({ text: `${text.length}` }));
	sessions.delayMs = 3;
	const application = await createApplication({
		dataFolder,
		host: 'cli',
		version: '0.0.0',
		log: () => {},
		clock,
		openSession: sessions.open,
		models: scriptedApplicationModels({
			script: { answers: [{ steps: [{ type: 'text', text: 'Yes.' }] }] },
			sha256: () => 'b'.repeat(64),
		}),
	});
	onTestFinished(() => application.close());
	return application;
}

async function send({ client }: Application, conversationId: number | null, text: string): Promise<number> {
	const start = await client.conversations.send({ conversationId, text });
	for await (const update of await client.generations.subscribe({ id: start.generationId })) {
		if (update.type === 'end') break;
	}
	return start.conversationId;
}

test.each([
	['backwards', -yearMs],
	['forwards', yearMs],
])('a clock that leaps a year %s leaves a conversation in order, found and complete', async (_, leap) => {
	const dataFolder = temporaryFolder();
	let now = noon;
	const first = await openAt(dataFolder, () => now);
	const id = await send(first, null, 'one');
	now += leap;
	await send(first, id, 'two');
	await first.close();
	// The clock is corrected, and Assay starts again.
	now = noon + 60_000;
	const again = await openAt(dataFolder, () => now);
	await send(again, id, 'three');
	const { messages } = await again.client.conversations.get({ id });
	expect(messages.map(({ content }) => content)).toEqual(['one', 'Yes.', 'two', 'Yes.', 'three', 'Yes.']);
	expect(messages.every(({ status }) => status === 'complete')).toBe(true);
	expect((await again.client.search.find({ text: 'two' })).hits).toHaveLength(1);
	expect((await again.client.conversations.list({})).conversations.map((one) => one.id)).toEqual([id]);
});

test.each([
	['backwards', -yearMs],
	['forwards', yearMs],
])('a run ends with a duration that is none below zero, while the clock leaps a year %s', async (_, leap) => {
	let now = noon;
	const { client } = await openAt(temporaryFolder(), () => now);
	const dataset = await client.datasets.create({ name: 'Sums' });
	const samples = Array.from({ length: 30 }, (_, n) => ({ input: `${n} + 1`, target: `${n}`, key: `k${n}` }));
	await client.datasets.samples.add({ datasetId: dataset.id, samples });
	const prompt = await client.prompts.create({ name: 'Plain', template: '{{input}}' });
	const config = {
		dataset: { datasetId: dataset.id },
		promptVersionIds: [prompt.latest.id],
		modelFileIds: [1],
		scorers: [{ kind: 'includes' as const }],
		shardSize: 10,
		width: 2,
		threads: 1,
	};
	const { id } = await client.evaluations.start(runConfigSchema.parse(config));
	while ((await client.evaluations.get({ id })).progress.done < 5) await sleep(2);
	now += leap;
	const seconds: (number | null)[] = [];
	while (['running', 'waiting'].includes((await client.evaluations.get({ id })).status)) {
		seconds.push((await client.evaluations.get({ id })).progress.secondsLeft);
		await sleep(5);
	}
	const run = await client.evaluations.get({ id });
	expect(run).toMatchObject({ status: 'done', progress: { done: 30 } });
	expect(run.endedAt).toBeGreaterThanOrEqual(run.startedAt ?? Number.NaN);
	for (const left of seconds) if (left !== null) expect(left).toBeLessThan(3_600);
	const { entries } = await client.activity.list({});
	const took = entries.flatMap(({ facts }) => (typeof facts.tookMs === 'number' ? [facts.tookMs] : []));
	expect(took.filter((ms) => ms < 0 || ms > 600_000)).toEqual([]);
});

test('a wrong date that is corrected within a day empties no trash and no log', () => {
	let wall = noon;
	let awake = 0;
	const expiry = createDeletionClock(
		() => wall,
		noon - 2 * dayMs,
		() => awake,
	);
	expect(expiry()).toBe(noon);
	const pass = (ms: number): void => {
		wall += ms;
		awake += ms;
	};
	pass(3_600_000);
	wall += yearMs;
	// A week ahead at most.
	expect(expiry()).toBeLessThanOrEqual(noon + 8 * dayMs);
	pass(20 * 3_600_000);
	expect(expiry()).toBeLessThanOrEqual(noon + 9 * dayMs);
	wall -= yearMs;
	expect(expiry()).toBe(wall);
	// A computer that slept for two days, with Assay open.
	wall += 2 * dayMs;
	expect(expiry()).toBe(wall);
	// A date that stays is believed after a day.
	wall += yearMs;
	expect(expiry()).toBeLessThan(wall - 300 * dayMs);
	pass(dayMs);
	expect(expiry()).toBe(wall);
	// Set back: nothing expires early, and the next leap is noticed.
	wall -= 2 * yearMs;
	expect(expiry()).toBe(wall);
	wall += yearMs;
	expect(expiry()).toBeLessThan(wall - 300 * dayMs);
});

test('Assay opened after a year believes its clock at the second start', () => {
	const first = createDeletionClock(() => noon + yearMs, noon);
	expect(first()).toBeLessThan(noon + 8 * dayMs);
	expect(createDeletionClock(() => noon + yearMs + 1, noon + yearMs)()).toBe(noon + yearMs + 1);
	expect(createDeletionClock(() => noon, null)()).toBe(noon);
});

test('backups of a year ahead are never taken for the newest, and take no places', () => {
	const folder = temporaryFolder();
	const put = (at: number): string => {
		const path = join(folder, `assay-${new Date(at).toISOString().replaceAll(/[:.]/g, '-')}.db`);
		writeFileSync(path, 'x');
		return path;
	};
	const ahead = Array.from({ length: 12 }, (_, n) => put(noon + yearMs + n * dayMs));
	const now = put(noon);
	const [newest, ...others] = listBackups(folder, noon);
	expect(newest?.path).toBe(now);
	expect(others.map(({ path }) => path)).toEqual(ahead.toReversed());
	deleteExpiredBackups(listBackups(folder, noon), noon);
	expect(listBackups(folder, noon)[0]?.path).toBe(now);
});

test('a backup is made while the clock is a year behind the newest one', async () => {
	let now = noon;
	const dataFolder = temporaryFolder();
	const application = await openAt(dataFolder, () => now);
	await send(application, null, 'kept?');
	const ahead = await application.client.backups.create();
	now -= yearMs;
	const behind = await application.client.backups.create();
	const { backups } = await application.client.backups.list();
	expect(backups.map(({ path }) => path)).toEqual([behind.path, ahead.path]);
});

test('a leap of the clock is no sign that a worker hangs', () => {
	showLifeSigns();
	const real = Date.now();
	vi.spyOn(Date, 'now').mockImplementation(() => real + yearMs);
	onTestFinished(() => void vi.restoreAllMocks());
	expect(readLifeSigns(sharedLifeSigns).silentMs).toBeLessThan(60_000);
});
