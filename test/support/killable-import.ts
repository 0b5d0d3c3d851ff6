import { createApplication } from '../../electron/application/application.ts';
import { scriptedApplicationModels } from './scripted-models.ts';

/**
 * A process for kill tests: an application on the given data folder imports the given file and reports its progress on
 * its channel, until it is killed or done.
 */
const [dataFolder, file] = process.argv.slice(2);
if (dataFolder === undefined || file === undefined || process.send === undefined) {
	throw new Error('fork it with a data folder and a file');
}
const application = await createApplication({
	dataFolder,
	host: 'cli',
	version: '0.0.0',
	log: () => {},
	models: scriptedApplicationModels(),
});
const { client, events } = application;
process.on('disconnect', () => process.exit());
events.subscribe((event) => {
	if (event.type === 'job') process.send?.({ job: event.job });
});
const preview = await client.exchange.preview({ paths: [file] });
while ((await client.jobs.get({ jobId: preview.id })).endedAt === null) {
	await new Promise((resolve) => setTimeout(resolve, 5));
}
await client.exchange.import({ previewId: preview.id });
