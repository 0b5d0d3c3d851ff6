import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { openModels } from '../../electron/api/open-models.ts';
import { createApplication } from '../../electron/application/application.ts';
import { runConfigSchema } from '../../electron/contract/evaluation/run-config.ts';
import type { Script } from '../../models/worker/engine-script.ts';
import { writeTinyGguf } from '../support/tiny-gguf.ts';
import { openFrozen, writtenAt } from './open-frozen.ts';

/**
 * Wrote `golden/data-folder.db.gz` in November 2026: data that a person may have at one time, made by the application
 * itself. Never write the existing data again: a fixture from today's build proves nothing about yesterday's.
 */
const folder = process.argv[2];
if (folder === undefined) throw new Error('Usage: write-data-folder.ts <new folder>');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const dataFolder = join(folder, 'data');

const text = (said: string) => ({ steps: [{ type: 'text' as const, text: said }] });
const script: Script = {
	answers: [
		{ when: 'stop me', steps: [{ type: 'text', text: 'One, two' }, { type: 'stall' }] },
		{
			when: 'fail',
			steps: [
				{ type: 'text', text: 'It be' },
				{ type: 'fail', failure: { code: 'worker-crashed', message: 'The worker crashed.', next: ['Try again'] } },
			],
		},
		{ when: 'think', ...text('<think>The sea is salt.</think>Salt, from **rivers**:\n\n```js\nsea += salt;\n```\n') },
		text('Lisbon, by *train* & boat.'),
		text('Porto, “the other city”, 2 < 3.'),
		text('=SUM(A1) is how it begins,\nthen a line with "quotes".'),
		text('Nothing more.'),
	],
};

const frozen = await openFrozen(dataFolder, { from: writtenAt, script });
const { client, answered, sessions } = frozen;

async function send(input: Parameters<typeof client.conversations.send>[0]) {
	const start = await client.conversations.send(input);
	await answered(start.generationId);
	return start;
}

async function stopSoon(id: number): Promise<void> {
	await new Promise((resolve) => setTimeout(resolve, 200));
	await client.generations.stop({ id });
	await answered(id);
}

// Settings, presets, prompts.
const preset = await client.presets.create({
	name: 'Careful',
	systemPrompt: 'Be careful.',
	sampling: { temperature: 0.2, topK: 10 },
	contextSize: 2048,
});
await client.presets.create({ name: 'Plain' });
await client.settings.set({
	theme: 'dark',
	trashDays: 45,
	systemPrompt: 'Answer in short sentences.',
	wrapCode: true,
	defaultPresetId: preset.id,
	keys: { window: { search: 'Mod+Shift+KeyF' }, tab: {} },
});

// Conversations: branches, attachments, feedback, a stopped answer that was continued, a failed one, a copy.
const trip = await send({ conversationId: null, text: 'Where do I go from Madrid?' });
const conversationId = trip.conversationId;
const other = await client.conversations.regenerate({ messageId: trip.messageId });
await answered(other.generationId);
const notes = await client.attachments.add({
	conversationId,
	file: new File(['# Notes\n\nOnly by train.\n'], 'notes.md', { type: 'text/markdown' }),
});
const second = await send({ conversationId, text: 'And with these notes?', attachmentIds: [notes.id] });
const edited = await send({ conversationId, parentId: other.messageId, text: 'And without notes? think' });
await client.conversations.selectBranch({ id: conversationId, messageId: second.messageId });
await client.conversations.rename({ id: conversationId, title: 'Trip to the sea' });
await client.feedback.rate({ messageId: trip.messageId, rating: 'down', tags: ['too-short', 'mine'], comment: 'Why?' });
await client.feedback.correct({ messageId: trip.messageId, correction: 'Lisbon, by night train.' });
await client.feedback.rate({ messageId: other.messageId, rating: 'up' });
await client.feedback.rate({ messageId: edited.messageId, rating: 'up', comment: '=1+1' });
await client.feedback.notice({ messageId: second.messageId, signal: 'copied' });

