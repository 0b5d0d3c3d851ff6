import { setTimeout as delay } from 'node:timers/promises';
import { createApplication } from '../../../electron/application/application.ts';
import { runConfigSchema } from '../../../electron/contract/evaluation/run-config.ts';
import { scriptedSessions } from '../../support/evaluation.ts';
import { scriptedApplicationModels } from '../../support/scripted-models.ts';
import { watchBlocks } from '../library/blocks.ts';

/**
 * A host that measures `samples` × 4 combinations whose answers cost nothing, while a page watches; reports memory and
 * times.
 */
const [dataFolder, count] = process.argv.slice(2);
if (dataFolder === undefined || count === undefined || process.send === undefined) {
	throw new Error('fork it with a data folder and a number of samples');
}
const samples = Number(count);
const words = 'the cat and the dog went to the sea and said so to everybody who would hear it '.repeat(3);
const sessions = scriptedSessions((row, { text }) => ({
	text: `${text.slice(0, 20)} ${row.seed % 3 === 0 ? 'x' : '1'} ${words}`,
}));
// Ten times as fast as a small model answers: even at this rate, memory must be freed in time.
sessions.delayMs = 2;
const application = await createApplication({
	dataFolder,
	host: 'cli',
	version: '0.0.0',
	log: () => {},
	openSession: sessions.open,
	models: scriptedApplicationModels({ others: { 2: {} }, sha256: (id) => String(id).repeat(64) }),
});
const { client, events } = application;
const dataset = await client.datasets.create({ name: 'Many' });
for (let first = 0; first < samples; first += 1_000) {
	await client.datasets.samples.add({
		datasetId: dataset.id,
		samples: Array.from({ length: Math.min(1_000, samples - first) }, (_, index) => ({
			input: `Question ${first + index}: ${words}`,
			target: '1',
			key: `k${first + index}`,
			tags: [`tag${index % 5}`],
		})),
	});
}
const prompts = [
	await client.prompts.create({ name: 'Plain', template: '{{input}}' }),
	await client.prompts.create({ name: 'Terse', system: 'Be terse.', template: '{{input}}' }),
];
let shown = 0;
let showing = false;
// A page asks for the run and the first rows whenever it hears of new ones.
events.subscribe((event) => {
	if (event.type !== 'evaluation-changed' || showing) return;
	showing = true;
	void (async () => {
		const run = await client.evaluations.get({ id: event.runId });
		await client.evaluations.rows({ arms: run.arms.map(({ id }) => id), filter: 'different' });
		shown += 1;
		showing = false;
	})();
});
const config = runConfigSchema.parse({
	dataset: { datasetId: dataset.id },
	promptVersionIds: prompts.map(({ latest }) => latest.id),
	modelFileIds: [1, 2],
	scorers: [{ kind: 'includes' }, { kind: 'levenshtein' }],
	shardSize: 64,
	threads: 1,
});
const before = process.memoryUsage.rss();
const watch = watchBlocks();
const began = performance.now();
let peak = 0;
const { id } = await client.evaluations.start(config);
for (;;) {
	peak = Math.max(peak, process.memoryUsage.rss());
	const { runs } = await client.evaluations.list({});
	const run = runs.find((one) => one.id === id);
	if (run?.status !== 'running' && run?.status !== 'waiting') {
		if (run?.status !== 'done') throw new Error(`the run ended ${run?.status}: ${JSON.stringify(run?.failure)}`);
		break;
	}
	await delay(500);
}
const seconds = (performance.now() - began) / 1000;
const comparing = performance.now();
const { arms } = await client.evaluations.get({ id });
await client.evaluations.compare({ arms: arms.map((arm) => arm.id) });
const compareMs = performance.now() - comparing;
peak = Math.max(peak, process.memoryUsage.rss());
process.send({ peakBytes: peak, beforeBytes: before, ...watch.stop(), seconds, shown, compareMs });
await application.close();
process.disconnect();
