import { expect, onTestFinished, test } from 'vitest';
import { createApplication } from '../../../../electron/application/application.ts';
import { killWhenDone, startKillable } from '../../../support/killable/start.ts';
import { slowSummary } from '../../../support/killable/tasks.ts';
import { scriptedApplicationModels } from '../../../support/scripted-models.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

test('a summary that a kill cut off goes on from where it was, word for word', async () => {
	const dataFolder = temporaryFolder();
	const reports = await killWhenDone(startKillable('summarise', dataFolder), 4);
	const id = Number(reports.at(-1)?.found);
	const application = await createApplication({
		dataFolder,
		host: 'cli',
		version: '0.0.0',
		log: () => {},
		models: scriptedApplicationModels({ script: slowSummary }),
	});
	onTestFinished(() => application.close());
	const list = () => application.client.summaries.list({ id });
	expect((await list()).making).toMatchObject({ state: 'waiting', problem: null });
	await expect.poll(async () => (await list()).versions.length, { timeout: 15_000, interval: 100 }).toBe(1);
	const [version] = (await list()).versions;
	expect(version?.text).toBe(slowSummary.answers[0]?.steps[0]?.text);
	expect((await list()).making).toBeNull();
});
