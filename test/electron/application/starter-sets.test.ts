import { expect, onTestFinished, test } from 'vitest';
import { createApplication } from '../../../electron/application/application.ts';
import { scriptedApplicationModels } from '../../support/scripted-models.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('a config file finds the sets that come with Assay in a fresh data folder', async () => {
	const application = await createApplication({
		dataFolder: temporaryFolder(),
		host: 'cli',
		version: '0.0.0',
		log: () => {},
		models: scriptedApplicationModels(),
	});
	onTestFinished(() => application.close());
	const text = 'name: Sums\ndataset: Arithmetic\nprompts: Short answer\nscorers: [numeric]\n';
	const { problems, config } = await application.client.evaluations.configFile.read({ text, name: 'sums.yaml' });
	expect(problems).toEqual([]);
	expect(config.dataset.datasetId).toEqual(expect.any(Number));
});
