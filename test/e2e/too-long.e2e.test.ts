import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultSampling } from '../../models/contract/default-sampling.ts';
import { axeViolationsInBothThemes, browserMissing } from '../support/browser.ts';
import { pdfBytes } from '../support/pdf-bytes.ts';
import { starterModelPath } from '../support/starter-model.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

/** Allows for a busy machine. */
const soon = { timeout: 60_000 };

const sentence = 'The lighthouse keeper lit the lamp and wrote the weather into his book. ';
const longText = sentence.repeat(900);

/** One story, told in order with the real starter model, which was trained for 8,192 tokens. */
describe.skipIf(browserMissing() !== null)('a message that is too long', () => {
	let story: Story;
	let page: Page;
	let modelId: number;

	beforeAll(async () => {
		story = await beginStory({ timeout: 90_000 });
		({ page } = story.watched);
		await story.client.settings.set({ sampling: { ...defaultSampling, temperature: 0, maxTokens: 8 } });
		({ id: modelId } = await story.client.models.add({ path: await starterModelPath() }));
		await story.client.models.load({ id: modelId });
		await page.goto(story.host.url);
	});
	afterAll(() => story?.end());

	const composer = () => page.getByRole('textbox', { name: 'Message', exact: true });
	const answers = () => page.getByRole('article', { name: 'Answer', exact: true });
	const chips = () => page.getByRole('list', { name: 'Attachments', exact: true }).getByRole('listitem');
	const chip = (name: string) => chips().getByRole('button', { name: new RegExp(`^${name}`) });
	const send = () => page.getByRole('button', { name: 'Send', exact: true });
	const excess = () => page.getByText(/^This message is (?:about )?[\d,]+ tokens too long/);
	const button = (name: string) => page.getByRole('button', { name });
	const choose = (name: string, content: string | Buffer) =>
		page.locator('[data-attach]').setInputFiles([{ name, mimeType: '', buffer: Buffer.from(content) }]);
	const stored = async () => (await story.client.conversations.list({})).conversations.length;

	test('is not sent by Enter right after the last key', async () => {
		await choose('diary.txt', longText);
		await chip('diary.txt').waitFor();
		await composer().fill('What did he do?');
		await composer().press('Enter');
		await excess().waitFor();
		expect(await composer().inputValue()).toBe('What did he do?');
		expect(await stored()).toBe(0);
		await expect.poll(() => send().getAttribute('aria-disabled'), soon).toBe('true');
	});

	test('offers to shorten or remove the file, and no context that the model does not have', async () => {
		await button('Keep the beginning that fits').waitFor();
		await button('Remove file').waitFor();
		expect(await button('Choose pages…').count()).toBe(0);
		expect(await page.getByText(/larger context|Use a context/).count()).toBe(0);
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
	});

	test('fits with the beginning of the file, which the undo makes whole again', async () => {
		// A small context is read sooner. A larger one can be chosen then, too.
		await story.client.models.load({ id: modelId, contextSize: 1_024 });
		await button('Keep the beginning that fits').click();
		await chip('diary \\(beginning\\).txt').waitFor();
		await expect.poll(() => send().getAttribute('aria-disabled'), soon).toBe(null);
		await page.getByRole('button', { name: 'Undo' }).click();
		await chip('diary.txt').waitFor();
		await button('Keep the beginning that fits').click();
		await chip('diary \\(beginning\\).txt').waitFor();
		await expect.poll(() => send().getAttribute('aria-disabled'), soon).toBe(null);
		const [, tokens = ''] = /([\d,]+) tokens/.exec((await chip('diary').textContent()) ?? '') ?? [];
		expect(Number(tokens.replace(',', ''))).toBeGreaterThan(700);
		await composer().press('Enter');
		await answers().waitFor();
		await send().waitFor();
	});

	test('can be edited without its file', async () => {
		await button('Edit and send again').first().click();
		const files = page.getByRole('list', { name: 'Attachments of this message' });
		await files.getByRole('button', { name: 'Remove diary (beginning).txt' }).click();
		expect(await files.count()).toBe(0);
		await page.getByRole('textbox', { name: 'Edit your message' }).press('Enter');
		await page.getByText('2/2').first().waitFor();
		await send().waitFor();
		expect(await page.getByRole('list', { name: 'Attached files' }).count()).toBe(0);
	});

	test('keeps the chosen pages of a PDF', async () => {
		const pages = Array.from({ length: 12 }, (_, page) =>
			Array.from({ length: 16 }, () => `Page ${page + 1}. ${sentence}`).join('\n'),
		);
		await choose('logbook.pdf', pdfBytes(pages));
		await chip('logbook.pdf').waitFor();
		await composer().fill('Which page?');
		await excess().waitFor();
		await button('Choose pages…').click();
		const dialog = page.getByRole('dialog', { name: 'Choose pages' });
		const field = dialog.getByRole('textbox', { name: /^Pages/ });
		await field.fill('3-40');
		await dialog.getByText('Enter pages from 1 to 12').waitFor();
		await field.fill('3, 7');
		await dialog.getByText(/^≈ [\d,]+ tokens, [\d,]+ fit$/).waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await field.press('Enter');
		await chip('logbook \\(pages 3, 7\\).pdf').waitFor();
		await chip('logbook').click();
		const preview = page.getByRole('dialog', { name: 'logbook (pages 3, 7).pdf' });
		await preview.getByText('Page 7.').first().waitFor();
		expect(await preview.getByText('Page 4.').count()).toBe(0);
		await page.keyboard.press('Escape');
		await expect.poll(() => send().getAttribute('aria-disabled'), soon).toBe(null);
		await composer().press('Enter');
		await expect.poll(() => answers().count(), soon).toBe(2);
		await send().waitFor();
	});

	test('is not sent while the model is not loaded, which loads it to count', async () => {
		await story.client.models.unload({ id: modelId });
		const before = await story.client.conversations.get({ id: 1 });
		await choose('diary.txt', longText);
		await chip('diary.txt').waitFor();
		await composer().fill('And then?');
		await composer().press('Enter');
		await expect.poll(async () => (await story.client.models.list()).states[0]?.state, soon).toBe('loaded');
		await excess().waitFor();
		await button('Remove file').waitFor();
		expect((await story.client.conversations.get({ id: 1 })).messages.length).toBe(before.messages.length);
		await button('Remove file').click();
		await expect.poll(() => chips().count(), soon).toBe(0);
		await composer().press('Enter');
		await expect.poll(() => answers().count(), soon).toBe(3);
		await send().waitFor();
	});

	test('that was stored all the same can be edited, and does not end the conversation', async () => {
		await story.client.models.unload({ id: modelId });
		await story.client.conversations.send({ conversationId: 1, text: longText });
		await page.getByRole('button', { name: 'Edit message' }).waitFor();
		expect(await page.getByText('Load the model with a larger context').count()).toBe(0);
		await composer().fill('Say hello.');
		await composer().press('Enter');
		await page.getByText(/messages were left out/).waitFor();
		await expect
			.poll(async () => (await story.client.conversations.get({ id: 1 })).messages.at(-1)?.status, soon)
			.toBe('complete');
		await send().waitFor();
	});

	test('becomes a document of the conversation, of which the best passages are sent', async () => {
		await page.keyboard.press('Alt+KeyN');
		await choose('log.txt', longText);
		await chip('log.txt').waitFor();
		await composer().fill('Who lit the lamp?');
		await excess().waitFor();
		await button('Use its best passages').focus();
		await page.keyboard.press('Enter');
		await page.getByRole('list', { name: 'Documents of this conversation' }).getByText('log.txt').waitFor();
		await expect.poll(() => excess().count(), soon).toBe(0);
		expect(await chips().count()).toBe(0);
		// The notice is gone with its button: the next key goes to the message.
		await expect.poll(() => composer().evaluate((field) => field === document.activeElement), soon).toBe(true);
		// It has been read: a message sent at once is answered with it.
		await page.getByText(/best passages? of 1 document/).waitFor();
		expect(await page.getByText('still being read').count()).toBe(0);
	});

	test('nothing was logged, and no other host was contacted', () => {
		expect(story.faults()).toEqual(noFaults);
	});
});
