import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportComparison } from '../../electron/comparison/export.ts';
import { axeViolations, axeViolationsInBothThemes, browserMissing, goTo } from '../support/browser.ts';
import { ladderComparison } from '../support/fake-application/comparison-data.ts';
import { writeStarterAsF16 } from '../support/starter-f16.ts';
import { starterModelPath } from '../support/starter-model.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';
import { writeTinyGguf } from '../support/tiny-gguf.ts';

/** Long enough for a few dozen processes that load a tiny model, on two shared cores; ms. */
const measuringMs = 540_000;

/**
 * One story, told in order on the built browser host with the real llama.cpp: each test continues where the last one
 * ended.
 */
describe.skipIf(browserMissing() !== null)('compare', () => {
	let story: Story;
	let page: Page;

	beforeAll(async () => {
		story = await beginStory({ timeout: 15_000 });
		({ page } = story.watched);
		const { client, folder } = story;
		// The default is a model outside the comparison.
		await client.models.add({ path: writeTinyGguf(join(folder, 'other.gguf'), { name: 'Other', layers: 4, seed: 2 }) });
		await story.addTinyModel();
		const words = Array.from({ length: 500 }, (_, index) => `word${(index * index) % 97}`);
		writeFileSync(join(folder, 'letters.txt'), words.join(' '));
		writeFileSync(join(folder, 'figures.txt'), words.map((_, index) => (index * 7919) % 1009).join(' '));
		await open();
	});
	afterAll(() => story?.end());

	async function open(): Promise<void> {
		await page.goto(story.host.url);
		await goTo(page, '/compare');
	}

	/** The newest comparison, from the application. */
	async function newest() {
		const { comparisons } = await story.client.comparisons.list();
		const found =
			comparisons[0] === undefined ? undefined : await story.client.comparisons.get({ id: comparisons[0].id });
		return found;
	}

	test('a comparison is planned from the library and measuring starts', async () => {
		await page.getByText('No comparisons yet').waitFor();
		await page.getByRole('region', { name: 'Example of a result' }).getByText('Use Q4_K_M.').waitFor();
		await page.getByRole('button', { name: 'New comparison' }).click();
		const question = page.getByRole('heading', { name: /^Which file of .* should I use\?$/ });
		await question.getByRole('button').click();
		await page.getByRole('menuitem', { name: /^tiny / }).click();
		// Its only file is the reference, so two types to quantise are ticked.
		const types = page.getByRole('group', { name: 'Quantise and include' });
		await expect.poll(() => types.getByRole('checkbox', { checked: true }).count()).toBe(2);
		expect(await types.getByRole('checkbox', { name: 'Q8_0', checked: true }).count()).toBe(1);
		await page.getByText('Advanced').click();
		// Short texts of our own: the tiny model needs nearly one token per letter.
		const texts = ['letters', 'figures'].map((name) => join(story.folder, `${name}.txt`));
		await page.getByRole('textbox', { name: 'Your own text files' }).fill(texts.join('\n'));
		// Once changed, the texts no longer follow the preset, which may still be on its way.
		const kinds = page.getByRole('group', { name: 'Texts to measure quality on' }).getByRole('checkbox');
		for (const kind of await kinds.all()) await kind.uncheck();
		await expect.poll(() => kinds.and(page.locator(':checked')).count()).toBe(0);
		await page.getByRole('switch', { name: 'Task accuracy' }).click();
		await page.getByRole('button', { name: /^Dataset:/ }).click();
		await page.getByRole('menuitemradio', { name: /^Short facts/ }).click();
		await page.getByRole('textbox', { name: 'At most' }).fill('4');
		await page.getByRole('textbox', { name: /Repetitions/ }).fill('3');
		// Tool tasks begin with the set that comes with Assay; their prompts are too long for the tiny model.
		await page.getByRole('switch', { name: 'Tool calls' }).click();
		await page.getByRole('button', { name: /^Dataset: Tool calls/ }).waitFor();
		await page.getByRole('switch', { name: 'Tool calls' }).click();
		await page.getByText(/^About .* a guess until something like it was measured here\./).waitFor();
		expect(await axeViolations(page)).toEqual([]);
		await page.getByRole('button', { name: 'Compare 3 files' }).click();
		await page.getByRole('region', { name: 'Progress' }).waitFor();
		const { total, plan } = (await newest())!;
		expect(plan).toMatchObject({ texts, quantize: ['Q8_0', 'Q4_K_M'], repetitions: 3 });
		expect(total).toBe(2 + 3 * (2 + 1 + (plan.felt ? 3 : 2)) + 1);
	});

	test('a paused comparison stays paused across a restart, then runs to the end', async () => {
		await expect.poll(async () => (await newest())?.done, { timeout: measuringMs }).toBeGreaterThanOrEqual(2);
		await page.getByRole('button', { name: 'Pause' }).click();
		await page.getByText('Paused', { exact: true }).waitFor();
		const before = await newest();
		// Leaves the page, so that it does not keep calling a host that is gone.
		await page.goto('about:blank');
		await story.restart();
		await open();
		await page.getByText('Paused', { exact: true }).waitFor();
		expect(await newest()).toMatchObject({ status: 'paused', done: before?.done });
		await page.getByRole('button', { name: 'Resume' }).click();
		// One that fails is not waited for.
		await expect.poll(async () => (await newest())?.status, { timeout: measuringMs }).toMatch(/^(done|failed)$/);
		expect(await newest()).toMatchObject({ status: 'done', failure: null });
		await page.getByRole('region', { name: 'Progress' }).waitFor({ state: 'detached' });
	}, 600_000);

	test('every file has its numbers, and the page shows the application’s verdict', async () => {
		const table = page.getByRole('table', { name: 'Measurements by file' });
		await expect.poll(() => table.getByRole('rowheader').allTextContents()).toEqual(['F32', 'Q8_0', 'Q4_K_M']);
		expect(await table.getByText('–', { exact: true }).count()).toBe(0);
		const lead = (await newest())!.verdict!.text.split('.')[0]!;
		await page.getByRole('region', { name: 'Verdict' }).getByText(lead).first().waitFor();
		const damage = page.getByRole('region', { name: 'Quality loss by kind of text' });
		await damage.getByRole('columnheader', { name: 'Letters' }).waitFor();
		await table.getByRole('button', { name: /^Size/ }).click();
		await expect.poll(() => table.getByRole('rowheader').allTextContents()).toEqual(['Q4_K_M', 'Q8_0', 'F32']);
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
	});

	test('every file answered the samples of one run, which opens with one click and leads back', async () => {
		const found = (await newest())!;
		expect(found.run).toMatchObject({ datasetName: 'Short facts', runId: expect.any(Number) });
		expect(found.rows.map(({ accuracy }) => accuracy?.metric?.n)).toEqual([4, 4, 4]);
		await page.getByRole('columnheader', { name: /^Accuracy/ }).waitFor();
		await page.getByRole('button', { name: 'See every answer' }).click();
		await page.getByRole('heading', { name: 'Short facts: tiny, 3 files' }).waitFor();
		await page.getByRole('button', { name: 'Comparison', exact: true }).click();
		await page.getByRole('table', { name: 'Measurements by file' }).waitFor();
	});

	test('the arrow keys move through the chart', async () => {
		// Measured elsewhere: on a busy computer the speeds of the tiny files are rightly not drawn.
		const { text } = exportComparison(ladderComparison(), 'json');
		const buffer = Buffer.from(text);
		const input = page.locator('input[type=file][aria-label="Comparison of another computer"]');
		await input.setInputFiles({ name: 'there.json', mimeType: 'application/json', buffer });
		await page.getByRole('button', { name: /^SmolLM2 135M Instruct, 8 files/ }).waitFor();
		const chart = page.getByRole('listbox', { name: /^Quality against speed/ });
		await chart.getByRole('option').first().focus();
		await page.keyboard.press('ArrowRight');
		const names = await chart
			.getByRole('option', { selected: true })
			.evaluateAll((marks) => marks.map((mark) => mark.getAttribute('aria-label')));
		expect(names).toHaveLength(1);
		expect(names[0]).toMatch(/^Q6_K: .* tok\/s/);
		// Deleted at once: on the page, Undo holds it back for half a minute.
		const { comparisons } = await story.client.comparisons.list();
		await story.client.comparisons.remove({ id: comparisons.find(({ title }) => title.startsWith('SmolLM2'))!.id });
		await page.reload();
		await page.getByRole('button', { name: /^tiny, 3 files/ }).waitFor();
	});

	test('the recommended file becomes the model of new conversations', async () => {
		await page.getByRole('button', { name: /^Use .* for chat$/ }).click();
		await page.getByText(/ is the default$/).waitFor();
		const { models } = await story.client.models.list();
		const { rows, verdict } = (await newest())!;
		const chosen = rows.find(({ candidateId }) => candidateId === verdict!.choose);
		expect(models.find((model) => model.default)?.id).toBe(chosen?.modelFileId);
	});

	test('chosen columns survive a reload; a file is left out and included again', async () => {
		const table = page.getByRole('table', { name: 'Measurements by file' });
		await page.getByRole('button', { name: /^Columns,/ }).click();
		await page.getByRole('menuitemcheckbox', { name: 'Load, ms' }).click();
		await table.getByRole('columnheader', { name: /^Load/ }).waitFor();
		await page.keyboard.press('Escape');
		await page.reload();
		await table.getByRole('columnheader', { name: /^Load/ }).waitFor();

		await page.getByRole('button', { name: 'More for Q4_K_M' }).click();
		await page.getByRole('menuitem', { name: 'Exclude from the comparison' }).click();
		await page.getByText('Q4_K_M excluded from the comparison').waitFor();
		await expect.poll(() => table.getByRole('rowheader').allTextContents()).toEqual(['F32', 'Q8_0']);
		await page.getByRole('button', { name: 'Include again' }).click();
		await expect.poll(() => table.getByRole('rowheader').allTextContents()).toEqual(['F32', 'Q8_0', 'Q4_K_M']);
	});

	test('added samples make all files answer more samples, and the description of the run says so', async () => {
		await page.getByRole('button', { name: 'Add samples' }).click();
		const dialog = page.getByRole('dialog', { name: 'Add samples or text' });
		await dialog.getByRole('textbox', { name: 'Samples of Short facts' }).fill('8');
		await dialog.getByRole('button', { name: 'Measure', exact: true }).click();
		await dialog.waitFor({ state: 'detached' });
		await page
			.getByText('Accuracy on Short facts v1, 8 samples, scored by includes.')
			.waitFor({ timeout: measuringMs });
		await page.getByRole('region', { name: 'Progress' }).waitFor({ state: 'detached', timeout: measuringMs });
		expect((await newest())!.rows.map(({ accuracy }) => accuracy?.metric?.n)).toEqual([8, 8, 8]);

		await page.getByRole('button', { name: 'Manifest' }).click();
		const manifest = page.getByRole('dialog', { name: 'Manifest' });
		await manifest.getByText(/reference, [\d,]+ bytes, sha256 [0-9a-f]{64}/).waitFor();
		await manifest.getByRole('button', { name: 'Copy', exact: true }).click();
		await page.getByText('Manifest copied.').waitFor();
		expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/\n {2}Dataset: Short facts v1\n/);
		expect(await axeViolations(page)).toEqual([]);
		await manifest.getByRole('button', { name: 'Close' }).click();
	}, 600_000);

	test('a comparison is exported as Markdown, and deleting it can be undone', async () => {
		await page.getByRole('button', { name: 'Copy as' }).click();
		await page.getByRole('menuitem', { name: 'Copy as Markdown' }).click();
		await page.getByText('Copied as Markdown.').waitFor();
		expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('| Q4_K_M |');
		await page.getByRole('button', { name: /^tiny, 3 files/ }).click();
		await page.getByRole('menuitem', { name: 'Delete comparison' }).click();
		await page.getByText('No comparisons yet').waitFor();
		await page.getByRole('button', { name: 'Undo' }).click();
		await page.getByRole('table', { name: 'Measurements by file' }).waitFor();
		expect(await newest()).toMatchObject({ status: 'done' });
	});

	test('an export from another computer is shown side by side; a file that is no comparison is refused', async () => {
		const { text } = await story.client.comparisons.export({ id: (await newest())!.id, format: 'json' });
		const elsewhere = { ...JSON.parse(text), conditions: { processor: 'Apple M4', cores: 10, threads: 4 } };
		const file = (content: string) => ({
			name: 'there.json',
			mimeType: 'application/json',
			buffer: Buffer.from(content),
		});
		const input = page.locator('input[type=file][aria-label="Comparison of another computer"]');
		await input.setInputFiles(file('{"rows": []}'));
		await page.getByText(/is not a comparison saved by Assay/).waitFor();
		await input.setInputFiles(file(JSON.stringify(elsewhere)));
		await page.getByText(/^From another computer: Apple M4, 10 cores/).waitFor();
		expect(await page.getByRole('button', { name: /^Use .* for chat$/ }).count()).toBe(0);
		const beside = page.getByRole('region', { name: 'Side by side with another computer' });
		await beside.getByText(/^Quality agrees, as the same weights must/).waitFor();
		await beside.getByRole('table', { name: 'Conditions on both computers' }).getByText('Apple M4').first().waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.getByRole('button', { name: /^tiny, 3 files/ }).click();
		await page.getByRole('menuitem', { name: 'Delete comparison' }).click();
		await beside.waitFor({ state: 'detached' });
	});

	test('nothing was logged, and no other host was contacted', () => {
		expect(story.faults()).toEqual(noFaults);
	});
});

