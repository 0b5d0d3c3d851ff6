import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunSummary } from '../../electron/contract/evaluation/schema.ts';
import {
	axeViolations,
	axeViolationsInBothThemes,
	browserMissing,
	goTo,
	undo,
	undoButton,
} from '../support/browser.ts';
import { noteNotifications } from '../support/notifications.ts';
import { starterModelPath } from '../support/starter-model.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

/** Long enough for a few hundred tokens on two shared cores; ms. */
const measuringMs = 150_000;

/** One story, told in order with the real starter model: each test continues where the last one ended. */
describe.skipIf(browserMissing() !== null)('evaluate', () => {
	let story: Story;
	let page: Page;
	let notifications: Awaited<ReturnType<typeof noteNotifications>>;

	beforeAll(async () => {
		story = await beginStory({ timeout: 20_000 });
		({ page } = story.watched);
		await story.client.models.add({ path: await starterModelPath() });
		notifications = await noteNotifications(page);
		await page.goto(story.host.url);
		await goTo(page, '/evaluate');
	});
	afterAll(() => story?.end());

	const runs = (): Promise<readonly RunSummary[]> =>
		story.client.evaluations.list({ trash: false }).then(({ runs: found }) => found);
	const newest = async () => (await runs())[0];
	const list = () => page.getByRole('complementary', { name: 'Runs' });
	const dock = () => page.getByRole('region', { name: /^(Running|Not finished): / });
	const matrix = () => page.getByRole('table', { name: /95 % intervals$/ });

	test('before the first run, starter datasets are offered, and one click runs one', async () => {
		await page.getByText('No runs yet').waitFor();
		await expect
			.poll(() => list().getByRole('region', { name: 'Starter sets' }).getByRole('button').count())
			.toBeGreaterThan(3);
		expect(await axeViolations(page)).toEqual([]);
		await list()
			.getByRole('button', { name: /^Run Arithmetic/ })
			.click();
		await page.getByRole('heading', { level: 1, name: 'The question alone vs Word problem on Arithmetic' }).waitFor();
		await dock().getByRole('button', { name: 'Pause' }).waitFor();
		const begun = await newest();
		expect(begun?.arms.map(({ prompt }) => prompt.name)).toEqual(['The question alone', 'Word problem']);
		expect(begun?.scorers).toEqual(['numeric']);
		await list()
			.getByRole('progressbar', { name: /Arithmetic$/ })
			.waitFor();
		// A time left is known before the first answer, and says what it is based on.
		await dock()
			.getByText(/left|longer than expected/)
			.first()
			.waitFor();
	}, 90_000);

	test('a stopped run keeps its results; deleted by key, it comes back with Undo', async () => {
		await dock().getByRole('button', { name: 'Stop' }).click();
		await expect.poll(async () => (await newest())?.status, { timeout: measuringMs }).toBe('cancelled');
		await list().getByText('Ended early').waitFor();
		const row = list().getByRole('link', { name: /on Arithmetic/ });
		await row.focus();
		await page.keyboard.press('Delete');
		await row.waitFor({ state: 'detached' });
		expect(await runs()).toEqual([]);
		await page.getByRole('button', { name: 'Undo' }).click();
		await row.waitFor();
		await row.focus();
		await page.keyboard.press('Delete');
		await row.waitFor({ state: 'detached' });
	}, 200_000);

	test('a run is planned by keyboard: the estimate follows, and it cannot start while something is missing', async () => {
		await list().getByRole('button', { name: 'New run' }).press('Enter');
		await page.getByRole('heading', { level: 1, name: 'New run' }).waitFor();
		const takes = page.getByRole('complementary', { name: 'Estimate' });
		await page.getByRole('button', { name: /^Dataset:/ }).press('Enter');
		await page.getByRole('menuitemradio', { name: /^Arithmetic/ }).press('Enter');
		await takes.getByText('2 combinations').waitFor();
		await page.getByRole('textbox', { name: 'At most' }).first().fill('8');
		await expect
			.poll(() =>
				takes
					.getByText(/^Model calls/)
					.locator('..')
					.textContent(),
			)
			.toContain('16');
		// Another screen in between loses nothing.
		await page.keyboard.press('Alt+Digit3');
		await page.waitForURL(/#\/compare/);
		await page.keyboard.press('Alt+Digit2');
		await list().getByRole('button', { name: 'New run' }).press('Enter');
		await expect.poll(() => page.getByRole('textbox', { name: 'At most' }).first().inputValue()).toBe('8');
		await takes.getByText('2 combinations').waitFor();

		const prompt = page.getByRole('checkbox', { name: 'Word problem' });
		await prompt.press('Space');
		await takes.getByText('1 combination').waitFor();
		expect(await prompt.evaluate((box) => box === document.activeElement)).toBe(true);
		await prompt.press('Space');
		await page.getByRole('checkbox', { name: 'SmolLM2 135M Instruct Q4_1' }).uncheck();
		await takes.getByText(/^Choose a model/).waitFor();
		expect(await takes.getByRole('button', { name: 'Start run' }).getAttribute('aria-disabled')).toBe('true');
		await page.getByRole('checkbox', { name: 'SmolLM2 135M Instruct Q4_1' }).check();

		const add = page.getByRole('button', { name: 'Add criterion' });
		await add.press('Enter');
		await page.getByRole('button', { name: /^Remove numeric/ }).press('Enter');
		await expect.poll(() => add.evaluate((button) => button === document.activeElement)).toBe(true);
		await add.press('Enter');
		await page.getByRole('textbox', { name: 'At most' }).nth(1).fill('24');
		await page.getByRole('textbox', { name: 'Threads' }).fill('1');
		await page.getByRole('textbox', { name: 'Parallel samples' }).fill('4');
		await page.getByRole('textbox', { name: 'Threads' }).press('Tab');
		expect(await axeViolationsInBothThemes(page)).toEqual([]);

		// A new prompt is named over the form, whose keys rest meanwhile.
		const newPrompt = page.getByRole('main').getByRole('button', { name: 'New prompt' });
		await newPrompt.press('Enter');
		await page
			.getByRole('dialog', { name: 'New prompt' })
			.getByRole('textbox', { name: 'Name' })
			.press('Control+Enter');
		await page.keyboard.press('Escape');
		await expect.poll(() => newPrompt.evaluate((button) => button === document.activeElement)).toBe(true);
		expect(page.url()).toMatch(/evaluate\/new$/);

		// The focus is on the screen itself after it opened.
		await page.getByRole('main').focus();
		await page.keyboard.press('Control+Enter');
		await page.getByRole('heading', { level: 1, name: /Arithmetic/ }).waitFor();
	}, 120_000);

	test('rows appear as they are measured; a paused run stops and resumes where it was', async () => {
		await expect.poll(async () => (await newest())?.progress.done, { timeout: measuringMs }).toBeGreaterThan(0);
		await dock().getByRole('table', { name: 'Newest answers' }).getByRole('row').first().waitFor();
		await dock().getByRole('button', { name: 'Pause' }).click();
		await dock().getByRole('button', { name: 'Resume' }).waitFor({ timeout: 60_000 });
		const paused = await newest();
		expect(paused?.status).toBe('paused');
		await list().getByRole('region', { name: 'Paused' }).waitFor();
		await page.waitForTimeout(1_500);
		expect((await newest())?.progress.done).toBe(paused?.progress.done);
		await dock()
			.getByRole('status')
			.getByText(/is paused$/)
			.waitFor();
		await dock().getByRole('button', { name: 'Notify me' }).click();
		await page.getByText('You will be notified when the run ends.').waitFor();
		await dock().getByRole('button', { name: 'Resume' }).click();
		await expect.poll(async () => (await newest())?.status, { timeout: measuringMs }).toBe('done');
		await page.getByText(/ is done\.$/).waitFor();
		await expect.poll(() => notifications.shown()).toEqual([{ title: `${paused?.name} is done`, body: '16 answers' }]);
		await dock().waitFor({ state: 'detached' });
	}, 400_000);

	test('the result begins with a verdict that claims no more than the samples show, and offers more of them', async () => {
		const done = (await newest())!;
		const share = (100 * done.arms[0]!.metrics.numeric!.value).toFixed(1);
		await matrix()
			.getByRole('button', { name: new RegExp(`^The question alone.*${share}`) })
			.waitFor();
		expect(await matrix().getByText('Baseline').count()).toBe(1);
		const verdict = page.getByRole('region', { name: /against/ });
		await verdict.getByText(/^(Can’t tell yet|No difference found)/).waitFor();
		await verdict.getByText(/^Same 8 samples/).waitFor();
		expect(await matrix().getByText('Best').count()).toBe(0);
		await verdict.getByRole('button', { name: 'Add samples' }).click();
		await page.getByRole('heading', { level: 1, name: 'New run' }).waitFor();
		await expect
			.poll(() => page.getByRole('textbox', { name: 'At most' }).first().inputValue().then(Number))
			.toBeGreaterThan(8);
		await page.goBack();
		await matrix().waitFor();
		await page.getByRole('img', { name: /^Differences in points: / }).waitFor();
		await page.getByRole('button', { name: 'Show as table' }).click();
		await page.getByRole('table', { name: /^Differences in points/ }).waitFor();
		await page.getByRole('button', { name: 'Show as chart' }).click();
		await page
			.locator('label')
			.filter({ hasText: /^Criteria/ })
			.click();
		await page.getByRole('columnheader', { name: 'numeric at least 80 %' }).waitFor();
		await page
			.locator('label')
			.filter({ hasText: /^Tokens and time/ })
			.click();
		await page.getByRole('table', { name: 'Tokens and time' }).getByRole('row').nth(2).waitFor();
		await page
			.locator('label')
			.filter({ hasText: /^Samples/ })
			.click();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
	}, 90_000);

	test('J, K and the arrow keys walk the samples, with outputs, scores and prompts side by side', async () => {
		await page.locator('label').filter({ hasText: /^All/ }).click();
		const grid = page.getByRole('grid', { name: 'Samples' });
		await expect.poll(() => grid.getByRole('row').count()).toBe(9);
		await grid.getByRole('row').nth(1).click();
		const sample = page.getByRole('region', { name: 'Sample', exact: true });
		const title = () => sample.getByRole('heading', { level: 2 }).textContent();
		const first = await title();
		await page.keyboard.press('j');
		await expect.poll(title).not.toBe(first);
		await page.keyboard.press('k');
		await expect.poll(title).toBe(first);
		await grid.getByRole('row').nth(1).focus();
		await page.keyboard.press('End');
		await expect.poll(() => grid.getByRole('row').last().getAttribute('aria-selected')).toBe('true');
		await sample
			.getByRole('region', { name: 'Answer of Word problem' })
			.getByText(/prompt tokens, .* output/)
			.waitFor();
		await sample.getByText('Prompts sent', { exact: true }).click();
		await sample
			.getByRole('region', { name: 'Prompt of Word problem' })
			.getByText(/step by step/)
			.waitFor();
		await sample.getByText('Outputs', { exact: true }).click();
	}, 90_000);

	test('all outputs stand in a grid that keys walk, with a sample opened beside it', async () => {
		await page.getByText('Grid', { exact: true }).click();
		const grid = page.getByRole('grid', { name: 'All outputs' });
		await expect.poll(() => grid.getByRole('row').count()).toBe(9);
		expect(await grid.getByRole('columnheader').allTextContents()).toEqual([
			'#',
			'Input',
			expect.stringContaining('The question alone'),
			expect.stringContaining('Word problem'),
		]);
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await grid.getByRole('row').nth(1).focus();
		await page.keyboard.press('ArrowDown');
		await page.keyboard.press('Enter');
		await page.getByRole('heading', { level: 2, name: 'Sample 2' }).waitFor();
		await page.getByRole('button', { name: 'Close the sample' }).click();
		await page.getByText('Pair', { exact: true }).click();
	}, 90_000);

	test('an output is scored by hand, shown as a score of its own, and Undo reverts it', async () => {
		const sample = page.getByRole('region', { name: 'Sample', exact: true });
		const right = sample.getByRole('button', { name: 'Right: Word problem', exact: true });
		await right.click();
		await page.getByText('You scored Word problem right.').waitFor();
		await expect.poll(() => right.getAttribute('aria-pressed')).toBe('true');
		await page.getByText('By hand', { exact: true }).waitFor();
		expect((await newest())?.scorers).toEqual(['numeric', 'human']);
		await undo(page, /^You scored Word problem/);
		await expect.poll(async () => (await newest())?.scorers).toEqual(['numeric']);
		await expect.poll(() => right.getAttribute('aria-pressed')).toBe('false');
	}, 90_000);

	test('a corrected target goes into the draft of the dataset, and Undo reverts it', async () => {
		const draftOf = async () =>
			(await story.client.datasets.list({})).datasets.find(({ name }) => name === 'Arithmetic')!.latest;
		await page.getByRole('button', { name: 'Correct target' }).click();
		await page.getByRole('textbox', { name: 'Target' }).fill('4711');
		await page.keyboard.press('Control+Enter');
		await page.getByText(/^Corrected in the draft of Arithmetic/).waitFor();
		expect((await draftOf()).frozenAt).toBeNull();
		const correct = page.getByRole('button', { name: 'Correct target' });
		await expect.poll(() => correct.evaluate((button) => button === document.activeElement)).toBe(true);
		await undoButton(page, /^Corrected in the draft/).press('Enter');
		await expect.poll(() => correct.evaluate((button) => button === document.activeElement)).toBe(true);
		await expect
			.poll(async () => {
				const { id: versionId } = await draftOf();
				return (await story.client.datasets.samples.list({ versionId, filter: { text: '4711' } })).rows.length;
			})
			.toBe(0);
	}, 90_000);

	test('rerun exactly and compared, the two runs differ in no sample', async () => {
		await page.getByRole('button', { name: 'Rerun' }).click();
		await expect.poll(async () => (await runs()).length).toBe(2);
		await expect.poll(async () => (await newest())?.status, { timeout: measuringMs }).toBe('done');
		const [again, before] = await runs();
		expect([again?.repeatOf, again?.manifestHash]).toEqual([before?.id, before?.manifestHash]);
		const rows = list().getByRole('link', { name: /^(?!.*Ended)/ });
		await rows.first().focus();
		await page.keyboard.press('c');
		await page.keyboard.press('ArrowDown');
		await page.keyboard.press('c');
		await list().getByRole('button', { name: 'Compare' }).click();
		await page.getByRole('heading', { level: 1, name: 'Two runs' }).waitFor();
		await page
			.getByText(/no difference found/i)
			.first()
			.waitFor();
		await expect
			.poll(() =>
				page
					.locator('label')
					.filter({ hasText: /^Different/ })
					.textContent(),
			)
			.toBe('Different0');
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.getByRole('button', { name: 'Close' }).first().click();
		await matrix().waitFor();
	}, 400_000);

	test('the better combination becomes the default of new conversations, and Undo reverts it', async () => {
		await page.getByRole('button', { name: /^(?:Make .* the default|Use “)/ }).click();
		await page.getByText(/^New conversations use/).waitFor();
		await undo(page, /^New conversations use/);
		await expect.poll(async () => (await story.client.settings.get()).defaultPresetId).toBeNull();
	}, 60_000);

	test('a run is exported as JSON', async () => {
		await page.getByRole('button', { name: 'More for this run' }).click();
		await page.getByRole('menuitem', { name: 'Export' }).hover();
		const [download] = await Promise.all([
			page.waitForEvent('download'),
			page.getByRole('menuitem', { name: /^JSON/ }).click(),
		]);
		const text = readFileSync(await download.path(), 'utf8');
		expect(JSON.parse(text)).toMatchObject({ run: { scorers: ['numeric'] } });
	}, 60_000);

	test('a narrow window shows everything without sideways scrolling, with reduced motion', async () => {
		await page.setViewportSize({ width: 900, height: 600 });
		await page.emulateMedia({ reducedMotion: 'reduce' });
		await matrix().waitFor();
		const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		expect(over).toBeLessThanOrEqual(0);
		await page.getByRole('grid', { name: 'Samples' }).scrollIntoViewIfNeeded();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
	}, 60_000);

	test('nothing was logged, and no other host was contacted', () => {
		expect(story.faults()).toEqual(noFaults);
	});
});
