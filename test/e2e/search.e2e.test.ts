import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeDatabase, connect } from '../../electron/database/connect.ts';
import type { WritableDatabase } from '../../electron/database/database.ts';
import { defaultMigrationsFolder, migrate, readMigrations } from '../../electron/database/migrations.ts';
import { run, transaction } from '../../electron/database/sql.ts';
import { axeViolations, axeViolationsInBothThemes, browserMissing, goTo } from '../support/browser.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

const now = Date.now();
const day = 86_400_000;

/** Two months of conversations: birds in many of them, one long, one with a second branch, one in Japanese. */
function fill(database: WritableDatabase): void {
	const add = (
		conversationId: number,
		parentId: number | null,
		role: 'user' | 'assistant',
		content: string,
		at: number,
	) =>
		run(
			database,
			`INSERT INTO messages (conversation_id, parent_id, role, status, content, created_at, completed_at)
			 VALUES (:conversationId, :parentId, :role, 'complete', :content, :at, :at)`,
			{ conversationId, parentId, role, content, at },
		).id;
	const begin = (title: string, at: number) =>
		run(database, 'INSERT INTO conversations (title, created_at, updated_at) VALUES (:title, :at, :at)', { title, at })
			.id;
	const end = (id: number, head: number) =>
		run(database, 'UPDATE conversations SET head_message_id = :head WHERE id = :id', { id, head });
	for (let index = 0; index < 60; index += 1) {
		const at = now - (60 - index) * day;
		const id = begin(`Notes of day ${index}`, at);
		const asked = add(id, null, 'user', `What did I see on day ${index}?`, at);
		end(id, add(id, asked, 'assistant', `On day ${index} a **bird** sat on the fence, and another bird flew by.`, at));
	}
	const long = begin('A long evening', now - day / 2);
	let parent: number | null = null;
	for (let index = 0; index < 40; index += 1) {
		const asked: number = add(long, parent, 'user', `Question ${index}`, now - day / 2 + index);
		const special = index === 6 ? 'Here the xylophone enters.' : 'Nothing much happens.';
		parent = add(
			long,
			asked,
			'assistant',
			`${special}\n\n${'The evening goes on and on. '.repeat(20)}`,
			now - day / 2 + index,
		);
	}
	end(long, parent ?? 0);
	const branched = begin('Two answers', now - day / 3);
	const asked = add(branched, null, 'user', 'Name an instrument.', now - day / 3);
	add(branched, asked, 'assistant', 'The bassoon, of course.', now - day / 3);
	end(branched, add(branched, asked, 'assistant', 'The clarinet.', now - day / 3 + 1));
	const japanese = begin('東京の天気', now - day / 4);
	const weather = add(japanese, null, 'user', '東京は雨ですか？', now - day / 4);
	end(japanese, add(japanese, weather, 'assistant', 'はい、今日の東京は雨です。', now - day / 4));
	run(database, `INSERT INTO tags (id, name, created_at) VALUES (1, 'garden', 1)`);
	run(database, 'INSERT INTO conversation_tags (conversation_id, tag_id) VALUES (3, 1)');
}

function prepare(_folder: string, dataFolder: string): void {
	mkdirSync(dataFolder);
	const database = connect(join(dataFolder, 'assay.db'));
	migrate(database, readMigrations(defaultMigrationsFolder), 1);
	transaction(database, () => fill(database));
	closeDatabase(database);
}

