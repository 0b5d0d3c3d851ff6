import type { Page } from 'playwright-core';
import { buildPromptVersion } from '../../fixtures/prompt.ts';
import { withTickets } from '../dataset/data.ts';
import type { FakeApplication } from '../fake-application.ts';
import { type Scene, withModel } from '../scene.ts';
import { addPrompt, withPrompts } from './data.ts';

function triage(fake: FakeApplication): string {
	withModel(fake);
	withTickets(fake.data.datasets);
	withPrompts(fake.data.prompts);
	return '/prompts/1';
}

const act = (does: (page: Page) => Promise<void>): Scene => ({
	prepare: triage,
	async act(page) {
		await does(page);
		await page.waitForTimeout(350);
	},
});

export const promptScenes: Record<string, Scene> = {
	prompts: act(async (page) => {
		await page.getByRole('region', { name: 'Preview' }).getByText('System', { exact: true }).waitFor();
	}),
	'prompts-examples': act(async (page) => {
		await page.getByRole('button', { name: /^Technique/ }).click();
		await page.getByRole('menuitemradio', { name: '3 examples' }).click();
		await page.getByText('Ticket: ').nth(2).waitFor();
	}),
	'prompts-changed': act(async (page) => {
		await page.getByRole('textbox', { name: /^Prompt/ }).fill('Sort {{tickt}} into a topic.');
		await page.getByText('This sample has no').waitFor();
	}),
	'prompts-diff': {
		prepare: triage,
		async act(page) {
			const versions = page.getByRole('region', { name: 'Versions' });
			if (!(await versions.isVisible())) await page.getByRole('button', { name: 'Show details' }).click();
			await versions.getByRole('button', { name: /^v4/ }).click();
			await page.keyboard.press('Escape');
			await page.getByRole('heading', { level: 1 }).click();
			await page.getByRole('button', { name: 'Start from v4' }).waitFor();
			await page.waitForTimeout(350);
		},
	},
	'prompts-save': act(async (page) => {
		await page.getByRole('textbox', { name: /^Prompt/ }).fill('Sort {{ticket}} into a topic.');
		await page.getByRole('button', { name: 'Save as v6' }).click();
		await page.getByRole('dialog').waitFor();
	}),
	'prompts-new': {
		prepare(fake) {
			triage(fake);
			const content = { template: '', variables: [] };
			addPrompt(fake.data.prompts, { id: 3, name: 'Reply drafts' }, [buildPromptVersion(301, 3, 1, content)]);
			return '/prompts/3';
		},
	},
	'prompts-empty': {
		prepare(fake) {
			withModel(fake);
			return '/prompts';
		},
	},
};
