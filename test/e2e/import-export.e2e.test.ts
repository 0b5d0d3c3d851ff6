import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allPayloads } from '../renderer/hostile/payloads/index.ts';
import { axeViolations, browserMissing, watchedPage } from '../support/browser.ts';
import { chatGptConversation, writeChatGptExport } from '../support/chat-gpt-export.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

const hostileTitle = '<img src=x onerror="globalThis.__attacked=1">';

/** Three conversations: one whose every text is an attack, one starred, one without any text. */
function smallExport(turns: number): string {
	const message = (id: string, parent: string | null, role: string, text: string) => ({
		id,
		parent,
		message: { author: { role }, create_time: 1_750_000_000, content: { content_type: 'text', parts: [text] } },
	});
	const attack = {
		title: hostileTitle,
		create_time: 1_750_000_000,
		conversation_id: 'attack',
		current_node: 'b',
		mapping: {
			q: message('q', null, 'user', allPayloads.slice(0, 40).join('\n\n')),
			a: message('a', 'q', 'assistant', 'First version'),
			b: message('b', 'q', 'assistant', allPayloads.join('\n\n')),
		},
	};
	const starred = { ...chatGptConversation(1, turns, 80), title: 'A quiet town', is_starred: true };
	return JSON.stringify([attack, starred, { title: 'Empty', create_time: 1, mapping: {} }]);
}

