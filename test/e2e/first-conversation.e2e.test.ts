import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultSampling } from '../../models/contract/default-sampling.ts';
import { allPayloads } from '../renderer/hostile/payloads/index.ts';
import { axeViolationsInBothThemes, browserMissing, goTo, undo } from '../support/browser.ts';
import { starterModelPath } from '../support/starter-model.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

/**
 * One story, told in order on the built browser host with the real starter model: each test continues where the one
 * before it ended, as a person would.
 */
describe.skipIf(browserMissing() !== null)('a first conversation with the real model', () => {
	let story: Story;
	let model: string;
	let page: Page;

	beforeAll(async () => {
		model = await starterModelPath();
		story = await beginStory({ timeout: 40_000 });
		({ page } = story.watched);
		// Greedy and without a repeat penalty: answers are always the same, and the long one is long.
		await story.client.settings.set({ sampling: { ...defaultSampling, temperature: 0, repeatPenalty: 1 } });
	});
	afterAll(() => story?.end());

	const composer = () => page.getByRole('textbox', { name: 'Message' });
	const answers = () => page.getByRole('article', { name: 'Answer', exact: true });
	const idle = () => page.getByRole('button', { name: 'Send', exact: true }).waitFor();

	test('on first run the page offers the starter model, or accepts a file that is already here', async () => {
		await page.addInitScript(() => {
			new MutationObserver(() => {
				if (document.querySelector('nav, aside') !== null) document.documentElement.dataset.sectionsSeen = 'true';
			}).observe(document, { childList: true, subtree: true });
		});
		await page.goto(story.host.url);
		await page.getByRole('heading', { name: 'Language models on your own computer' }).waitFor();
		await page.getByText(/network requests/).waitFor();
		expect(await page.getByRole('navigation', { name: 'Sections' }).count()).toBe(0);
		// Nor was it there before the lists came: a page that moves under the pointer can't be clicked.
		expect(await page.evaluate(() => document.documentElement.dataset.sectionsSeen)).toBeUndefined();
		expect(await page.getByRole('button', { name: /Explain something simply/ }).isDisabled()).toBe(true);
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.getByRole('button', { name: 'Use a model file I have' }).click();
		const path = page.getByRole('textbox', { name: 'Path of a file or folder' });
		await path.fill('/nowhere/model.gguf');
		await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click();
		await expect.poll(() => path.getAttribute('aria-invalid')).toBe('true');
		await path.fill(model);
		await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click();
		await page.getByRole('button', { name: /^Model:.*Loaded/ }).waitFor();
		await page.getByRole('navigation', { name: 'Sections' }).waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
	});

	test('an example is answered, and the line below shows its figures', async () => {
		await page.getByRole('button', { name: /Explain something simply/ }).click();
		await page.getByRole('button', { name: 'Stop' }).waitFor();
		await idle();
		expect(await answers().textContent()).toMatch(
			/\d+ tokens? · [\d.]+ tok\/s · first token .+ · .+ prompt tokens cached · (finished|stopped .+) · .+Q4_1/,
		);
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
	});

	test('a page reloaded in the middle of an answer shows the whole answer', async () => {
		await composer().fill('Write a story about a lighthouse keeper, in at least ten long paragraphs.');
		await composer().press('Enter');
		const writing = page.getByRole('article', { name: 'Answer being written' });
		await writing.locator('.md').waitFor();
		const before = ((await writing.locator('.md').textContent()) ?? '').slice(0, 20);
		await page.reload();
		await writing.locator('.md').waitFor();
		expect((await writing.locator('.md').textContent())?.startsWith(before)).toBe(true);
	});

	test('Esc stops the answer at once and keeps its text', async () => {
		const before = (await page.locator('article .md').last().textContent()) ?? '';
		await page.keyboard.press('Escape');
		await page.getByText('stopped by you').waitFor({ timeout: 3_000 });
		const kept = (await answers().last().locator('.md').textContent()) ?? '';
		expect(kept.startsWith(before) && kept.length >= before.length).toBe(true);
	});

	test('after answering again, the pager leads back to the first version', async () => {
		const first = (await answers().last().locator('.md').textContent()) ?? '';
		// Under a stopped answer, Continue has its place.
		await answers().last().getByRole('button', { name: 'More answer actions' }).click();
		await page.getByRole('menuitem', { name: /^Answer again(?! with)/ }).click();
		const writing = page.getByRole('article', { name: 'Answer being written' });
		await writing.locator('.md').waitFor();
		await page.getByRole('button', { name: 'Stop' }).click();
		await page.getByText('2/2').waitFor();
		await page.getByRole('button', { name: 'Previous version' }).click();
		await page.getByText('1/2').waitFor();
		expect(await answers().last().locator('.md').textContent()).toBe(first);
	});

	test('a stopped answer continues exactly where it was, and branches into a new conversation', async () => {
		const stopped = (await answers().last().locator('.md').textContent()) ?? '';
		await answers().last().getByRole('button', { name: 'Continue answer' }).click();
		const writing = page.getByRole('article', { name: 'Answer being written' }).locator('.md');
		await expect
			.poll(async () => ((await writing.textContent()) ?? '').length, { timeout: 20_000 })
			.toBeGreaterThan(stopped.trimEnd().length);
		await page.getByRole('button', { name: 'Stop' }).click();
		await page.getByText('3/3').waitFor();
		const goneOn = (await answers().last().locator('.md').textContent()) ?? '';
		expect(goneOn.startsWith(stopped.trimEnd())).toBe(true);
		await answers().last().getByRole('button', { name: 'More answer actions' }).click();
		await page.getByRole('menuitem', { name: 'Branch into a new conversation' }).click();
		await page.getByText('Branched from').waitFor();
		expect(await answers().last().locator('.md').textContent()).toBe(goneOn);
		// The story continues in the conversation it began with.
		await page.getByRole('link', { name: /\(2\)/ }).focus();
		await page.keyboard.press('Delete');
		await expect.poll(() => page.getByRole('list', { name: 'Conversations' }).getByRole('link').count()).toBe(1);
		await page.getByRole('list', { name: 'Conversations' }).getByRole('link').click();
		await page.getByText('3/3').waitFor();
	});

	test('the answer can be copied', async () => {
		await answers().first().getByRole('button', { name: 'Copy answer' }).click();
		await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(/\w{3}/);
	});

	test('a conversation is renamed in the list, found by its content, deleted and restored', async () => {
		const rows = page.getByRole('list', { name: 'Conversations' }).getByRole('link');
		await rows.first().focus();
		await page.keyboard.press('F2');
		await page.getByRole('textbox', { name: 'Title' }).fill('The sky and a lighthouse');
		await page.keyboard.press('Enter');
		await page.getByRole('heading', { name: 'The sky and a lighthouse', level: 1 }).waitFor();

		await page.getByRole('textbox', { name: 'Search conversations' }).fill('lighthouse keeper');
		const hit = page.getByRole('list', { name: 'Search results' }).getByRole('link').first();
		await hit.waitFor();
		expect(await hit.locator('mark').count()).toBeGreaterThan(0);
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.getByRole('button', { name: 'Clear the search' }).click();

		await page.locator('[data-search]:focus').waitFor();
		await page.getByRole('link', { name: /The sky and a lighthouse/ }).press('Delete');
		await expect.poll(() => rows.count()).toBe(0);
		await undo(page, '“The sky and a lighthouse” moved to the trash');
		await page.getByRole('heading', { name: 'The sky and a lighthouse', level: 1 }).waitFor();
	});

	test('stored hostile text is shown as text', async () => {
		await page.getByRole('button', { name: 'New conversation', exact: true }).click();
		await composer().fill(`${allPayloads.slice(0, 40).join('\n\n')}\n\nAnswer with one word.`);
		await composer().press('Enter');
		await page.getByRole('button', { name: 'Stop' }).waitFor();
		await page.keyboard.press('Escape');
		await idle();
		await page.reload();
		await composer().waitFor();
		expect(await page.evaluate(() => '__attacked' in globalThis)).toBe(false);
	});

	test('two conversations are answered at once; stopping one leaves the other running, and both are kept', async () => {
		const writing = page.getByRole('article', { name: 'Answer being written' }).locator('.md');
		const length = async () => ((await writing.textContent()) ?? '').length;
		/** Expects the answer on the page to grow. */
		async function streams(): Promise<void> {
			await writing.waitFor();
			const before = await length();
			await expect.poll(length, { timeout: 20_000 }).toBeGreaterThan(before);
		}
		async function begin(text: string): Promise<string> {
			await page.getByRole('button', { name: 'New conversation', exact: true }).click();
			await page.waitForFunction(() => !/chat\/\d/.test(location.hash));
			await composer().fill(text);
			await composer().press('Enter');
			await page.waitForFunction(() => /chat\/\d/.test(location.hash));
			await writing.waitFor();
			return new URL(page.url()).hash.slice(1);
		}
		/** Stops the answer on the page and returns the text that was kept. */
		async function stop(): Promise<string> {
			await page.keyboard.press('Escape');
			await answers().getByText('stopped by you').waitFor();
			return (await answers().locator('.md').textContent()) ?? '';
		}
		const tale = await begin('Write a story about a lighthouse keeper, in at least ten long paragraphs.');
		const letter = await begin('Write a very long letter to the sea, in at least ten long paragraphs.');
		await streams();
		await goTo(page, tale);
		await streams();
		const kept = [await stop()];
		await goTo(page, letter);
		await streams();
		kept.push(await stop());
		for (const [index, route] of [tale, letter].entries()) {
			await goTo(page, route);
			await page.reload();
			await expect.poll(() => answers().locator('.md').textContent()).toBe(kept[index]);
		}
		expect(kept[0]).not.toBe(kept[1]);
	});

	test('the models and settings screens have no accessibility faults in either theme', async () => {
		await page.getByRole('link', { name: 'Models' }).click();
		await page.getByRole('heading', { name: 'Tensors by type' }).waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.getByRole('button', { name: 'Unload' }).click();
		await page.getByRole('button', { name: 'Load', exact: true }).waitFor();
		await page.getByRole('link', { name: 'Settings' }).click();
		await page.getByRole('button', { name: 'Back up now' }).click();
		await page.getByText(/Backed up and verified/).waitFor();
		await page.getByRole('button', { name: 'Run check' }).click();
		await page.getByText('Computer', { exact: true }).waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
	});

	test('nothing was logged, and no other host was contacted', () => {
		expect(story.faults()).toEqual(noFaults);
	});
});
