import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolationsInBothThemes, browserMissing, goTo, undo } from '../support/browser.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

const script = {
	answers: [
		{ when: 'Norway', steps: [{ type: 'text', text: 'Oslo.' }] },
		{ when: '7 + 5', steps: [{ type: 'text', text: 'Twelve.' }] },
	],
};

/** One story, told in order on the built browser host: each test continues where the last one ended. */
describe.skipIf(browserMissing() !== null)('a prompt, from chat to a run', () => {
	let story: Story;
	let page: Page;

	beforeAll(async () => {
		story = await beginStory({ script, timeout: 45_000 });
		({ page } = story.watched);
		await story.addTinyModel();
		await page.goto(story.host.url);
	});
	afterAll(() => story?.end());

	const main = () => page.getByRole('main');
	const dialog = () => page.getByRole('dialog');
	const prompt = () => page.getByRole('textbox', { name: /^Prompt/ });
	const preview = () => page.getByRole('region', { name: 'Preview' });
	const route = () => page.evaluate(() => location.hash);

	test('the system prompt of a conversation becomes a prompt, and leads to the form of a new run', async () => {
		await page.getByRole('textbox', { name: 'Message' }).fill('What is the capital of Norway?');
		await page.getByRole('button', { name: 'Send', exact: true }).click();
		await page.getByRole('article', { name: 'Answer', exact: true }).waitFor();
		await page.keyboard.press('Control+i');
		const system = page.getByRole('textbox', { name: /^System prompt/ });
		await system.fill('Answer with one word.');
		await system.blur();
		await page.getByRole('button', { name: 'Evaluate this prompt' }).click();
		await expect.poll(route).toMatch(/^#\/evaluate\/new\?prompt=\d+$/);
		await page.getByRole('checkbox', { name: 'Answer with one word' }).waitFor();
		const all = async () => {
			const [prompts, trash, datasets] = await Promise.all([
				story.client.prompts.list({}),
				story.client.prompts.list({ deleted: true }),
				story.client.datasets.list({}),
			]);
			return [prompts.prompts.length, trash.prompts.length, datasets.datasets.length];
		};
		const [withIt = 0, inTrash = 0, datasets = 0] = await all();
		// A reload goes on with the form; closing it leaves nothing behind.
		await page.reload();
		await page.getByRole('checkbox', { name: 'Answer with one word' }).waitFor();
		await page.getByRole('button', { name: 'Close', exact: true }).click();
		await expect.poll(all).toEqual([withIt - 1, inTrash, datasets]);
		// The page was reloaded: Chat would begin a new conversation.
		const { conversations } = await story.client.conversations.list({ limit: 1 });
		await goTo(page, `/chat/${conversations[0]?.id}`);
		await page.getByRole('button', { name: 'Evaluate this prompt' }).click();
		await expect.poll(route).toMatch(/^#\/evaluate\/new\?prompt=\d+$/);
		// Who goes on to edit it keeps it.
		await page.getByRole('link', { name: 'Prompts' }).click();
		const own = page.getByRole('region', { name: 'Yours' }).getByRole('link');
		await expect.poll(() => own.count()).toBe(1);
		expect(await own.textContent()).toContain('Answer with one word');
		await own.click();
		expect(await page.getByRole('textbox', { name: /^System prompt/ }).inputValue()).toBe('Answer with one word.');
		expect(await prompt().inputValue()).toBe('{{input}}');
	});

	test('the preview shows what the model sees for a sample, and J moves to the next', async () => {
		await preview().getByText('Answer with one word.').waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		const first = await preview().getByRole('listitem').nth(1).textContent();
		await preview().getByRole('button', { name: 'Next sample' }).focus();
		await page.keyboard.press('j');
		await preview().getByText(/^2 of/).waitFor();
		expect(await preview().getByRole('listitem').nth(1).textContent()).not.toBe(first);
		await page.keyboard.press('k');
		await preview().getByText(/^1 of/).waitFor();
	});

	test('trying a prompt stores nothing, and another sample marks the answer as outdated', async () => {
		const answer = preview().getByRole('region', { name: 'Answer' });
		await answer.getByRole('button', { name: 'Try it' }).waitFor();
		await prompt().press('Control+Enter');
		await answer.getByText('Twelve.').waitFor();
		await answer.getByText(/^\d+ tokens? · /).waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await preview().getByRole('button', { name: 'Next sample' }).focus();
		await page.keyboard.press('j');
		await answer.getByText('Outdated: the prompt or the sample has changed.').waitFor();
		await page.keyboard.press('k');
		await answer.getByText(/answers at temperature 0. Nothing is saved/).waitFor();
		const { conversations } = await story.client.conversations.list({ limit: 60 });
		expect(conversations).toHaveLength(1);
	});

	test('a variable that the sample lacks is reported while typing', async () => {
		await prompt().fill('Question: {{qestion}}');
		await preview().getByText('This sample has no').waitFor();
		await prompt().fill('Question: {{input}}\nAnswer:');
		await preview().getByText('Question: ').waitFor();
		await main().getByText('Unsaved').waitFor();
	});

	test('a draft survives a reload, and one key saves it as a new version', async () => {
		await page.reload();
		await expect.poll(() => prompt().inputValue()).toBe('Question: {{input}}\nAnswer:');
		await prompt().press('Control+s');
		await dialog().getByRole('textbox', { name: 'What changed' }).fill('asks in a frame');
		await page.keyboard.press('Enter');
		await page.getByText('Saved as v2').waitFor();
		expect(await main().getByText('Unsaved').count()).toBe(0);
	});

	test('two versions are compared word by word, and an earlier one can be edited further', async () => {
		await page.getByRole('button', { name: /^v2: compare/ }).click();
		await page.getByRole('menuitem', { name: /^v1/ }).click();
		const template = page.getByRole('region', { name: 'Prompt', exact: true });
		await template.locator('ins', { hasText: 'Question' }).waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.getByRole('button', { name: 'Start from v1' }).click();
		expect(await prompt().inputValue()).toBe('{{input}}');
		await page.getByRole('button', { name: 'Discard' }).click();
		expect(await prompt().inputValue()).toBe('Question: {{input}}\nAnswer:');
	});

	test('it can be used in chat, with its template', async () => {
		await page.getByRole('button', { name: 'Prompt actions' }).click();
		await page.getByRole('menuitem', { name: 'Use in chat' }).click();
		await dialog().getByRole('textbox', { name: 'Name' }).fill('One word');
		await page.keyboard.press('Enter');
		await page.getByText('Created the preset “One word”').waitFor();
		const { presets } = await story.client.presets.list();
		expect(presets.find(({ name }) => name === 'One word')).toMatchObject({
			systemPrompt: 'Answer with one word.',
			prompt: { template: 'Question: {{input}}\nAnswer:', technique: { kind: 'zero-shot' }, examples: [] },
		});
	});

	test('Evaluate starts a new run with the newest version', async () => {
		await main().getByRole('button', { name: 'Evaluate' }).click();
		await expect.poll(route).toMatch(/^#\/evaluate\/new\?prompt=\d+$/);
	});

	test('a deleted prompt comes back with Undo', async () => {
		await page.getByRole('link', { name: 'Prompts' }).click();
		const own = page.getByRole('region', { name: 'Yours' }).getByRole('link');
		await own.first().click();
		await page.getByRole('button', { name: 'Prompt actions' }).click();
		await page.getByRole('menuitem', { name: 'Delete' }).click();
		await expect.poll(() => own.count()).toBe(0);
		await undo(page, 'moved to the trash');
		await expect.poll(() => own.count()).toBe(1);
	});

	test('what is written in one prompt is saved in it, and another prompt stays as it was', async () => {
		// The first prompt has two versions, so the numbers of prompts and of versions are not the same.
		const make = (name: string, template: string) =>
			story.client.prompts.create({ name, template }).then(({ id, latest }) => ({ id, versionId: latest.id }));
		const a = await make('Ticket A', 'A: {{input}}');
		const b = await make('Ticket B', 'B: {{input}}');
		expect(Number(a.versionId)).toBe(Number(b.id));
		const templates = async () =>
			Promise.all(
				[a, b].map(({ id }) =>
					story.client.prompts.get({ id }).then(({ versions }) => versions.map(({ template }) => template)),
				),
			);
		await page
			.getByRole('region', { name: 'Yours' })
			.getByRole('link', { name: /^Ticket A/ })
			.click();
		await expect.poll(() => prompt().inputValue()).toBe('A: {{input}}');
		await prompt().fill('Ticket: {{input}}');
		await prompt().press('Control+s');
		await dialog().getByRole('textbox', { name: 'What changed' }).press('Enter');
		await page.getByText('Saved as v2').last().waitFor();
		expect(await templates()).toEqual([['Ticket: {{input}}', 'A: {{input}}'], ['B: {{input}}']]);
	});

	test('a new prompt starts empty, and its first text is version 1', async () => {
		await page.getByRole('button', { name: 'New prompt' }).click();
		await dialog().getByRole('textbox', { name: 'Name' }).fill('Fresh');
		await page.keyboard.press('Enter');
		await page.getByRole('heading', { level: 1, name: 'Fresh' }).waitFor();
		expect(await prompt().inputValue()).toBe('');
		expect(await page.getByRole('textbox', { name: /^System prompt/ }).inputValue()).toBe('');
		await expect.poll(() => prompt().evaluate((field) => field === document.activeElement)).toBe(true);
		await preview().getByText('Write a prompt to see what the model gets').waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.keyboard.type('Name: {{input}}', { delay: 5 });
		await prompt().press('Control+s');
		await dialog().getByRole('textbox', { name: 'What changed' }).press('Enter');
		await page.getByText('Saved as v1').waitFor();
		const { prompts } = await story.client.prompts.list({});
		expect(prompts.find(({ name }) => name === 'Fresh')).toMatchObject({
			versions: 1,
			latest: { number: 1, template: 'Name: {{input}}' },
		});
	});

	test('nothing was logged, and no other host was contacted', () => {
		expect(story.faults()).toEqual(noFaults);
	});
});