/** One story with the starter model: a new user asks which file to use, and gets an answer. */
describe.skipIf(browserMissing() !== null)('which file of the starter', () => {
	let story: Story;
	let page: Page;

	beforeAll(async () => {
		story = await beginStory({ timeout: 15_000 });
		({ page } = story.watched);
		const f16 = join(story.folder, 'SmolLM2-135M-Instruct.F16.gguf');
		await writeStarterAsF16(f16);
		await story.client.models.add({ path: await starterModelPath() });
		await story.client.models.add({ path: f16 });
		await page.goto(story.host.url);
		await goTo(page, '/compare');
	}, 180_000);
	afterAll(() => story?.end());

	test('its files are ticked, a missing type is offered with its exact size, and each preset says how long it takes', async () => {
		await page.getByRole('button', { name: 'New comparison' }).click();
		const question = page.getByRole('heading', { name: /^Which file of SmolLM2 135M.* should I use\?$/ });
		await question.waitFor();
		expect(await question.evaluate((heading) => heading === document.activeElement)).toBe(true);
		await page.getByRole('button', { name: 'Cancel' }).click();
		const opener = page.getByRole('button', { name: 'New comparison' });
		await expect.poll(() => opener.evaluate((button) => button === document.activeElement)).toBe(true);
		await opener.click();
		const files = page.getByRole('group', { name: 'Files to compare' });
		await files.getByRole('checkbox', { name: /Q4_1$/, checked: true }).waitFor();
		await files.getByText('271 MB').waitFor();
		const missing = page.getByRole('group', { name: 'Quantise and include' });
		await missing.getByText('about 105 MB').waitFor();
		await missing.getByText('about 88.2 MB').waitFor();
		await missing.getByRole('checkbox', { name: 'Q4_K_M' }).check();
		const presets = page.getByRole('group', { name: 'How thorough?' });
		await presets.getByText(/^Quick$/).waitFor();
		await expect.poll(() => presets.getByText(/^about \d/).count()).toBe(3);
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		// The least that quick measures where a computer is slow, whatever it would choose on this one.
		await page.getByText('Advanced').click();
		await page.getByRole('textbox', { name: /^Chunks of each text/ }).fill('2');
		await page.getByRole('textbox', { name: /^Repetitions/ }).fill('2');
		const kinds = page.getByRole('group', { name: 'Texts to measure quality on' });
		await kinds.getByRole('checkbox', { name: 'Code' }).uncheck();
		await expect.poll(() => kinds.getByRole('checkbox', { checked: true }).count()).toBe(1);
		await page.getByRole('button', { name: 'Compare 3 files' }).click();
	});

	test('the time left is there from the first second, and figures so far are marked provisional', async () => {
		const progress = page.getByRole('region', { name: 'Progress' });
		await progress.getByText(/measurements, (about )?.* left|longer than expected/).waitFor();
		const provisional = page.getByRole('region', { name: 'Provisional result' });
		await provisional.getByText(/So far: .* picks the same next token as F16 \d+\s% of the time/).waitFor({
			timeout: measuringMs,
		});
		await provisional.getByText('Provisional', { exact: true }).waitFor();
		expect(await page.getByRole('button', { name: /^Use .* for chat$/ }).count()).toBe(0);
	}, 600_000);

	test('the verdict names a file, with the size that was predicted', async () => {
		const verdict = page.getByRole('region', { name: 'Verdict' });
		await verdict
			.getByText(/^(Use|Keep) (F16|Q4_1|Q4_K_M)/)
			.first()
			.waitFor({ timeout: measuringMs });
		const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'Q4_K_M' }) });
		await row.first().getByText('105', { exact: true }).waitFor();
		expect(await axeViolations(page)).toEqual([]);
		expect(story.faults()).toEqual(noFaults);
	}, 600_000);
});
