import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { startCli } from '../electron/hosts/cli/run-cli.ts';
import { axeViolationsInBothThemes, browserMissing, goTo } from '../support/browser.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

/**
 * One story: a run is configured in the form, saved as a file, loaded again, and run from the form and from the command
 * line.
 */
describe.skipIf(browserMissing() !== null)('a run as a config file', () => {
	let story: Story;
	let page: Page;
	let saved = '';

	beforeAll(async () => {
		story = await beginStory({ timeout: 30_000 });
		({ page } = story.watched);
		await story.addTinyModel();
		await page.goto(story.host.url);
		await goTo(page, '/evaluate/new');
	});
	afterAll(() => story?.end());

	const part = (name: string) => page.getByRole('region', { name, exact: true });
	const takes = () => page.getByRole('complementary', { name: 'Estimate' });
	async function save(): Promise<string> {
		await page.getByRole('button', { name: 'More for this form' }).press('Enter');
		const [download] = await Promise.all([
			page.waitForEvent('download'),
			page.getByRole('menuitem', { name: 'Save as config file' }).press('Enter'),
		]);
		expect(download.suggestedFilename()).toBe('arithmetic.yaml');
		return readFileSync(await download.path(), 'utf8');
	}
	async function load(name: string, text: string): Promise<void> {
		const path = join(story.folder, name);
		writeFileSync(path, text);
		await page.getByLabel('Config file').setInputFiles(path);
	}

	test('examples are chosen and formatted as configured, and previewed as the model sees them', async () => {
		await page.getByRole('button', { name: /^Dataset:/ }).click();
		await page.getByRole('menuitemradio', { name: /^Arithmetic/ }).click();
		await page.getByRole('textbox', { name: 'At most' }).first().fill('3');
		await page.getByRole('button', { name: 'Add technique' }).press('Enter');
		await page.getByRole('menuitem', { name: /^Examples/ }).press('Enter');
		await part('Techniques').getByRole('button', { name: 'Advanced of 3 examples' }).press('Enter');
		const preview = page.getByRole('region', { name: 'Preview' });
		await expect.poll(() => preview.getByRole('listitem').count()).toBeGreaterThan(6);
		await page.getByRole('combobox', { name: 'Choose examples' }).selectOption('first');
		const answer = page.getByRole('textbox', { name: 'Example answer' });
		await answer.fill('');
		await page.getByText('An example needs an answer: write {{target}}.').waitFor();
		await takes()
			.getByText(/^Write the example answer/)
			.waitFor();
		await answer.fill('So it is {{nothing}}.');
		await preview
			.getByRole('alert')
			.getByText(/nothing/)
			.waitFor();
		await answer.fill('So it is {{target}}.');
		await preview
			.getByText(/^So it is -?\d/)
			.first()
			.waitFor();
		const first = await preview.getByRole('listitem').last().textContent();
		await preview.getByRole('button', { name: 'Next sample' }).click();
		await expect.poll(() => preview.getByRole('listitem').last().textContent()).not.toBe(first);
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
	}, 120_000);

	test('the file holds every setting of the form and restores it', async () => {
		await part('Scorers').getByRole('button', { name: 'More of Number' }).click();
		await part('Scorers').getByRole('textbox', { name: 'Name' }).fill('sum');
		await part('Answers').getByRole('textbox', { name: 'At most' }).fill('4');
		await part('Measurement').getByRole('button', { name: 'More of measuring' }).click();
		await part('Measurement').getByRole('textbox', { name: 'Context size' }).fill('512');
		await part('Measurement').getByRole('textbox', { name: 'Threads' }).fill('1');
		await part('Measurement').getByRole('textbox', { name: 'Threads' }).press('Tab');
		await page.getByRole('button', { name: 'Add criterion' }).click();
		await takes().getByText('4 combinations').waitFor();
		saved = await save();
		expect(parse(saved)).toMatchObject({
			dataset: { name: 'Arithmetic', limit: 3 },
			techniques: ['zero-shot', { kind: 'few-shot', shots: 3, pick: 'first', answer: 'So it is {{target}}.' }],
			parameters: [{ maxTokens: 4 }],
			scorers: [{ kind: 'numeric', name: 'sum' }],
			criteria: ['sum >= 0.8'],
			contextSize: 512,
			threads: 1,
		});
		await page.reload();
		await page.getByRole('heading', { level: 1, name: 'New run' }).waitFor();
		await page.getByRole('button', { name: /^Dataset:/ }).waitFor();
		await load('arithmetic.yaml', saved);
		await takes().getByText('4 combinations').waitFor();
		expect(await save()).toBe(saved);
	}, 120_000);

	test('an invalid file is refused with the line of the error, and models missing here are named', async () => {
		await load('broken.yaml', saved.replace('kind: numeric', 'kind: numerical'));
		const refusal = page.getByRole('group', { name: 'Couldn’t fill in the form' });
		await refusal.getByText(/broken\.yaml:\d+:\d+: scorers\[0\]/).waitFor();
		const model = String(parse(saved).models[0]);
		await load('other.yaml', saved.replace(`- ${model}`, '- Elsewhere 7B'));
		await refusal.waitFor({ state: 'detached' });
		const note = page.getByRole('region', { name: 'From other.yaml' });
		await note.getByText(/no model named “Elsewhere 7B”/).waitFor();
		await takes()
			.getByText(/^Choose a model/)
			.waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await load('arithmetic.yaml', saved);
		await note.waitFor({ state: 'detached' });
	}, 120_000);

	test('from the form and from the command line it is the same run', async () => {
		await takes().getByText('4 combinations').waitFor();
		await page.keyboard.press('Control+Enter');
		await page.getByRole('heading', { level: 1, name: /Arithmetic/ }).waitFor();
		const runs = async () => (await story.client.evaluations.list({ trash: false })).runs;
		await expect.poll(async () => (await runs())[0]?.status, { timeout: 120_000 }).toBe('done');
		const file = join(story.folder, 'arithmetic.yaml');
		const { code, stdout } = await startCli(['eval', 'run', file, '--json', '--data', story.dataFolder]).end;
		// The tiny model can't add, so its criterion fails.
		expect(code).toBe(3);
		const [second, first] = await runs();
		expect(JSON.parse(stdout).run.id).toBe(second?.id);
		expect(second?.manifestHash).toBe(first?.manifestHash);
	}, 240_000);

	test('nothing was logged, and no other host was contacted', () => {
		expect(story.faults()).toEqual(noFaults);
	});
});
