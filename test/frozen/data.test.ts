import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openModels } from '../../electron/api/open-models.ts';
import { createApplication } from '../../electron/application/application.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { golden, openCopy, placeCopy, placeFiles, sharedCopy } from './golden.ts';
import { dayMs, type Frozen, writtenAt } from './open-frozen.ts';
import { withoutWords } from './without-words.ts';

const own = <Item extends { readonly starterId: string | null }>(items: readonly Item[]): readonly Item[] =>
	items.filter(({ starterId }) => starterId === null);

/** Results of calls, by topic. */
const reads: Readonly<Record<string, (client: Frozen['client']) => Promise<object>>> = {
	conversations: async ({ conversations, attachments, drafts, organise, trash, search }) => ({
		list: await conversations.list({}),
		archived: await conversations.list({ place: 'archived' }),
		pinned: await conversations.list({ place: 'pinned' }),
		threads: await Promise.all([1, 2, 3, 4].map((id) => conversations.get({ id }))),
		versions: await conversations.versions({ messageId: 2 }),
		prompt: await promptOf(conversations),
		overview: await organise.overview(),
		trash: await trash.list({}),
		drafts: await drafts.list(),
		waiting: await attachments.waiting({ conversationId: null }),
		attachment: await attachments.text({ id: 1 }),
		found: await search.find({ text: 'Lisbon' }),
	}),
	feedback: async ({ feedback }) => ({
		list: await feedback.list({}),
		summary: await feedback.summary({}),
		history: await feedback.history({ messageId: 2 }),
	}),
	settings: async ({ settings, presets }) => ({ settings: await settings.get(), presets: await presets.list() }),
	prompts: async ({ prompts }) => {
		const list = own((await prompts.list({})).prompts);
		const deleted = own((await prompts.list({ deleted: true })).prompts);
		return { list, deleted, versions: await Promise.all(list.map(({ id }) => prompts.get({ id }))) };
	},
	datasets: async ({ datasets }) => {
		const list = own((await datasets.list({})).datasets);
		const whole = await Promise.all(list.map(({ id }) => datasets.get({ id })));
		const versions = whole.flatMap((one) => one.versions);
		const [second, first] = versions.filter(({ frozenAt }) => frozenAt !== null);
		return {
			list,
			versions,
			deleted: own((await datasets.list({ deleted: true })).datasets),
			samples: await Promise.all(versions.map(({ id }) => datasets.samples.list({ versionId: id }))),
			facets: await Promise.all(versions.map(({ id }) => datasets.samples.facets({ versionId: id }))),
			diff: await datasets.versions.diff({ fromVersionId: first?.id ?? 0, toVersionId: second?.id ?? 0 }),
			uses: await datasets.fromConversations.of({ messageIds: [2] }),
		};
	},
	runs: async ({ evaluations }) => {
		const list = await evaluations.list({});
		const trash = await evaluations.list({ trash: true });
		const runs = await Promise.all(list.runs.map(({ id }) => evaluations.get({ id })));
		const arms = await Promise.all(
			runs.map(({ arms: [first] }) => evaluations.rows({ arms: [first?.id ?? 0], limit: 30 })),
		);
		const done = runs.find(({ name }) => name === 'Sums, two ways');
		const two = done?.arms.slice(0, 2).map(({ id }) => id) ?? [];
		return {
			list,
			trash,
			runs,
			rows: arms,
			row: await evaluations.row({ arms: two, position: 3 }),
			compared: await evaluations.compare({ arms: two }),
		};
	},
	comparisons: async ({ comparisons }) => ({
		list: await comparisons.list(),
		comparisons: await Promise.all([1, 2].map((id) => comparisons.get({ id }))),
		hash: (await comparisons.manifest({ id: 1 })).hash,
	}),
	activity: async ({ activity }) => ({ list: await activity.list({}), usage: await activity.usage({ days: 30 }) }),
};

/** Without the tokens: the scripted engine numbers words in the order in which it meets them. */
async function promptOf(conversations: Frozen['client']['conversations']): Promise<object> {
	const { tokens, ...prompt } = await conversations.prompt({ id: 1 });
	return { ...prompt, tokens: tokens.length };
}

const shared = sharedCopy();

test.each(Object.entries(reads))('data written by an earlier build reads the same: %s', async (name, read) => {
	const { client } = shared();
	const text = `${JSON.stringify(withoutWords(await read(client)), null, 1)}\n`;
	await expect(text).toMatchFileSnapshot(golden('data', `${name}.json`));
});

