import { fileURLToPath } from 'node:url';
import { openModels } from '../../electron/api/open-models.ts';
import { type Application, createApplication } from '../../electron/application/application.ts';
import { openMeasurement } from '../../models/native/measurement/session.ts';
import { runNativeTask } from '../../models/native/run-task.ts';

export const changedLayoutWorker = fileURLToPath(new URL('changed-layout-worker.ts', import.meta.url));
const entry = fileURLToPath(new URL('changed-layout-native.ts', import.meta.url));

/** The application on a computer whose libllama is not the one that Assay was written for: real processes, changed layout. */
export function openWithChangedLayout(dataFolder: string): Promise<Application> {
	return createApplication({
		dataFolder,
		host: 'browser',
		version: '0.0.0',
		log: () => {},
		models: openModels({ workerEntry: changedLayoutWorker, nativeEntry: entry }),
		native: (task, options) => runNativeTask(task, { ...options, entry }),
		openSession: (options) => openMeasurement({ ...options, entry }),
	});
}
