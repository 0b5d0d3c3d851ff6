import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations, browserMissing, goTo } from '../support/browser.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { writeTinyLora } from '../support/tiny-lora.ts';

const script = { contextSize: 4_096, answers: [{ steps: [{ type: 'text', text: 'An adapted answer.' }] }] };

describe.skipIf(browserMissing() !== null)('an adapter in the library', () => {
	let story: Story;
	beforeAll(async () => {
		story = await beginStory({ script });
		await story.addTinyModel();
	});
	afterAll(() => story.end());

	test('is imported, chatted with by keyboard, named under the answer, removed and brought back', async () => {
		const { page } = story.watched;
		const folder = temporaryFolder();
		const wrong = writeTinyLora(join(folder, 'wrong.gguf'), { width: 32 });
		const right = writeTinyLora(join(folder, 'tickets.gguf'));
		await page.goto(`${story.host.url}`);
		await page.evaluate(() => {
			location.hash = '/models';
		});
		const importing = page.getByRole('button', { name: 'Import adapter' });
		const path = page.getByRole('textbox', { name: 'Path of a file or folder' });
		await importing.press('Enter');
		await path.waitFor();
		await page.keyboard.press('Escape');
		await expect.poll(() => importing.evaluate((button) => button === document.activeElement)).toBe(true);
		await importing.click();
		await path.fill(wrong);
		await page.keyboard.press('Enter');
		await page.getByText('has 32 × 32 weights').waitFor();
		await path.fill(right);
		await page.keyboard.press('Enter');
		await page.getByText('Imported tickets').waitFor();
		expect(await axeViolations(page)).toEqual([]);

		await page.getByRole('button', { name: 'Chat with tickets' }).press('Enter');
		const composer = page.getByRole('textbox', { name: 'Message', exact: true });
		await page.getByRole('button', { name: /^Model: tiny .*\+ tickets/ }).waitFor();
		await composer.fill('Two tickets, please');
		await composer.press('Enter');
		await page.locator('article').getByText('An adapted answer.').waitFor();
		const { conversations } = await story.client.conversations.list({});
		const thread = await story.client.conversations.get({ id: conversations[0]!.id });
		expect(thread.options.adapters).toMatchObject([{ scale: 1 }]);
		expect(thread.messages.at(-1)?.generation?.adapters).toMatchObject([{ name: 'tickets', scale: 1 }]);

		await page.evaluate(() => {
			location.hash = '/models';
		});
		await page.getByRole('button', { name: 'More for tickets' }).press('Enter');
		await page.getByRole('menuitem', { name: 'Remove' }).press('Enter');
		await page.getByText('Removed tickets').waitFor();
		await page.getByRole('button', { name: 'Undo' }).press('Enter');
		await page.getByRole('button', { name: 'Chat with tickets' }).waitFor();

		const id = (await story.client.adapters.list()).adapters[0]?.id ?? 0;
		await story.client.adapters.remove({ id });
		await goTo(page, `/chat/${conversations[0]!.id}`);
		await page.getByRole('button', { name: /^Model: tiny/ }).waitFor();
		await page.keyboard.press('Control+KeyI');
		await page.getByText('No longer in the library: it is not applied.').waitFor();
		await story.client.adapters.restore({ id });
		await page.getByRole('button', { name: /\+ tickets/ }).waitFor();
		expect(story.faults()).toEqual(noFaults);
	});

	test('is measured at two scales next to the model alone, and each is a column of the result', async () => {
		const { page } = story.watched;
		const dataset = await story.client.datasets.create({ name: 'Tickets to read' });
		const samples = Array.from({ length: 6 }, (_, index) => ({ input: `the cat ${index}`, target: 'dog' }));
		await story.client.datasets.samples.add({ datasetId: dataset.id, samples });
		await goTo(page, `/evaluate/new?dataset=${dataset.id}`);
		const models = page.getByRole('region', { name: 'Models' });
		await models.getByRole('button', { name: 'Add a model with an adapter' }).press('Enter');
		await page.getByRole('menuitem', { name: /^tickets/ }).press('Enter');
		await models.getByRole('button', { name: 'Add another scale of tickets × 1' }).press('Enter');
		const scales = models.getByRole('textbox', { name: 'Scale of tickets' });
		expect(await scales.evaluateAll((fields) => fields.map((field) => (field as HTMLInputElement).value))).toEqual([
			'1',
			'0.5',
		]);
		await page.getByText('3 combinations').waitFor();
		expect(await axeViolations(page)).toEqual([]);
		await page.getByRole('button', { name: 'Start run' }).press('Enter');
		const [base, whole, half] = ['Without adapter', 'tickets', 'tickets × 0.5'].map((name) =>
			page.getByRole('columnheader', { name: new RegExp(`^${name}(?! ×)`) }),
		);
		for (const column of [base, whole, half]) await column?.first().waitFor();
		const { runs } = await story.client.evaluations.list({});
		expect(runs[0]?.arms.map(({ adapters = [] }) => adapters.map(({ scale }) => scale))).toEqual([[], [1], [0.5]]);

		await goTo(page, '/compare');
		await page
			.getByRole('button', { name: /^(New comparison|Compare files)/ })
			.first()
			.press('Enter');
		await page.getByRole('button', { name: 'Add a model with an adapter' }).press('Enter');
		await page.getByRole('menuitem', { name: /^tickets/ }).press('Enter');
		await page.getByRole('button', { name: /^Compare \d+ files/ }).waitFor();
		expect(await axeViolations(page)).toEqual([]);
		expect(story.faults()).toEqual(noFaults);
	});
});
