import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realServer } from '../electron/context/tools/open-tools.ts';
import { axeViolationsInBothThemes, browserMissing, goTo, undo } from '../support/browser.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

const isReady = browserMissing() === null && existsSync(realServer('filesystem'));

/** One story on the built browser host, with the real server-filesystem of npm. */
describe.skipIf(!isReady)('Settings, Tools', () => {
	let story: Story;
	let page: Page;
	let folder: string;

	beforeAll(async () => {
		story = await beginStory({ script: { answers: [] } });
		folder = join(story.dataFolder, 'my notes');
		mkdirSync(folder);
		writeFileSync(join(folder, 'note.txt'), 'the note');
		({ page } = story.watched);
		await page.goto(story.host.url);
		await goTo(page, '/settings/tools');
	});
	afterAll(() => story?.end());

	test('the settings mark the part that the address names, also once it is filled', async () => {
		await page.getByRole('switch', { name: 'calculator' }).waitFor();
		const link = page.getByRole('link', { name: 'Tools', exact: true });
		await expect.poll(() => link.getAttribute('aria-current')).toBe('true');
	});

	test('a built-in tool is switched on, and what it costs is said', async () => {
		await page.getByRole('switch', { name: 'calculator' }).click();
		await page.getByText(/^1 tool is on and takes about \d+ tokens/).waitFor();
		await page.getByRole('button', { name: 'What the model reads about calculator' }).click();
		await page.getByText('"expression"').waitFor();
	});

	test('a server is added by its command, read whole, approved, and offers its tools, all of them off', async () => {
		await page.getByRole('button', { name: 'Add a server' }).click();
		await page.getByRole('textbox', { name: 'Name' }).fill('Files');
		const line = `"${process.execPath}" "${realServer('filesystem')}" "${folder}"`;
		await page.getByRole('textbox', { name: 'Command with its arguments' }).fill(line);
		await page.getByRole('textbox', { name: 'Command with its arguments' }).press('Enter');
		const card = page.getByRole('article', { name: 'Files' });
		await card.getByText('waiting for your approval').waitFor();
		const words = card.getByRole('list', { name: 'Command and arguments' }).getByRole('listitem');
		expect(await words.allTextContents()).toEqual([process.execPath, realServer('filesystem'), folder]);
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await card.getByRole('button', { name: 'Approve and start Files' }).press('Enter');
		await card.getByText('connected', { exact: true }).waitFor({ timeout: 20_000 });
		expect(await card.getByRole('switch', { checked: true }).count()).toBe(1);
		await card.getByRole('button', { name: /^Show \d+ more tools/ }).click();
		await card.getByRole('switch', { name: 'read_text_file' }).click();
		await expect
			.poll(async () => (await story.client.tools.view()).tools.filter(({ isOn }) => isOn).map(({ name }) => name))
			.toEqual(['calculator', 'read_text_file']);
	});

	test('a call and a permission are listed; the permission is revoked and given back', async () => {
		const { tools } = await story.client.tools.view();
		const read = tools.find(({ name }) => name === 'read_text_file')!;
		const path = join(folder, 'note.txt');
		expect(await story.client.tools.call({ toolId: read.id, arguments: { path } })).toMatchObject({
			content: 'the note',
		});
		const pattern = { kind: 'prefix', argument: 'path', prefix: folder } as const;
		await story.client.tools.grant({ toolId: read.id, pattern, scope: 'always', conversationId: null });
		await page.getByText(`path in ${folder} · in all conversations`).waitFor();
		const log = page.getByRole('list', { name: 'Calls' });
		await log.getByText('Files › read_text_file').waitFor();
		await log.getByText(/^called by hand/).waitFor();
		await page.getByRole('button', { name: 'Revoke the permission of read_text_file' }).click();
		await expect.poll(async () => (await story.client.tools.view()).grants.length).toBe(0);
		await undo(page, 'These calls ask again');
		await expect.poll(async () => (await story.client.tools.view()).grants.length).toBe(1);
	});

	test('a server is removed and brought back with its tools', async () => {
		await page.getByRole('button', { name: 'Remove Files' }).click();
		await page.getByText('No tool servers yet').waitFor();
		await undo(page, '“Files” was removed');
		await page.getByRole('article', { name: 'Files' }).waitFor();
	});

	test('no fault was seen', () => {
		expect(story.faults()).toEqual(noFaults);
	});
});
