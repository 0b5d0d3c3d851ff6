import { createApplication } from '../../electron/application/application.ts';
import { runConfigSchema } from '../../electron/contract/evaluation/run-config.ts';
import { scriptedSessions } from './evaluation.ts';
import { scriptedModels } from './scripted-models.ts';

/**
 * A process for kill tests: an application on the given data folder measures a run of 60 samples, or resumes the
 * existing one, and reports its progress on its channel until it is killed or done.
 */
const [dataFolder] = process.argv.slice(2);
if (dataFolder === undefined || process.send === undefined) throw new Error('fork it with a data folder');
const sessions = scriptedSessions((row, { text }) => ({ text: `${text.length} ${row.seed}` }));
sessions.delayMs = 4;
const application = await createApplication({
	dataFolder,
	host: 'cli',
	version: '0.0.0',
	log: () => {},
	openSession: sessions.open,
	models(seam) {
		const library = scriptedModels(seam);
		const modelFile = (id: number) => ({ ...library.modelFile(id), sha256: 'b'.repeat(64) });
		return { library: { ...library, modelFile }, handlers: {} as never };
	},
});
process.on('disconnect', () => process.exit());
const { client } = application;

async function begin(): Promise<number> {
	const { runs } = await client.evaluations.list({});
	const [known] = runs;
	if (known !== undefined) {
		process.send?.({ found: known.status, done: known.progress.done });
		return (await client.evaluations.resume({ id: known.id })).id;
	}
	const dataset = await client.datasets.create({ name: 'Sums' });
	const samples = Array.from({ length: 60 }, (_, index) => ({
		input: `${index} + 1`,
		target: String(index + 1),
		key: `k${index}`,
	}));
	await client.datasets.samples.add({ datasetId: dataset.id, samples });
	const prompt = await client.prompts.create({ name: 'Plain', template: '{{input}}' });
	const config = runConfigSchema.parse({
		dataset: { datasetId: dataset.id },
		promptVersionIds: [prompt.latest.id],
		modelFileIds: [1],
		scorers: [{ kind: 'includes' }],
		shardSize: 10,
		width: 2,
		threads: 1,
		epochs: 2,
	});
	return (await client.evaluations.start(config)).id;
}

const id = await begin();
for (;;) {
	const run = await client.evaluations.get({ id });
	process.send({ status: run.status, done: run.progress.done, repeatable: run.repeatable });
	if (run.status !== 'running' && run.status !== 'waiting') break;
	await new Promise((resolve) => setTimeout(resolve, 20));
}
await application.close();
process.disconnect();