describe.skipIf(browserMissing() !== null)('searching conversations', () => {
	let story: Story;
	let page: Page;

	beforeAll(async () => {
		story = await beginStory({ prepare, timeout: 20_000 });
		({ page } = story.watched);
		await page.goto(story.host.url);
	});
	afterAll(() => story?.end());

	const field = () => page.getByRole('textbox', { name: 'Search conversations' });
	const hits = () => page.getByRole('list', { name: 'Search results' }).getByRole('link');
	const heading = (name: string) => page.getByRole('heading', { name, level: 1 });

	/** True if the text is visible inside the scrolling area. */
	async function inSight(text: string): Promise<boolean> {
		return await page
			.getByRole('region', { name: 'Messages' })
			.getByText(text)
			.evaluate((element) => {
				const { top, bottom } = element.getBoundingClientRect();
				return top > 40 && bottom < innerHeight;
			});
	}

	test('results appear while typing, newest first, with every match marked', async () => {
		await field().pressSequentially('bird fen');
		await hits().first().waitFor();
		await expect.poll(() => hits().first().locator('mark').allTextContents()).toEqual(['bird', 'fence', 'bird']);
		expect(await hits().first().textContent()).toContain('Notes of day 59');
		await expect
			.poll(() => page.getByRole('status').filter({ hasText: 'matches' }).textContent())
			.toMatch(/^\d+ (newest )?matches$/);
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
	});

	test('scrolling to the end of the list loads older results, until all are there', async () => {
		await hits().first().focus();
		for (let press = 0; press < 40; press += 1) {
			if ((await page.getByText('60 matches', { exact: true }).count()) > 0) break;
			await page.keyboard.press('End');
			await page.waitForTimeout(60);
		}
		await page.getByText('60 matches', { exact: true }).waitFor();
	});

	test('a hit far up in a long conversation opens at its message', async () => {
		await field().fill('xylophone');
		await hits().filter({ hasText: 'xylophone' }).click();
		await heading('A long evening').waitFor();
		await expect.poll(() => inSight('Here the xylophone enters.')).toBe(true);
	});

	test('a hit on another branch opens on that branch', async () => {
		await field().fill('bassoon');
		await hits().filter({ hasText: 'bassoon' }).click();
		await heading('Two answers').waitFor();
		await expect.poll(() => inSight('The bassoon, of course.')).toBe(true);
		await page.getByText('1/2').waitFor();
	});

	test('text without spaces between words is found by any part of it', async () => {
		await field().fill('東京は');
		await expect.poll(() => hits().locator('mark').allTextContents()).toEqual(['東京は', '東京は']);
		await field().fill('雨');
		await expect.poll(() => hits().locator('mark').allTextContents()).toEqual(['雨', '雨']);
	});

	test('the menu writes a filter into the field, and its chip removes it', async () => {
		await field().fill('bird');
		await page.getByRole('button', { name: 'Filter the search' }).click();
		await page.getByRole('menuitem', { name: 'Tag' }).click();
		await page.getByRole('menuitem', { name: /garden/ }).click();
		await expect.poll(() => field().inputValue()).toBe('bird tag:garden ');
		await expect.poll(() => hits().count()).toBe(1);
		expect(await hits().textContent()).toContain('Notes of day 2');
		expect(await axeViolations(page)).toEqual([]);
		await page.getByRole('button', { name: 'Remove the filter Tag garden' }).click();
		await expect.poll(() => field().inputValue()).toBe('bird ');
		await expect.poll(() => hits().count()).toBeGreaterThan(5);
	});

	test('an invalid filter says so', async () => {
		await field().fill('bird tag:nope');
		await page.getByText('There is no tag called “nope”.').waitFor();
		await page.getByRole('button', { name: 'Search without filters' }).click();
		await expect.poll(() => field().inputValue()).toBe('bird');
	});

	test('by keyboard: Down enters the results, Enter opens, Esc brings the list back', async () => {
		await field().fill('clarinet');
		await hits().filter({ hasText: 'clarinet' }).waitFor();
		await field().press('ArrowDown');
		await page.keyboard.press('Enter');
		await heading('Two answers').waitFor();
		await field().fill('xylophone');
		// Pressed at once: it must open a result for this text, not one for the text before.
		await field().press('Enter');
		await heading('A long evening').waitFor();
		await field().press('Escape');
		await page.getByRole('list', { name: 'Conversations' }).waitFor();
		expect(await field().inputValue()).toBe('');
	});

	test('the palette finds message text too', async () => {
		await goTo(page, '/settings');
		await page.keyboard.press('Control+KeyK');
		await page.getByRole('combobox').fill('xylophone');
		await page.getByRole('option', { name: /A long evening/ }).waitFor();
		await page.keyboard.press('Enter');
		await heading('A long evening').waitFor();
		await expect.poll(() => inSight('Here the xylophone enters.')).toBe(true);
	});

	test('nothing was logged, and no other host was contacted', () => {
		expect(story.faults()).toEqual(noFaults);
	});
});
