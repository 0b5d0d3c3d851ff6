import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolationsInBothThemes, browserMissing, goTo, undo } from '../support/browser.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

const script = { answers: [{ steps: [{ type: 'text', text: 'The Volga.' }] }] };

/** One story on the built browser host: what other programs find, and how they find it. */
describe.skipIf(browserMissing() !== null)('Settings, Server', () => {
	let story: Story;
	let page: Page;

	beforeAll(async () => {
		story = await beginStory({ script });
		({ page } = story.watched);
		await story.addTinyModel();
		await story.client.presets.create({ name: 'Terse', systemPrompt: 'Be brief.', sampling: {} });
		await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
		await page.goto(story.host.url);
		await goTo(page, '/settings/server');
	});
	afterAll(() => story?.end());

	const aliases = () => page.getByRole('list', { name: 'Aliases' }).getByRole('listitem');
	const stored = async () =>
		(await story.client.server.aliases()).aliases.map(({ name, source }) => [name, source.kind]);

	test('an alias is set with a preset, changed, taken back by undo and by its history, and removed', async () => {
		await page.getByRole('textbox', { name: 'New alias' }).fill('two words');
		await page.getByText('Letters, digits and . _ : / @ + -, without spaces').waitFor();
		await page.getByRole('textbox', { name: 'New alias' }).fill('gpt-4o');
		await page.getByRole('combobox', { name: 'Preset of the alias' }).selectOption('Terse');
		await page.getByRole('button', { name: 'Set alias' }).click();
		await aliases().filter({ hasText: 'gpt-4o' }).getByText('with the preset “Terse”').waitFor();
		expect(await stored()).toEqual([['gpt-4o', 'preset']]);

		await page.getByRole('textbox', { name: 'New alias' }).fill('GPT-4o');
		await page.getByRole('combobox', { name: 'Preset of the alias' }).selectOption('No preset');
		await page.getByRole('textbox', { name: 'New alias' }).press('Enter');
		await expect.poll(stored).toEqual([['GPT-4o', 'none']]);
		await undo(page, '“GPT-4o” now answers with');
		await expect.poll(stored).toEqual([['gpt-4o', 'preset']]);

		await page.getByRole('button', { name: 'History of gpt-4o' }).click();
		const earlier = page.getByRole('menuitem');
		await earlier.first().waitFor();
		expect(await earlier.count()).toBe(2);
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await earlier.first().click();
		await expect.poll(stored).toEqual([['GPT-4o', 'none']]);

		await page.getByRole('button', { name: 'Remove GPT-4o' }).click();
		await expect.poll(stored).toEqual([]);
		await expect.poll(() => aliases().count()).toBe(0);
	});

	test('the configuration of an agent is copied for its program, and starts Assay', async () => {
		await page.getByRole('button', { name: 'Copy configuration for …' }).click();
		expect(await page.getByRole('menuitem').allTextContents()).toEqual([
			'Claude Desktop',
			'VS Code',
			'Cursor',
			'LM Studio',
		]);
		await page.getByRole('menuitem', { name: 'VS Code' }).click();
		await page.getByText('Copied for VS Code. Put it into .vscode/mcp.json.').waitFor();
		const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText())) as {
			servers: { assay: { command: string; args: string[] } };
		};
		const { command, args } = copied.servers.assay;
		expect(command).toBe(process.execPath);
		expect(args.slice(1)).toEqual(['mcp', '--data', story.dataFolder]);
		expect(args[0]).toMatch(/cli\.(js|ts)$/);
	});

	test('no fault was seen', () => {
		expect(story.faults()).toEqual(noFaults);
	});
});