const stopped = await client.conversations.send({ conversationId: null, text: 'Count, and stop me' });
await stopSoon(stopped.generationId);
const { generationId: further } = await client.conversations.continue({ messageId: stopped.messageId });
await stopSoon(further);
const failed = await send({ conversationId: null, text: 'This will fail', systemPrompt: 'Fail.' });
const copy = await client.conversations.branch({ messageId: second.messageId });
await client.conversations.setOptions({ id: copy.id, sampling: { temperature: 0, seed: 7 }, contextSize: 1024 });
await client.conversations.setOptions({
	id: failed.conversationId,
	sampling: {},
	contextSize: null,
	answerFormat: '{"type":"object","properties":{"city":{"type":"string"}}}',
});

// Folders, tags, pins, the archive, the trash, drafts.
const work = await client.folders.create({ name: 'Work' });
await client.folders.create({ name: 'Home' });
await client.organise.move({ ids: [conversationId, copy.id], folderId: work.id });
await client.organise.tag({ ids: [conversationId], add: ['sea', 'train'] });
await client.organise.tag({ ids: [stopped.conversationId], add: ['train'] });
await client.organise.pin({ ids: [conversationId], pinned: true });
await client.organise.archive({ ids: [failed.conversationId], archived: true });
const gone = await send({ conversationId: null, text: 'To be thrown away' });
const goneToo = await send({ conversationId: null, text: 'To be thrown away as well' });
await client.organise.remove({ ids: [gone.conversationId, goneToo.conversationId] });
await client.drafts.set({ conversationId: null, text: 'A new begin' });
await client.drafts.set({ conversationId, text: 'Half a sent' });
await client.attachments.add({
	conversationId: null,
	file: new File(['waits\n'], 'waits.txt', { type: 'text/plain' }),
});

// Prompts and datasets with versions.
const plain = await client.prompts.create({ name: 'Direct', template: '{{input}}', description: 'As it is' });
const plainer = await client.prompts.addVersion({
	id: plain.id,
	system: 'You add.',
	template: '{{examples}}{{input}}\n',
	example: '{{input}} = {{target}}',
	note: 'adds',
});
await client.prompts.remove({ id: (await client.prompts.create({ name: 'Old', template: 'old {{input}}' })).id });
const { datasets: starters } = await client.datasets.list({});
for (const { id } of starters) await client.datasets.remove({ id });
await client.datasets.empty({ ids: null });
const sums = await client.datasets.create({ name: 'Small sums', description: 'Ones are added.' });
const { ids } = await client.datasets.samples.add({
	datasetId: sums.id,
	samples: Array.from({ length: 14 }, (_, index) => ({
		input: `${index} + 1`,
		target: String(index + 1),
		key: `sum-${index}`,
		split: index < 2 ? 'examples' : 'test',
		tags: [index % 2 === 0 ? 'even' : 'odd'],
		variables: { a: String(index) },
		metadata: { rejected: 'no idea' },
	})),
});
await client.datasets.versions.freeze({ datasetId: sums.id, note: 'first' });
await client.datasets.samples.edit({ datasetId: sums.id, sampleId: ids[5] ?? 0, edit: { tags: ['odd', 'edited'] } });
await client.datasets.samples.add({
	datasetId: sums.id,
	samples: [
		...[{ key: 'two', input: 'Which is two?', target: '2', choices: ['1', '2'], metadata: { targetIndex: 1 } }],
		{ key: 'turns', input: [{ role: 'user' as const, content: '40 + 1' }], target: '41', cluster: 'forty' },
	],
});
const frozenSums = await client.datasets.versions.freeze({ datasetId: sums.id, note: 'second' });
await client.datasets.fromConversations.message({ messageId: trip.messageId, into: { name: 'From chats' } });
await client.datasets.samples.tag({ datasetId: sums.id, selection: { filter: { tags: ['even'] } }, add: ['draft'] });
await client.datasets.remove({ id: (await client.datasets.create({ name: 'Thrown away' })).id });

