import { join } from 'node:path';
import { openModels } from '../../electron/api/open-models.ts';
import { createApplication } from '../../electron/application/application.ts';
import { writeTinyGguf } from './tiny-gguf.ts';

/**
 * A process for kill tests: the whole application on the given data folder, with real measurements of a tiny model,
 * starts a comparison on the given text, or resumes the existing one, and reports its progress on its channel until it
 * is killed or done.
 */
const [dataFolder, text] = process.argv.slice(2);
if (dataFolder === undefined || text === undefined || process.send === undefined) {
	throw new Error('fork it with a data folder and a text');
}
const application = await createApplication({
	dataFolder,
	host: 'cli',
	version: '0.0.0',
	log: () => {},
	models: openModels(),
});
const { client } = application;
process.on('disconnect', () => process.exit());

async function begin(): Promise<number> {
	const { comparisons } = await client.comparisons.list();
	const [known] = comparisons;
	if (known !== undefined) {
		process.send?.({ found: known.status, done: known.done });
		return (await client.comparisons.resume({ id: known.id })).id;
	}
	const model = await client.models.add({ path: writeTinyGguf(join(dataFolder as string, 'tiny.gguf')) });
	const started = await client.comparisons.start({
		referenceId: model.id,
		quantize: ['Q8_0', 'Q4_0'],
		texts: [text as string],
		contextSize: 64,
		chunks: 3,
		prompts: ['the cat and the dog'],
		promptTokens: 16,
		generatedTokens: 8,
		repetitions: 2,
		threads: 1,
	});
	return started.id;
}

const id = await begin();
for (;;) {
	const { status, done, failure } = await client.comparisons.get({ id });
	process.send({ status, done, failure });
	if (status !== 'running' && status !== 'waiting') break;
	await new Promise((resolve) => setTimeout(resolve, 10));
}
await application.close();
process.disconnect();