describe('a run measured by an earlier build', { timeout: 60_000 }, () => {
	test('resumes after a pause and ends with the same manifest', async () => {
		const { client, settled, sessions } = await openCopy();
		const { runs } = await client.evaluations.list({});
		const paused = runs.find(({ status }) => status === 'paused');
		const id = paused?.id ?? 0;
		await client.evaluations.resume({ id });
		await settled(id);
		const run = await client.evaluations.get({ id });
		expect(run).toMatchObject({ status: 'done', manifestHash: paused?.manifestHash });
		expect(run.progress.done).toBe(run.progress.total);
		expect(sessions.asked.length).toBeLessThanOrEqual(run.progress.total - (paused?.progress.done ?? 0));
		const rows = await Promise.all(run.arms.map(({ id: arm }) => client.evaluations.rows({ arms: [arm], limit: 100 })));
		const text = `${JSON.stringify(withoutWords({ arms: run.arms.map(({ metrics }) => metrics), rows }), null, 1)}\n`;
		await expect(text).toMatchFileSnapshot(golden('data', 'resumed.json'));
	});

	test('can be repeated, and the same config has the same hash', async () => {
		const { client, settled } = await openCopy();
		const first = await client.evaluations.get({ id: 1 });
		const repeated = await client.evaluations.repeat({ id: 1 });
		await settled(repeated.id);
		const again = await client.evaluations.get({ id: repeated.id });
		expect(again).toMatchObject({ status: 'done', repeatOf: 1, manifestHash: first.manifestHash });
		const outputs = async (armIds: readonly number[]) =>
			(await Promise.all(armIds.map((id) => client.evaluations.rows({ arms: [id], limit: 100 })))).map(({ rows }) =>
				rows.map(({ key, cells: [cell] }) => [key, cell?.output, cell?.answer, cell?.scores]),
			);
		expect(await outputs(again.arms.map(({ id }) => id))).toEqual(await outputs(first.arms.map(({ id }) => id)));
		const anew = await client.evaluations.start(first.config);
		await settled(anew.id);
		expect(anew.manifestHash).toBe(first.manifestHash);
	});

	test('can be re-scored with the same result as before', async () => {
		const { client, settled } = await openCopy();
		const before = await client.evaluations.get({ id: 2 });
		expect(before).toMatchObject({ markedOf: 1, manifest: { marked: { runId: 1, name: 'Sums, two ways' } } });
		const { id } = await client.evaluations.mark({
			id: 1,
			scorers: before.manifest.scorers,
			extract: [{ kind: 'last-number' }, null],
		});
		await settled(id);
		const again = await client.evaluations.get({ id });
		expect(again).toMatchObject({ status: 'done', markedOf: 1, manifestHash: before.manifestHash });
		expect(again.arms.map(({ metrics }) => metrics)).toEqual(before.arms.map(({ metrics }) => metrics));
	});
});

test('a conversation is restored from the trash of an earlier build', async () => {
	const { client } = await openCopy();
	const { conversations } = await client.trash.list({});
	expect(conversations.map(({ title }) => title)).toEqual(['To be thrown away as well', 'To be thrown away']);
	const id = conversations[1]?.id ?? 0;
	await client.organise.restore({ ids: [id] });
	expect((await client.trash.list({})).conversations.map(({ title }) => title)).toEqual(['To be thrown away as well']);
	expect((await client.conversations.get({ id })).messages.map(({ content }) => content)).toEqual([
		'To be thrown away',
		'Nothing more.',
	]);
});

/** Returns the measurements of the paused comparison from the database. */
function measurements(folder: string): readonly unknown[] {
	const connection = new Database(join(folder, 'assay.db'), { readonly: true });
	const found = connection
		.prepare(
			`SELECT candidate_id, step, result, measured_at FROM measurements JOIN comparison_candidates c ON c.id = candidate_id
			 WHERE c.comparison_id = 2 ORDER BY candidate_id, step`,
		)
		.all();
	connection.close();
	return found;
}

test('a paused comparison of an earlier build resumes and keeps its measurements', async () => {
	const folder = placeCopy(temporaryFolder());
	placeFiles(folder);
	const kept = measurements(folder);
	let time = writtenAt + dayMs;
	const application = await createApplication({
		dataFolder: folder,
		host: 'cli',
		version: '0.0.0',
		log: () => {},
		models: openModels(),
		clock: () => (time += 1),
	});
	onTestFinished(() => application.close());
	const { comparisons } = application.client;
	const before = await comparisons.get({ id: 2 });
	expect(before).toMatchObject({ status: 'paused', done: expect.any(Number) });
	await comparisons.resume({ id: 2 });
	for (;;) {
		const { status } = await comparisons.get({ id: 2 });
		if (status !== 'waiting' && status !== 'running') break;
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	const after = await comparisons.get({ id: 2 });
	expect(after).toMatchObject({ status: 'done', failure: null, done: after.total });
	expect(measurements(folder)).toEqual(expect.arrayContaining([...kept]));
	expect(kept).toHaveLength(before.done);
	expect(after.rows.every(({ generation, answers }) => generation !== null && answers.length === 1)).toBe(true);
}, 60_000);
