import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolationsInBothThemes, browserMissing, goTo } from '../support/browser.ts';
import { starterModelPath } from '../support/starter-model.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

/** Long enough for a few short answers on two shared cores; ms. */
const measuringMs = 90_000;

/** One story with the real starter model: do the documents help? */
describe.skipIf(browserMissing() !== null)('documents in an evaluation', () => {
	let story: Story;
	let page: Page;

	beforeAll(async () => {
		story = await beginStory({ timeout: 45_000 });
		({ page } = story.watched);
		await story.client.models.add({ path: await starterModelPath() });
		await page.goto(story.host.url);
	});
	afterAll(() => story?.end());

	const context = () => page.getByRole('region', { name: 'Context' });

	test('the form adds the documents of a starter set and compares with and without them', async () => {
		const { datasets } = await story.client.datasets.list({});
		const set = datasets.find(({ starterId }) => starterId === 'documents');
		await goTo(page, `/evaluate/new?dataset=${set?.id}`);
		await context()
			.getByRole('button', { name: /^Add the documents of this dataset/ })
			.press('Enter');
		await context().getByRole('combobox', { name: 'Collection of context 2' }).waitFor();
		expect(await context().getByRole('combobox', { name: 'Documents of context 1' }).inputValue()).toBe('none');
		expect(await context().getByRole('combobox', { name: 'Documents of context 3' }).inputValue()).toBe('whole');
		const another = context().getByRole('button', { name: 'Compare another context' });
		expect(await another.evaluate((button) => button === document.activeElement)).toBe(true);
		await page.getByRole('button', { name: 'Remove context 3' }).press('Enter');
		await page.getByRole('heading', { name: '2 combinations' }).waitFor();
		expect(await another.evaluate((button) => button === document.activeElement)).toBe(true);
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
	}, 90_000);

	test('with the documents in the library, the form compares the same, and a run can start without vectors', async () => {
		await context().getByRole('button', { name: 'Remove context 2' }).press('Enter');
		const estimate = page.getByRole('complementary', { name: 'Estimate' });
		await estimate.getByText('can score nothing: no context of this run').first().waitFor();
		await context().getByRole('button', { name: 'Compare another context' }).press('Enter');
		await page.getByRole('menuitem', { name: 'Passages of a collection' }).press('Enter');
		expect(await context().getByRole('combobox', { name: 'Search of context 2' }).inputValue()).toBe('bm25');
		await estimate.getByText('Model calls').waitFor();
		await context().getByRole('button', { name: 'Remove context 2' }).press('Enter');
		await context()
			.getByRole('button', { name: 'Compare with and without the documents of this dataset' })
			.press('Enter');
		await page.getByRole('heading', { name: '3 combinations' }).waitFor();
	}, 90_000);

	test('a sample shows which passages were found, expected and missed', async () => {
		const [{ datasets }, { prompts }, { models }, { collections }] = await Promise.all([
			story.client.datasets.list({}),
			story.client.prompts.list({}),
			story.client.models.list(),
			story.client.collections.list({}),
		]);
		const run = await story.client.evaluations.start({
			name: 'Bindery',
			dataset: { datasetId: datasets.find(({ starterId }) => starterId === 'documents')?.id ?? 0, limit: 3 },
			promptVersionIds: [prompts.find(({ starterId }) => starterId === 'plain')?.latest.id ?? 0],
			modelFileIds: [models[0]?.id ?? 0],
			contexts: [
				{},
				{ documents: { collectionId: collections[0]?.id ?? 0, mode: 'retrieve', k: 2, search: 'bm25', rerank: null } },
			],
			parameters: [{ maxTokens: 8 }],
			scorers: [{ kind: 'sources' }, { kind: 'includes', separator: '|' }],
			threads: 1,
		});
		const ended = () => story.client.evaluations.get({ id: run.id });
		await expect.poll(async () => (await ended()).status, { timeout: measuringMs }).toBe('done');
		expect((await ended()).arms.map(({ metrics }) => metrics.sources?.value ?? null)).toEqual([
			null,
			expect.any(Number),
		]);
		await goTo(page, `/evaluate/${run.id}`);
		await page.getByRole('heading', { level: 1, name: 'Bindery' }).waitFor();
		await page.getByRole('row', { name: /\?/ }).first().click();
		await page.getByText('Looked up', { exact: true }).click();
		await page
			.getByRole('region', { name: /^Looked up for passages/ })
			.getByText(/^(expected|missed)$/)
			.first()
			.waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		expect(story.faults()).toEqual(noFaults);
	}, 150_000);
});
