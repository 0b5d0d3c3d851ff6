import { createApplication } from '../../electron/application/application.ts';
import { scriptedApplicationModels } from './scripted-models.ts';

/**
 * A process for kill tests: an application on the given data folder imports the given file into the dataset with that
 * number (0: a new one) or, without a file, tags all of it, and reports its progress on its channel.
 */
const [dataFolder, into, file] = process.argv.slice(2);
if (dataFolder === undefined || into === undefined || process.send === undefined) {
	throw new Error('fork it with a data folder and a dataset');
}
const { client, events } = await createApplication({
	dataFolder,
	host: 'cli',
	version: '0.0.0',
	log: () => {},
	models: scriptedApplicationModels(),
});
process.on('disconnect', () => process.exit());
events.subscribe((event) => {
	if (event.type === 'job') process.send?.({ job: event.job });
});
const datasetId = Number(into);
if (file === undefined) {
	await client.datasets.samples.tag({ datasetId, selection: { filter: {} }, add: ['tagged'] });
} else {
	const preview = await client.datasets.imports.preview({ paths: [file] });
	while ((await client.jobs.get({ jobId: preview.id })).endedAt === null) {
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
	await client.datasets.imports.start({
		previewId: preview.id,
		into: datasetId === 0 ? { kind: 'new', name: 'Killed' } : { kind: 'existing', datasetId },
	});
}
