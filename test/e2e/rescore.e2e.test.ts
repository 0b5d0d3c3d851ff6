import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Run } from '../../electron/contract/evaluation/schema.ts';
import { axeViolationsInBothThemes, browserMissing, goTo, undo } from '../support/browser.ts';
import { starterModelPath } from '../support/starter-model.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

/** One story, told in order with the real starter model: its answers are generated once and re-scored several times. */
describe.skipIf(browserMissing() !== null)('re-scoring a run', () => {
	let story: Story;
	let page: Page;
	let source: Run;

	beforeAll(async () => {
		story = await beginStory({ timeout: 20_000 });
		({ page } = story.watched);
		const { client } = story;
		const model = await client.models.add({ path: await starterModelPath() });
		const dataset = await client.datasets.create({ name: 'Capitals' });
		// With greedy decoding, the capitals of England and Japan lead by more than 2.5 nats at every token, so every
		// processor names them.
		const samples = ['England', 'Italy', 'Spain', 'Japan'].map((land, index) => ({
			input: `What is the capital of ${land}?`,
			target: ['London', 'Rome', 'Madrid', 'Tokyo'][index] ?? '',
		}));
		await client.datasets.samples.add({ datasetId: dataset.id, samples });
		const prompt = await client.prompts.create({ name: 'Plain', template: '{{input}}' });
		const { id } = await client.evaluations.start({
			name: 'Capitals',
			dataset: { datasetId: dataset.id },
			promptVersionIds: [prompt.latest.id],
			modelFileIds: [model.id],
			parameters: [{ temperature: 0, repeatPenalty: 1, maxTokens: 12 }],
			threads: 1,
			width: 4,
			scorers: [{ kind: 'exact' }],
			criteria: [{ metric: 'exact', operator: 'at-least', value: 0.2 }],
		});
		for (;;) {
			source = await client.evaluations.get({ id });
			if (source.status !== 'running' && source.status !== 'waiting') break;
			await page.waitForTimeout(100);
		}
		expect(source.status).toBe('done');
		await page.goto(story.host.url);
		await goTo(page, `/evaluate/${id}`);
	}, 240_000);
	afterAll(() => story?.end());

	const more = (name: RegExp | string) =>
		page
			.getByRole('button', { name: 'More for this run' })
			.press('Enter')
			.then(() => page.getByRole('menuitem', { name }).press('Enter'));
	const takes = () => page.getByRole('complementary', { name: 'Estimate' });
	const newest = async () => (await story.client.evaluations.list({})).runs[0];

	test('by keyboard: the form has the run’s scorers and says that nothing is generated', async () => {
		await page.getByRole('heading', { level: 1, name: 'Capitals' }).waitFor();
		await more(/^Re-score/);
		await page.getByRole('heading', { level: 1, name: 'Re-score' }).waitFor();
		await takes().getByText('4 outputs').waitFor();
		await takes()
			.getByText(/no answer is generated/)
			.waitFor();
		await page.getByText(/^Finds an answer in all 4 outputs/).waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.getByRole('button', { name: 'Add scorer' }).press('Enter');
		await page.getByRole('menuitem', { name: /^Likeliest choice/ }).press('Enter');
		await takes()
			.getByText(/^No output of this run can be scored this way/)
			.waitFor();
		expect(await takes().getByRole('button', { name: 'Re-score' }).getAttribute('aria-disabled')).toBe('true');
		await page.getByRole('button', { name: 'Remove Likeliest choice' }).press('Enter');
		await page.getByRole('button', { name: 'Add scorer' }).press('Enter');
		await page.getByRole('menuitem', { name: /^Includes/ }).press('Enter');
		await takes().getByText('4 outputs').waitFor();
		await page.keyboard.press('Control+Enter');
		await page.getByRole('heading', { level: 1, name: 'Capitals (re-scored)' }).waitFor();
	}, 120_000);

	test('the new run names its source and the changed scorers; actions that need a model are not offered', async () => {
		await page.getByText('The outputs of Capitals, re-scored: “includes” is new. No answer was generated.').waitFor();
		const run = await story.client.evaluations.get({ id: (await newest())?.id ?? 0 });
		expect(run).toMatchObject({ status: 'done', markedOf: source.id, criteria: [{ criterion: { metric: 'exact' } }] });
		expect(run.arms[0]?.metrics.includes?.value).toBeGreaterThan(source.arms[0]?.metrics.exact?.value ?? 1);
		expect(await page.getByRole('button', { name: 'Rerun', exact: true }).count()).toBe(0);
		await page.getByRole('button', { name: 'Repeatability not checked' }).press('Enter');
		await page.getByText(/which generated the outputs/).waitFor();
		expect(await page.getByRole('button', { name: 'Check now' }).count()).toBe(0);
		await page.keyboard.press('Escape');
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
	}, 90_000);

	test('compared with the first run, the page says that the outputs are the same', async () => {
		await page.getByRole('button', { name: 'Compare', exact: true }).press('Enter');
		await page.getByRole('heading', { level: 1, name: 'Two runs' }).waitFor();
		await page
			.getByRole('region', { name: 'Note' })
			.getByText(/are the same outputs, scored by the same rules\.$/)
			.waitFor();
		expect(await page.getByRole('region', { name: 'Not a fair comparison' }).count()).toBe(0);
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.getByRole('button', { name: 'Close' }).first().click();
	}, 60_000);

	test('the first run is deleted, restored and deleted for good; the re-scored run keeps its outputs', async () => {
		await page.getByRole('button', { name: 'Open run' }).press('Enter');
		await page.getByRole('heading', { level: 1, name: 'Capitals', exact: true }).waitFor();
		await more('Delete run');
		await page.getByRole('heading', { level: 1, name: 'Capitals (re-scored)' }).waitFor();
		await page.getByText(/^The outputs of run \d+, Capitals \(deleted\), re-scored/).waitFor();
		await undo(page, 'Run deleted');
		await page.getByRole('heading', { level: 1, name: 'Capitals', exact: true }).waitFor();
		await more('Delete run');
		await page.getByText(/\(deleted\)/).waitFor();
		await story.client.evaluations.erase({ id: source.id });
		await page.reload();
		await page.getByText(/\(deleted\)/).waitFor();
		await page.getByText('London').first().waitFor();
		expect(story.faults()).toEqual(noFaults);
	}, 90_000);
});
