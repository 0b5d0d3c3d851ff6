import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
	browserMissing,
	goTo,
	launchBrowser,
	rendererFolder,
	type WatchedPage,
	watchedPage,
} from '../support/browser.ts';
import {
	addConversation,
	addMessage,
	generationFacts,
	minute,
	starterEntry,
} from '../support/fake-application/data.ts';
import { type FakeHost, serveFake } from '../support/fake-application/host.ts';
import { pause, typing } from '../support/fake-application/live.ts';
import { buildLoadedState, buildModelFile } from '../support/fixtures/model.ts';

const paragraph = 'A sentence that goes on for a while so that the answer needs several lines on the screen. ';

describe.skipIf(browserMissing() !== null)('a conversation on screen', () => {
	let browser: Browser;
	let host: FakeHost;
	let watched: WatchedPage;
	let page: Page;
	beforeAll(async () => {
		browser = await launchBrowser();
	});
	afterAll(() => browser.close());
	beforeEach(async () => {
		host = await serveFake(rendererFolder);
		host.fake.data.models = [buildModelFile(1)];
		host.fake.data.catalogue = [starterEntry(true)];
		host.fake.data.states.set(1, buildLoadedState(1));
		watched = await watchedPage(browser);
		page = watched.page;
	});
	afterEach(async () => {
		await page.context().close();
		await host.close();
		expect(watched.problems).toEqual([]);
	});

	/** Opens a conversation with one finished exchange. */
	async function openExchange(answer = 'An answer.'): Promise<number> {
		const { id } = addConversation(host.fake.data, 'Old one', Date.now());
		addMessage(host.fake.data, id, { content: 'A question' });
		addMessage(host.fake.data, id, { role: 'assistant', content: answer, generation: generationFacts() });
		await page.goto(host.url);
		await goTo(page, `/chat/${id}`);
		await page.getByRole('article', { name: 'Answer' }).waitFor();
		return id;
	}

	const composer = () => page.getByRole('textbox', { name: 'Message' });
	/** Searches answers only, because announcements to screen readers repeat the text elsewhere. */
	const inAnswer = (text: string) => page.locator('article').getByText(text);

	test('archive and trash stay at the bottom while the conversations load', async () => {
		const { promise, resolve: read } = Promise.withResolvers<void>();
		host.fake.data.conversationsRead = promise;
		await page.goto(host.url);
		const links = page.getByRole('navigation', { name: 'Archive and trash' });
		await links.waitFor();
		const before = await links.boundingBox();
		read();
		await page.getByText('No conversations yet').waitFor();
		expect(await links.boundingBox()).toEqual(before);
	});

	test('Enter sends, the answer streams, Send becomes Stop and back, and the address names the conversation', async () => {
		host.fake.script = typing(paragraph.repeat(12), 200);
		await page.goto(host.url);
		await composer().fill('Hello there');
		await composer().press('Enter');
		await page.getByRole('button', { name: 'Stop' }).waitFor();
		await page.getByRole('button', { name: 'Send', exact: true }).waitFor();
		expect(await composer().inputValue()).toBe('');
		expect(await page.getByRole('article', { name: 'Answer' }).textContent()).toContain(paragraph.trim());
		expect(new URL(page.url()).hash).toMatch(/^#\/chat\/\d+$/);
		expect(page.url()).not.toContain('token');
	});

	test.each(['new', 'old'] as const)(
		'what is typed while a message of the %s conversation is sent is the next draft',
		async (conversation) => {
			if (conversation === 'old') await openExchange();
			else await page.goto(host.url);
			const { promise, resolve: accept } = Promise.withResolvers<void>();
			host.fake.data.accepting = promise;
			await composer().fill('Hello there');
			await composer().press('Enter');
			await composer().pressSequentially('Ana Lima');
			accept();
			await page.getByRole('article', { name: 'Answer' }).last().getByText('This is an answer.').waitFor();
			expect(await page.getByText('Hello there', { exact: true }).count()).toBeGreaterThan(0);
			await expect.poll(() => composer().inputValue()).toBe('Ana Lima');
			await composer().pressSequentially(', Porto');
			expect(await composer().inputValue()).toBe('Ana Lima, Porto');
			// Nothing of it waits in a new conversation.
			await goTo(page, '/chat/new');
			expect(await composer().inputValue()).toBe('');
		},
	);

	test('Shift Enter starts a new line and the composer grows', async () => {
		await page.goto(host.url);
		await composer().fill('one');
		const before = (await composer().boundingBox())!.height;
		await composer().press('Shift+Enter');
		await composer().press('Shift+Enter');
		expect(await composer().inputValue()).toBe('one\n\n');
		expect((await composer().boundingBox())!.height).toBeGreaterThanOrEqual(before + 48);
	});

	test('Esc stops the answer, keeps its text and says who stopped it', async () => {
		host.fake.script = typing(paragraph.repeat(200), 100);
		await page.goto(host.url);
		await composer().fill('Go on');
		await composer().press('Enter');
		await inAnswer('A sentence that goes').waitFor();
		await page.keyboard.press('Escape');
		await page.getByText('stopped by you').waitFor();
		expect(await page.getByRole('article').textContent()).toContain('A sentence');
	});

	test('Esc stops the answer although the tooltip of the focused button is open, and closes that', async () => {
		host.fake.script = typing(paragraph.repeat(200), 100);
		await page.goto(host.url);
		await composer().fill('Go on');
		await composer().press('Enter');
		await inAnswer('A sentence that goes').waitFor();
		await page.getByRole('button', { name: /^Attach files/ }).focus();
		await page.keyboard.press('Tab');
		// The name of the button that has the focus, not of the one before it, which takes a moment to fade.
		const tooltip = page.locator('[data-tooltip]', { hasText: 'Tools: none' });
		await tooltip.waitFor();
		await page.keyboard.press('Escape');
		await page.getByText(/stopped by you/).waitFor();
		await tooltip.waitFor({ state: 'detached' });
	});

	test('a page reloaded in the middle of an answer continues with it', async () => {
		host.fake.script = typing(paragraph.repeat(6), 150);
		await page.goto(host.url);
		await composer().fill('Go on');
		await composer().press('Enter');
		await inAnswer('A sentence that goes').waitFor();
		await page.reload();
		await page.getByRole('button', { name: 'Answer again' }).waitFor({ timeout: 15_000 });
		const text = (await page.locator('article .md').textContent()) ?? '';
		expect(text.replaceAll(/\s+/g, ' ').trim()).toBe(paragraph.repeat(6).trim());
	});

	test('the end stays in view while following; scrolled up, nothing moves and a pill leads down', async () => {
		host.fake.script = typing(`${paragraph.repeat(4)}\n\n`.repeat(80), 700);
		await page.goto(host.url);
		await composer().fill('Write much');
		await composer().press('Enter');
		const region = page.getByRole('region', { name: 'Messages' });
		const distance = () => region.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
		await page.waitForFunction(() => {
			const box = document.querySelector('section[aria-label="Messages"]');
			return box !== null && box.scrollHeight > box.clientHeight + 300;
		});
		expect(await distance()).toBeLessThan(60);
		await region.hover();
		await page.mouse.wheel(0, -260);
		await page.getByRole('button', { name: 'New text below' }).waitFor();
		await pause(120);
		const top = await region.evaluate((box) => box.scrollTop);
		await pause(500);
		expect(await region.evaluate((box) => box.scrollTop)).toBe(top);
		await page.getByRole('button', { name: 'New text below' }).click();
		await pause(200);
		expect(await distance()).toBeLessThan(60);
	});

	test('nothing on the screen moves when an answer ends', async () => {
		host.fake.script = async (answer) => {
			answer.write('A short answer.', 4);
			await pause(600);
		};
		await page.goto(host.url);
		await composer().fill('Short');
		await composer().press('Enter');
		const text = page.locator('article .md');
		await text.waitFor();
		await pause(150);
		const before = await text.boundingBox();
		await page.getByRole('button', { name: 'Answer again' }).waitFor();
		await pause(150);
		expect(await text.boundingBox()).toEqual(before);
	});

	test('answering again adds a version; the pager and Alt [ switch between versions', async () => {
		await openExchange('First version.');
		host.fake.script = typing('Second version.', 300);
		await page.getByRole('button', { name: 'Answer again' }).click();
		await inAnswer('Second version.').waitFor();
		await page.getByText('2/2').waitFor();
		await page.getByRole('button', { name: 'Previous version' }).click();
		await inAnswer('First version.').waitFor();
		await page.keyboard.press('Alt+BracketRight');
		await inAnswer('Second version.').waitFor();
	});

	test('Up in an empty composer edits the last message; sending creates a branch and keeps the old one', async () => {
		await openExchange();
		host.fake.script = typing('Another answer.', 300);
		await composer().press('ArrowUp');
		const field = page.getByRole('textbox', { name: 'Edit your message' });
		await field.fill('A better question');
		await field.press('Enter');
		await inAnswer('Another answer.').waitFor();
		await page.getByText('A better question').waitFor();
		await page
			.getByRole('group', { name: 'Versions of this message' })
			.getByRole('button', { name: 'Previous version' })
			.click();
		await page.getByText('A question', { exact: true }).waitFor();
	});

	test('copying puts the Markdown on the clipboard; code has its own copy button', async () => {
		await openExchange('Use **this**:\n\n```js\nconst a = 1;\n```');
		await page.getByRole('button', { name: 'Copy answer' }).click();
		await page.getByRole('button', { name: 'Copied' }).waitFor();
		expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('Use **this**:\n\n```js\nconst a = 1;\n```');
		await page.getByRole('figure').getByRole('button', { name: 'Copy' }).click();
		await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('const a = 1;');
	});

	test('a thumb down asks for the reason in place; a correction appears next to the answer', async () => {
		await openExchange('It is Lyon.');
		await page.getByRole('button', { name: 'Bad answer' }).click();
		await page.getByRole('button', { name: 'Why?' }).click();
		const why = page.getByRole('dialog', { name: 'What was wrong?' });
		await why.getByRole('button', { name: 'Wrong fact' }).click();
		await why.getByRole('button', { name: 'Done' }).click();
		await why.waitFor({ state: 'detached' });
		await page.getByRole('button', { name: 'Wrong fact' }).waitFor();
		expect(await page.getByRole('button', { name: 'Bad answer' }).getAttribute('aria-pressed')).toBe('true');
		await page.getByRole('button', { name: 'More answer actions' }).click();
		await page.getByRole('menuitem', { name: /^Correct answer/ }).click();
		await page.getByRole('textbox', { name: 'Correct answer' }).fill('It is Paris.');
		await page.getByRole('button', { name: 'Save correction' }).click();
		await page.getByRole('region', { name: 'Correction' }).getByText('It is Paris.').waitFor();
		await inAnswer('It is Lyon.').waitFor();
	});

	test('a title is edited in place; a deleted conversation comes back with Undo', async () => {
		await openExchange();
		const row = page.getByRole('link', { name: /Old one/ });
		await row.focus();
		await page.keyboard.press('F2');
		await page.getByRole('textbox', { name: 'Title' }).fill('New name');
		await page.keyboard.press('Enter');
		await page.getByRole('heading', { name: 'New name', level: 1 }).waitFor();
		await page.getByRole('link', { name: /New name/ }).focus();
		await page.keyboard.press('Delete');
		await page.getByText(/^“.*” moved to the trash$/).waitFor();
		await expect.poll(() => page.getByRole('link', { name: /New name/ }).count()).toBe(0);
		await page.getByRole('button', { name: 'Undo' }).click();
		await page.getByRole('heading', { name: 'New name', level: 1 }).waitFor();
	});

	test('search finds while typing, marks the match and opens at the message', async () => {
		const { id } = addConversation(host.fake.data, 'About tides', Date.now() - minute);
		for (let n = 0; n < 30; n += 1) {
			addMessage(host.fake.data, id, { content: `Question ${n}` });
			addMessage(host.fake.data, id, {
				role: 'assistant',
				content: `${paragraph} ${n === 4 ? 'The zanzibar effect.' : ''}`,
				generation: generationFacts(),
			});
		}
		await page.goto(host.url);
		await page.getByRole('link', { name: /About tides/ }).waitFor();
		await page.keyboard.press('Alt+KeyF');
		await page.locator('[data-search]:focus').waitFor();
		await page.keyboard.type('zanzibar');
		const hit = page.getByRole('list', { name: 'Search results' }).getByRole('link');
		// It matches its first letters already, and again with each further letter.
		await expect.poll(() => hit.locator('mark').allTextContents()).toEqual(['zanzibar']);
		await hit.click();
		await expect.poll(() => inAnswer('The zanzibar effect.').isVisible()).toBe(true);
		const inSight = inAnswer('The zanzibar effect.').evaluate((element) => {
			const { top, bottom } = element.getBoundingClientRect();
			return top > 40 && bottom < innerHeight;
		});
		expect(await inSight).toBe(true);
	});

	test('a failed answer names the cause, keeps its text and offers next steps', async () => {
		host.fake.script = async (answer) => {
			answer.write('Half an ans', 3);
			await pause(50);
			throw {
				code: 'worker-crashed',
				message: 'The engine stopped (signal SIGABRT).',
				next: ['Try again'],
				detail: 'GGML_ASSERT failed',
			};
		};
		await page.goto(host.url);
		await composer().fill('Crash');
		await composer().press('Enter');
		await inAnswer('The engine stopped (signal SIGABRT).').waitFor();
		await inAnswer('Half an ans').waitFor();
		await page.getByRole('button', { name: 'Details' }).click();
		await inAnswer('GGML_ASSERT failed').waitFor();
		host.fake.script = typing('Now it works.', 300);
		await page.getByRole('button', { name: 'Try again' }).click();
		await inAnswer('Now it works.').waitFor();
	});

	test('the palette finds commands, conversations and models, and runs the chosen one', async () => {
		await openExchange();
		await page.keyboard.press('Control+KeyK');
		await page.getByRole('combobox').fill('old one');
		await page
			.getByRole('option', { name: /Old one/ })
			.first()
			.waitFor();
		await page.getByRole('combobox').fill('go to mod');
		await page.keyboard.press('Enter');
		await page.getByRole('heading', { name: 'Models', level: 1 }).waitFor();
	});

	test('F6 cycles through the regions, forwards and backwards', async () => {
		await openExchange();
		const region = () =>
			page.evaluate(() => {
				const at = document.activeElement?.closest('[data-region]');
				return at?.getAttribute('aria-label') ?? at?.tagName.toLowerCase() ?? null;
			});
		await composer().focus();
		const walked: (string | null)[] = [];
		for (let step = 0; step < 4; step += 1) {
			await page.keyboard.press('F6');
			walked.push(await region());
		}
		expect(walked).toEqual(['footer', 'Sections', 'Conversations', 'main']);
		await page.keyboard.press('Shift+F6');
		expect(await region()).toBe('Conversations');
	});
});
