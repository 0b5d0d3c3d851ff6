import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserMissing, goTo, launchBrowser, rendererFolder, watchedPage } from '../support/browser.ts';
import { addConversation, addMessage, generationFacts } from '../support/fake-application/data.ts';
import { serveFake } from '../support/fake-application/host.ts';
import { buildLoadedState, buildModelFile } from '../support/fixtures/model.ts';

/** Returns the visible words highlighted as matches, with the number of their message. */
function seenMarks(page: Page): Promise<string[]> {
	return page.evaluate(() => {
		const box = document.querySelector('[data-messages]')!.getBoundingClientRect();
		return [...(CSS.highlights.get('found') ?? [])].flatMap((range) => {
			if (!(range instanceof Range)) return [];
			const { top, bottom } = range.getBoundingClientRect();
			const row = range.startContainer.parentElement?.closest('[data-message]')?.getAttribute('data-message');
			return top >= box.top && bottom <= box.bottom ? [`${row}: ${range.toString()}`] : [];
		});
	});
}

describe.skipIf(browserMissing() !== null)('moving around Chat by keyboard', () => {
	let browser: Browser;
	beforeAll(async () => {
		browser = await launchBrowser();
	});
	afterAll(() => browser.close());

	test('a user types at once, goes to another screen and back, and finds words far up in a long conversation', async () => {
		const host = await serveFake(rendererFolder);
		host.fake.data.models = [buildModelFile(1)];
		host.fake.data.states.set(1, buildLoadedState(1));
		const { id } = addConversation(host.fake.data, 'Long one', Date.now());
		let early = 0;
		for (let turn = 0; turn < 60; turn += 1) {
			addMessage(host.fake.data, id, { content: `Question ${turn}` });
			const content = `${'A line of the answer.\n\n'.repeat(40)}${turn === 3 || turn === 58 ? 'The Kettle boils.' : ''}`;
			const answer = addMessage(host.fake.data, id, { role: 'assistant', content, generation: generationFacts() });
			if (turn === 3) early = answer.id;
		}
		const { page, problems } = await watchedPage(browser);
		const composer = page.getByRole('textbox', { name: 'Message' });
		await page.goto(host.url);
		await composer.waitFor();
		await page.keyboard.type('Hi');
		await expect.poll(() => composer.inputValue()).toBe('Hi');

		await goTo(page, `/chat/${id}`);
		await page.getByText('Question 59').waitFor();
		await page.getByRole('link', { name: 'Activity' }).click();
		await page.getByRole('heading', { name: 'Activity' }).waitFor();
		await page.getByRole('link', { name: 'Chat' }).click();
		await page.getByText('Question 59').waitFor();

		await page.keyboard.press('Alt+Shift+KeyF');
		const field = page.getByRole('textbox', { name: 'Find in this conversation' });
		await field.pressSequentially('kettle');
		await page.getByText('2 of 2 messages').waitFor();
		await field.press('Enter');
		await page.getByText('1 of 2 messages').waitFor();
		await expect.poll(() => seenMarks(page)).toEqual([`${early}: Kettle`]);
		await field.fill('teapot');
		await page.getByText('No results').waitFor();
		await field.press('Escape');
		await field.waitFor({ state: 'detached' });
		await page.keyboard.type('Well');
		await expect.poll(() => composer.inputValue()).toBe('Well');
		expect(problems).toEqual([]);
		await page.context().close();
		await host.close();
	});
});