// Runs: done, re-scored, paused, in the trash.
const config = runConfigSchema.parse({
	name: 'Sums, two ways',
	dataset: { datasetId: sums.id, versionId: frozenSums.id, split: 'test', limit: 12 },
	promptVersionIds: [plain.latest.id, plainer.latest.id],
	modelFileIds: [1],
	techniques: [{ kind: 'zero-shot' }, { kind: 'few-shot', shots: 2 }],
	scorers: [{ kind: 'exact' }, { kind: 'numeric', name: 'number' }, { kind: 'includes', ignoreCase: true }],
	parameters: [{ temperature: 0.5, maxTokens: 32, stop: ['\n\n'] }],
	criteria: [{ metric: 'number', operator: 'at-least', value: 0.7 }],
	shardSize: 4,
	width: 2,
	threads: 1,
	epochs: 2,
	seed: 11,
	contextSize: 512,
});
const done = await client.evaluations.start(config);
await frozen.settled(done.id);
await client.evaluations.setBaseline({ id: done.id, baseline: true });
const rescored = await client.evaluations.mark({
	id: done.id,
	name: 'By the last number',
	scorers: [{ kind: 'exact' }, { kind: 'includes', name: 'inside' }],
	extract: [{ kind: 'last-number' }, null],
	criteria: [],
});
await frozen.settled(rescored.id);
sessions.delayMs = 10;
const paused = await client.evaluations.start({ ...config, name: 'Paused', techniques: [config.techniques[0]!] });
while ((await client.evaluations.get({ id: paused.id })).progress.done < 8) {
	await new Promise((resolve) => setTimeout(resolve, 5));
}
await client.evaluations.pause({ id: paused.id });
sessions.delayMs = 0;
const thrown = await client.evaluations.start({ ...config, name: 'Thrown away', epochs: 1 });
await frozen.settled(thrown.id);
await client.evaluations.remove({ id: thrown.id });
await frozen.application.close();

// Comparisons need real files: a random model, its quantisations, and another model.
let time = writtenAt + 3_600_000;
const real = await createApplication({
	dataFolder,
	host: 'cli',
	version: '0.0.0',
	log: () => {},
	models: openModels(),
	clock() {
		time += 1;
		return time;
	},
});
const { comparisons, models } = real.client;
const tiny = await models.add({ path: writeTinyGguf(join(folder, 'tiny.F32.gguf')) });
const seven = await models.add({ path: writeTinyGguf(join(folder, 'seven.F32.gguf'), { seed: 7, name: 'Seven' }) });
const prose = join(folder, 'prose.txt');
const code = join(folder, 'code.txt');
writeFileSync(prose, 'the cat and the dog went to the sea and said so. '.repeat(60));
writeFileSync(code, 'if (the) { cat } else { dog } '.repeat(90));
const plan = {
	referenceId: tiny.id,
	texts: [prose, code],
	contextSize: 64,
	chunks: 3,
	prompts: ['the cat and the dog'],
	promptTokens: 16,
	generatedTokens: 8,
	repetitions: 3,
	threads: 1,
};
const task = {
	dataset: { datasetId: sums.id, versionId: frozenSums.id, split: 'test', limit: 8 },
	promptVersionId: plain.latest.id,
	technique: { kind: 'zero-shot' as const },
	maxTokens: 8,
	scorer: {
		kind: 'javascript' as const,
		name: 'even',
		code: 'function score({ output }) { return output.length % 2; }',
	},
};
async function until(id: number, ready: (comparison: { status: string; done: number }) => boolean): Promise<void> {
	for (;;) {
		const comparison = await comparisons.get({ id });
		if (comparison.status === 'failed') throw new Error(JSON.stringify(comparison.failure));
		if (ready(comparison)) return;
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
}
const whole = await comparisons.start({ ...plan, quantize: ['Q8_0', 'Q4_0'], task });
await until(whole.id, ({ status }) => status === 'done');
const part = await comparisons.start({ ...plan, candidateIds: [seven.id] });
await until(part.id, ({ done: measured }) => measured >= 3);
await comparisons.pause({ id: part.id });
await real.close();

const database = new Database(join(dataFolder, 'assay.db'));
database.pragma('journal_mode = DELETE');
database.exec('VACUUM');
database.close();
const zipped = gzipSync(readFileSync(join(dataFolder, 'assay.db')), { level: 9 });
const target = join(import.meta.dirname, 'golden', 'data-folder.db.gz');
writeFileSync(target, zipped);
process.stdout.write(`${target}: ${zipped.length} bytes\n`);
