import type { Page } from 'playwright-core';
import type { FakeApplication } from './fake-application.ts';
import { type Scene, withHistory } from './scene.ts';

const conversation = (fake: FakeApplication) => `/chat/${withHistory(fake).conversationId}`;

const wide = (page: Page) => page.viewportSize()!.width >= 820;

async function search(page: Page, text: string): Promise<void> {
	if (!wide(page)) await page.getByRole('button', { name: 'Show conversations' }).click();
	await page.getByRole('textbox', { name: 'Search conversations' }).fill(text);
	await page.waitForTimeout(350);
}

/** The list during a search. */
export const searchScenes: Record<string, Scene> = {
	'search-found': { prepare: conversation, act: (page) => search(page, 'light') },
	'search-nothing': { prepare: conversation, act: (page) => search(page, 'zanzibar') },
	'search-filtered': { prepare: conversation, act: (page) => search(page, 'light from:model after:30d') },
	'search-wrong-filter': { prepare: conversation, act: (page) => search(page, 'light on:someday') },
	'search-filter-menu': {
		prepare: conversation,
		async act(page) {
			await search(page, 'light');
			await page.getByRole('button', { name: 'Filter the search' }).click();
			await page.getByRole('menuitem', { name: 'Tag' }).click();
			await page.getByRole('menuitem', { name: /physics/ }).waitFor();
			await page.waitForTimeout(300);
		},
	},
	'search-palette': {
		prepare: conversation,
		async act(page) {
			await page.keyboard.press('Control+KeyK');
			await page.getByRole('combobox').fill('light');
			await page.waitForTimeout(400);
		},
	},
};
