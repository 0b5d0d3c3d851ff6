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

	test('is put on a model in its load settings, and the focus goes to the next row when it is taken off', async () => {
		const { page } = story.watched;
		await story.client.adapters.import({ path: writeTinyLora(join(temporaryFolder(), 'letters.gguf')) });
		await goTo(page, '/models');
		await page.getByRole('radio', { name: 'Settings', exact: true }).press('Space');
		const settings = page.getByRole('region', { name: 'LoRA adapters' });
		for (const name of ['tickets', 'letters']) {
			await settings.getByRole('button', { name: 'Add adapter' }).press('Enter');
			await page.getByRole('menuitem', { name }).press('Enter');
			await settings.getByRole('slider', { name }).waitFor();
		}
		const rows = page.getByRole('listitem').filter({ has: page.getByRole('button', { name: /^Chat with/ }) });
		await expect.poll(() => rows.getByText('In use by F32').count()).toBe(2);
		await settings.getByRole('button', { name: 'Remove tickets' }).press('Enter');
		await expect
			.poll(() => settings.getByRole('slider', { name: 'letters' }).evaluate((one) => one === document.activeElement))
			.toBe(true);
		await settings.getByRole('button', { name: 'Remove letters' }).press('Enter');
		await expect.poll(() => rows.getByText('In use').count()).toBe(0);
		const add = settings.getByRole('button', { name: 'Add adapter' });
		await expect.poll(() => add.evaluate((one) => one === document.activeElement)).toBe(true);
		expect(story.faults()).toEqual(noFaults);
	});

	test('can’t have the name of another one, and is offered a free one', async () => {
		const { page } = story.watched;
		await page.getByRole('button', { name: 'More for letters' }).press('Enter');
		await page.getByRole('menuitem', { name: 'Rename' }).press('Enter');
		const name = page.getByRole('textbox', { name: 'Name' });
		await name.fill('Tickets');
		await page.getByText('Another adapter has this name').first().waitFor();
		await page.getByRole('button', { name: 'Use “Tickets 2”' }).press('Enter');
		await expect.poll(() => name.evaluate((field) => field === document.activeElement)).toBe(true);
		await name.press('Enter');
		await page.getByRole('button', { name: 'Chat with Tickets 2' }).waitFor();
		expect(story.faults()).toEqual(noFaults);
	});

	test('is a file in a folder first: it stands with the adapters, not with the models', async () => {
		const { page } = story.watched;
		const path = writeTinyLora(join(temporaryFolder(), 'loose.gguf'), { rank: 2 });
		await story.client.models.add({ path });
		const found = page.getByRole('button', { name: 'Import loose' });
		await found.waitFor();
		expect(await page.getByRole('row', { name: /loose/ }).count()).toBe(0);
		expect(await axeViolations(page)).toEqual([]);
		await found.press('Enter');
		await page.getByRole('button', { name: 'Chat with loose' }).waitFor();
		await found.waitFor({ state: 'detached' });
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
