import { createApplication } from '../../../electron/application/application.ts';
import { scriptedApplicationModels } from '../scripted-models.ts';
import { type KillableTask, tasks } from './tasks.ts';

/**
 * The process that kill tests start with `startKillable`. It opens an application on a data folder, runs one of
 * `tasks.ts`, and reports on its channel until it is killed or done.
 */
const [name, dataFolder, ...args] = process.argv.slice(2);
const task = Object.entries<KillableTask>(tasks).find(([key]) => key === name)?.[1];
if (task === undefined || dataFolder === undefined || process.send === undefined) {
	throw new Error('fork it with a task and a data folder');
}
const application = await createApplication({
	dataFolder,
	host: 'cli',
	version: '0.0.0',
	log: () => {},
	models: scriptedApplicationModels(),
	...task.options?.(...args),
});
process.on('disconnect', () => process.exit());
await task.run({ application, dataFolder, report: (message) => void process.send?.(message) }, ...args);
