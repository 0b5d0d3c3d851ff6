import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserMissing, goTo, launchBrowser, rendererFolder, watchedPage } from '../support/browser.ts';
import {
	addConversation,
	addMessage,
	generationFacts,
	loadedState,
	modelFile,
} from '../support/fake-application/data.ts';
import { serveFake } from '../support/fake-application/host.ts';
import { hostileTexts } from './hostile-text.ts';

describe.skipIf(browserMissing() !== null)('text that wants to be more than text', () => {
	let browser: Browser;
	beforeAll(async () => {
		browser = await launchBrowser();
	});
	afterAll(() => browser.close());

	test('in titles, messages, answers, reasoning, model names and search: none runs, none fetches, none breaks the layout', async () => {
		const host = await serveFake(rendererFolder);
		const { fake } = host;
		fake.data.models = hostileTexts
			.slice(0, 12)
			.map((name, index) => modelFile(index + 1, { name, path: `/models/${name}` }));
		fake.data.states.set(1, loadedState(1));
		const { page, problems, foreignRequests } = await watchedPage(browser);
		page.on('dialog', (dialog) => {
			problems.push(`dialog: ${dialog.message()}`);
			void dialog.dismiss();
		});
		const ids = hostileTexts.map((text, index) => {
			const { id } = addConversation(fake.data, text.slice(0, 400).replaceAll('\u0000', ''), Date.now() - index);
			addMessage(fake.data, id, { content: text });
			addMessage(fake.data, id, {
				role: 'assistant',
				content: `Before.\n\n${text}\n\nAfter.`,
				reasoning: text,
				reasoningMs: 10,
				generation: generationFacts({ modelName: text.slice(0, 100) }),
			});
			return id;
		});
		try {
			await page.goto(host.url);
			for (const id of ids) {
				await goTo(page, `/chat/${id}`);
				const answer = page.getByRole('article', { name: 'Answer' });
				await answer.getByText('After.', { exact: true }).waitFor();
				await page.getByRole('button', { name: 'Reasoning' }).click();
				const state = await page.evaluate(() => ({
					elements: document.querySelectorAll(
						'article :is(script, iframe, object, embed, form, img, style, link, meta, details, math)',
					).length,
					handlers: [...document.querySelectorAll('article *')].filter((element) =>
						[...element.attributes].some(({ name }) => name.startsWith('on')),
					).length,
					addresses: [...document.querySelectorAll<HTMLAnchorElement>('article a')].map((link) => link.protocol),
					sticksOut: document.documentElement.scrollWidth > innerWidth,
				}));
				expect({ elements: 0, handlers: 0, sticksOut: false }).toEqual({
					elements: state.elements,
					handlers: state.handlers,
					sticksOut: state.sticksOut,
				});
				expect(state.addresses.filter((protocol) => protocol !== 'https:' && protocol !== 'http:')).toEqual([]);
			}
			await page.getByRole('textbox', { name: 'Search conversations' }).fill('img');
			await page.getByRole('list', { name: 'Search results' }).waitFor();
			await goTo(page, '/models');
			await page.getByRole('heading', { name: 'Models', level: 1 }).waitFor();
			expect(await page.evaluate(() => '__attacked' in globalThis)).toBe(false);
			expect({ problems, foreignRequests }).toEqual({ problems: [], foreignRequests: [] });
		} finally {
			await page.context().close();
			await host.close();
		}
	});
});