/** One story, told in order on the built browser host: each test continues where the one before it ended. */
describe.skipIf(browserMissing() !== null)('importing and exporting', () => {
	let story: Story;
	let page: Page;

	beforeAll(async () => {
		story = await beginStory({ timeout: 40_000 });
		({ page } = story.watched);
		await story.addTinyModel();
		await page.goto(story.host.url);
		await page.getByRole('textbox', { name: 'Message' }).waitFor();
	});
	afterAll(() => story?.end());

	/** Excludes the palette and a dialog that is fading out. */
	const dialog = () => page.locator('[role=dialog][data-open]:not([aria-label])');
	const rows = () => page.getByRole('list', { name: 'Conversations' }).getByRole('link');

	async function command(name: string): Promise<void> {
		await page.keyboard.press('Control+KeyK');
		await page.getByRole('combobox').fill(name);
		await page.getByRole('option', { name }).first().click();
		await dialog().waitFor();
	}

	async function choose(name: string, content: string | null): Promise<void> {
		await command('Import conversations');
		if (content !== null) writeFileSync(join(story.folder, name), content);
		await dialog().getByLabel('Files to import').setInputFiles(join(story.folder, name));
	}

	test('a file is previewed before anything changes', async () => {
		await choose('conversations.json', smallExport(4));
		await page.getByText('2 new conversations').waitFor();
		await page.getByText(hostileTitle).waitFor();
		await page.getByRole('button', { name: '1 item can’t be imported' }).click();
		await page.getByText('it has no text').waitFor();
		expect(await axeViolations(page)).toEqual([]);
		expect((await story.client.conversations.list({ limit: 10 })).conversations).toEqual([]);
	});

	test('a finished import says what came in and links to it; nothing in it runs', async () => {
		await page.getByRole('button', { name: 'Import 2 conversations' }).click();
		await page.getByText('2 conversations imported').waitFor();
		expect(await axeViolations(page)).toEqual([]);
		await dialog().getByRole('link', { name: hostileTitle }).click();
		await page.getByRole('heading', { name: hostileTitle, level: 1 }).waitFor();
		await page.getByText('2/2').waitFor();
		await expect.poll(() => rows().count()).toBe(2);
		expect(await page.evaluate(() => '__attacked' in globalThis)).toBe(false);
	});

	test('a second import finds nothing new, and a longer export adds only its new messages', async () => {
		await choose('conversations.json', null);
		await page.getByText('Nothing new to import').first().waitFor();
		await page.getByRole('button', { name: 'Cancel' }).click();
		await choose('later.json', smallExport(6));
		await page.getByText('1 conversation with new messages').waitFor();
		await page.getByRole('button', { name: 'Import 1 conversation' }).click();
		await dialog().getByRole('link', { name: 'A quiet town' }).click();
		await page.getByRole('heading', { name: 'A quiet town', level: 1 }).waitFor();
		await expect.poll(() => page.getByRole('article', { name: 'Answer', exact: true }).count()).toBe(3);
		expect(await page.getByText('gpt-4o, imported').count()).toBe(3);
		expect(await rows().count()).toBe(2);
	});

	test('a file that is no export is refused with a next step', async () => {
		await choose('recipes.json', '{"recipes":[1,2,3]}');
		await page.getByText('The file recipes.json is not a conversation export').waitFor();
		expect(await axeViolations(page)).toEqual([]);
		await page.getByRole('button', { name: 'Close' }).last().click();
	});

	test('a large import shows its progress, continues in the background, and leaves nothing when cancelled', async () => {
		await writeChatGptExport(join(story.folder, 'large.json'), 12_000_000);
		await choose('large.json', null);
		await page.getByRole('button', { name: /^Import 1,\d+ conversations/ }).click();
		await dialog().getByRole('progressbar').waitFor();
		await page.getByRole('button', { name: 'Run in background' }).click();
		await page.getByRole('button', { name: /^Importing/ }).click();
		await page.getByRole('button', { name: 'Cancel import' }).click();
		await page.getByText('Import cancelled. Nothing was imported.').waitFor();
		expect(await rows().count()).toBe(2);
		expect(readdirSync(join(story.dataFolder, 'exchange', 'in'))).toEqual([]);
	});

	test('everything is exported as one document that can be imported again', async () => {
		await command('Export all conversations');
		expect(await axeViolations(page)).toEqual([]);
		await page.getByRole('radio', { name: 'JSON' }).check();
		const [file] = await Promise.all([
			page.waitForEvent('download'),
			page.getByRole('button', { name: 'Export all' }).click(),
		]);
		expect(file.suggestedFilename()).toMatch(/^assay-2-conversations-.+\.json$/);
		const path = join(story.folder, 'exported.json');
		await file.saveAs(path);
		const { conversations } = JSON.parse(readFileSync(path, 'utf8')) as { conversations: { title: string }[] };
		expect(conversations.map(({ title }) => title).sort()).toEqual([hostileTitle, 'A quiet town']);
		await page.getByText(/2 conversations exported/).waitFor();
		await expect.poll(() => readdirSync(join(story.dataFolder, 'exchange', 'out'))).toEqual([]);
		await choose('exported.json', null);
		await page.getByText('Nothing new to import').first().waitFor();
		await page.getByRole('button', { name: 'Cancel' }).click();
	});

	test('an exported page holds the conversation, runs nothing and contacts nobody', async () => {
		await page.getByRole('link', { name: hostileTitle }).click();
		await page.getByRole('heading', { name: hostileTitle, level: 1 }).waitFor();
		await command('Export this conversation');
		await page.getByRole('radio', { name: 'Web page' }).check();
		const [file] = await Promise.all([
			page.waitForEvent('download'),
			page.getByRole('button', { name: 'Export 1 conversation' }).click(),
		]);
		const path = join(story.folder, 'page.html');
		await file.saveAs(path);
		const exported = await watchedPage(story.browser);
		const asked: string[] = [];
		exported.page.on('request', (request) => asked.push(request.url()));
		await exported.page.goto(pathToFileURL(path).href);
		expect(await exported.page.locator('h1.title').textContent()).toBe(hostileTitle);
		expect(await exported.page.locator('article').count()).toBe(2);
		expect(await exported.page.locator('script, iframe, img, object, embed, form, link, svg').count()).toBe(0);
		expect(await exported.page.evaluate(() => '__attacked' in globalThis)).toBe(false);
		expect(asked).toEqual([pathToFileURL(path).href]);
		expect(exported.problems).toEqual([]);
		expect(await axeViolations(exported.page)).toEqual([]);
	});

	test('nothing was logged, and no other host was contacted', () => {
		expect(story.faults()).toEqual(noFaults);
	});
});
