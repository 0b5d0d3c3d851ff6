import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolationsInBothThemes, browserMissing, goTo } from '../support/browser.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

const script = {
	answers: [
		{ when: 'crash', steps: [{ type: 'crash', how: { signal: 'SIGABRT' }, lastWords: 'GGML_ASSERT(n > 0) failed' }] },
		{ steps: [{ type: 'text', text: 'The Volga is the longest.' }] },
	],
};

/** The log while things happen, on the built browser host with a scripted engine. */
describe.skipIf(browserMissing() !== null)('activity', () => {
	let story: Story;
	let page: Page;

	beforeAll(async () => {
		story = await beginStory({ script });
		({ page } = story.watched);
		await story.addTinyModel();
		await page.goto(story.host.url);
	});
	afterAll(() => story?.end());

	const grid = () => page.getByRole('grid', { name: 'Activity' });
	const row = (name: RegExp) => grid().getByRole('row', { name });

	async function ask(text: string): Promise<void> {
		const { conversation } = await story.client.conversations
			.send({ conversationId: null, text })
			.then(({ conversationId }) => story.client.conversations.get({ id: conversationId }));
		await expect
			.poll(async () => (await story.client.conversations.get({ id: conversation.id })).messages.at(-1)?.status)
			.not.toBe('streaming');
	}

	test('an answer, a crash and a blocked request appear as they happen', async () => {
		await page.getByRole('link', { name: 'Activity' }).click();
		await page.getByText('No activity yet').waitFor();
		await ask('Which river is the longest?');
		await row(/Answer .*Complete .*tokens, .*first token after/).waitFor();
		await row(/Load .*Loaded/).waitFor();
		await ask('Now crash.');
		await row(/Crash .*Crashed .*SIGABRT/).waitFor();
		await row(/Answer .*Failed/).waitFor();
		await page.getByRole('switch', { name: 'Block the network' }).click();
		await page.getByRole('button', { name: 'Network blocked' }).waitFor();
		await expect.poll(async () => (await story.client.settings.get()).networkBlocked).toBe(true);
		const { entries } = await story.client.hub.catalogue();
		await story.client.downloads.start({ catalogueId: entries[0]!.id });
		await row(/Request .*Blocked .*nothing was sent/)
			.first()
			.waitFor();
		await page.getByText(/^\d+ network requests? in the last 90 days\. Latest: /).waitFor();
	});

	test('by keyboard: a crash opens with its next step and the end of its log, and is copied as a row', async () => {
		await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
		await page.keyboard.press('Alt+KeyF');
		await page.keyboard.type('sigabrt');
		await expect.poll(() => grid().getByRole('row').count()).toBe(3);
		await page.getByRole('button', { name: 'Type', exact: true }).focus();
		await page.keyboard.press('Enter');
		await expect
			.poll(() => page.getByRole('columnheader', { name: 'Type' }).getAttribute('aria-sort'))
			.toBe('ascending');
		await page.keyboard.press('Enter');
		await expect.poll(() => grid().getByRole('row').nth(1).textContent()).toContain('Crash');
		await grid().getByRole('row').nth(1).focus();
		await page.keyboard.press('Enter');
		const entry = page.getByRole('complementary', { name: 'Entry' });
		await entry
			.getByText(/Send the message again|loaded again|starts by itself/)
			.first()
			.waitFor();
		await entry.getByRole('button', { name: 'Details' }).click();
		await entry.locator('pre', { hasText: 'GGML_ASSERT' }).waitFor();
		await grid().getByRole('row').nth(1).focus();
		await page.keyboard.press('Control+KeyC');
		await page.getByText('Row copied').waitFor();
		expect((await page.evaluate(() => navigator.clipboard.readText())).split('\t')).toHaveLength(5);
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.keyboard.press('Escape');
		await expect.poll(() => entry.count()).toBe(0);
	});

	test('usage counts the answers by model, as a chart and as a table', async () => {
		await page.getByText('Usage', { exact: true }).click();
		await page.getByRole('table', { name: 'Usage by model' }).getByRole('rowheader', { name: /tiny/ }).waitFor();
		await page.getByRole('img', { name: /output tokens in 30 days/ }).waitFor();
		await page.getByRole('button', { name: /: 2 answers, / }).focus();
		await page.keyboard.press('ArrowLeft');
		await expect
			.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
			.toMatch(/: 0 answers/);
		await page.getByRole('button', { name: 'Show as table' }).click();
		await expect.poll(() => page.getByRole('columnheader', { name: 'Output tokens' }).count()).toBe(2);
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
	});

	test('the log is saved, cleared and restored', async () => {
		await goTo(page, '/activity');
		await page.getByRole('button', { name: 'Show all' }).click();
		const { total } = await story.client.activity.list({ limit: 0 });
		const before = String(total + 1);
		await expect.poll(() => grid().getAttribute('aria-rowcount')).toBe(before);
		await page.getByRole('button', { name: 'Export' }).click();
		const [download] = await Promise.all([
			page.waitForEvent('download'),
			page.getByRole('menuitem', { name: /JSON/ }).click(),
		]);
		const text = await (await download.createReadStream()).toArray();
		expect(JSON.parse(Buffer.concat(text as Buffer[]).toString('utf8'))).toHaveLength(total);
		await page.getByRole('button', { name: 'Clear', exact: true }).click();
		await page.getByText('No activity yet').waitFor();
		await page.getByRole('button', { name: 'Undo' }).click();
		await expect.poll(() => grid().getAttribute('aria-rowcount')).toBe(before);
		expect(story.faults()).toEqual(noFaults);
	});
});
