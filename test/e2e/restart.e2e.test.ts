import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserMissing } from '../support/browser.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

/** One story on the built browser host, whose address is another one after each start. */
describe.skipIf(browserMissing() !== null)('what a page was left with survives a restart at another address', () => {
	let story: Story;
	let page: Page;
	let promptId: number;

	beforeAll(async () => {
		story = await beginStory();
		({ page } = story.watched);
		const { client } = story;
		await story.addTinyModel();
		await client.folders.create({ name: 'At sea' });
		await client.folders.create({ name: 'On land' });
		({ id: promptId } = await client.prompts.create({
			name: 'Triage',
			system: '',
			template: 'Sort {{input}}',
			example: '',
		}));
		await page.goto(story.host.url);
	});
	afterAll(() => story?.end());

	const composer = () => page.getByRole('textbox', { name: 'Message' });
	const folder = (name: string) =>
		page.getByRole('list', { name: 'Conversations' }).getByRole('button', { name: new RegExp(`^${name}`) });
	const template = () => page.getByRole('textbox', { name: /^Prompt/ });

	test('drafts, the text of a prompt, open folders and the theme', async () => {
		await folder('At sea').click();
		await expect.poll(() => folder('At sea').getAttribute('aria-expanded')).toBe('true');
		await story.client.settings.set({ theme: 'dark' });
		await composer().fill('half a thought');
		await page.evaluate((hash) => {
			location.hash = hash;
		}, `#/prompts/${promptId}`);
		await template().fill('Rank {{input}}');
		await expect.poll(async () => (await story.client.prompts.drafts()).drafts.length).toBe(1);
		await expect.poll(async () => (await story.client.drafts.list()).drafts.length).toBe(1);
		await expect.poll(async () => (await story.client.settings.get()).openFolderIds.length).toBe(1);

		const before = story.host.url;
		await story.restart();
		expect(new URL(story.host.url).origin).not.toBe(new URL(before).origin);
		page = await story.openPage();
		await page.goto(story.host.url);

		await expect.poll(() => composer().inputValue()).toBe('half a thought');
		await expect.poll(() => folder('At sea').getAttribute('aria-expanded')).toBe('true');
		expect(await folder('On land').getAttribute('aria-expanded')).toBe('false');
		await expect.poll(() => page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
		await page.evaluate((hash) => {
			location.hash = hash;
		}, `#/prompts/${promptId}`);
		await expect
			.poll(() =>
				template()
					.textContent()
					.then(async (text) => text || template().inputValue()),
			)
			.toContain('Rank');
		expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
		expect(story.faults()).toEqual(noFaults);
	});

	test('a reload at once after the last key loses nothing', async () => {
		await template().fill('Rank {{input}} again');
		await page.reload();
		await expect
			.poll(() =>
				template()
					.textContent()
					.then(async (text) => text || template().inputValue()),
			)
			.toContain('again');
	});
});
