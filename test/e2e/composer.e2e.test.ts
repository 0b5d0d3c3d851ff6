import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultsOfPage } from '../renderer/hostile/faults.ts';
import { payloads } from '../renderer/hostile/payloads/index.ts';
import { axeViolationsInBothThemes, browserMissing } from '../support/browser.ts';
import { pdfBytes } from '../support/pdf-bytes.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

/** A context of 1,024 tokens with 128 reserved for the answer; each word is one token. */
const script = { contextSize: 1024 };

/** Allows for a busy machine. */
const soon = { timeout: 10_000 };

const words = (count: number, word: string): string => Array.from({ length: count }, () => word).join(' ');

/**
 * One story, told in order on the built browser host with a scripted model: each test continues where the last one
 * ended.
 */
describe.skipIf(browserMissing() !== null)('writing a message with files', () => {
	let story: Story;
	let page: Page;

	beforeAll(async () => {
		story = await beginStory({ script });
		({ page } = story.watched);
		const model = await story.addTinyModel();
		await story.client.models.load({ id: model.id });
		await page.goto(story.host.url);
	});
	afterAll(() => story?.end());

	const composer = () => page.getByRole('textbox', { name: 'Message' });
	const chips = () => page.getByRole('list', { name: 'Attachments' }).getByRole('listitem');
	const chip = (name: string) => chips().getByRole('button', { name: new RegExp(`^${name}`) });
	const meter = () => page.getByRole('button', { name: /^Context:/ });
	const meterSays = (words: RegExp) => expect.poll(() => meter().textContent(), soon).toMatch(words);
	const choose = (name: string, content: string | Buffer) =>
		page.locator('[data-attach]').setInputFiles([{ name, mimeType: '', buffer: Buffer.from(content) }]);
	const kept = async () => (await story.client.drafts.list()).drafts.map(({ text }) => text);
	const answered = () => page.getByRole('button', { name: 'Send', exact: true }).waitFor();
	const paste = (text: string, key = 'Control+V') =>
		page
			.evaluate((copied) => navigator.clipboard.writeText(copied), text)
			.then(async () => {
				await composer().focus();
				await page.keyboard.press(key);
			});

	test('text is counted to the token as it is typed, and the meter shows where the tokens go', async () => {
		await composer().fill('one two three');
		await meterSays(/^Context: 3 tokens in this message, \d+ \/ 1,024$/);
		await composer().fill('one two three four');
		await meterSays(/^Context: 4 tokens/);
		await meter().click();
		const details = page.getByRole('dialog', { name: 'Context of the next answer' });
		await details.getByRole('row', { name: 'This message 4', exact: true }).waitFor();
		await details.getByRole('row', { name: 'Reserved for the answer 128', exact: true }).waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.keyboard.press('Escape');
	});

	test('chosen files show their cost', async () => {
		await choose('notes.md', 'Bring a lamp and a rope.');
		await chip('notes.md').waitFor();
		await choose('tides.pdf', pdfBytes(['Low tide at four.', 'High tide at ten.']));
		await chip('tides.pdf').waitFor();
		await expect.poll(() => chip('notes.md').textContent(), soon).toMatch(/\d+ tokens/);
		await expect.poll(() => chip('tides.pdf').textContent(), soon).toMatch(/\d+ tokens/);
		await chip('tides.pdf').click();
		const preview = page.getByRole('dialog', { name: 'tides.pdf' });
		await preview.getByText('High tide at ten.').waitFor();
		await preview.getByText(/^2 pages/).waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await preview.getByRole('button', { name: 'Close' }).click();
	});

	test('a file that is not text is refused with the reason, and nothing else changes', async () => {
		await choose('photo.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0, 0, 0]));
		await page.getByRole('alert').getByText('The file photo.png is a PNG image').waitFor();
		expect(await chips().count()).toBe(3);
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.getByRole('button', { name: 'Dismiss' }).click();
		expect(await chips().count()).toBe(2);
	});

	/** Drags a file, made in the page, over the conversation. */
	const drag = (name: string, bytes: number) =>
		page.evaluateHandle(
			({ fileName, size }) => {
				const transfer = new DataTransfer();
				transfer.items.add(new File(['a'.repeat(size)], fileName));
				return transfer;
			},
			{ fileName: name, size: bytes },
		);

	test('a file that is too large is refused before any of it is sent', async () => {
		await page.dispatchEvent('main', 'drop', { dataTransfer: await drag('film.txt', 40_000_000) });
		await page.getByRole('alert').getByText('The file film.txt has 40.0 MB; a file of at most 16.0 MB').waitFor();
		await page.getByRole('button', { name: 'Dismiss' }).click();
		await expect.poll(() => chips().count(), soon).toBe(2);
	});

	test('dropped files are accepted wherever they fall', async () => {
		const dataTransfer = await drag('table.csv', 12);
		await page.dispatchEvent('main', 'dragenter', { dataTransfer });
		await page.getByText(/^Drop to attach/).waitFor();
		await page.dispatchEvent('main', 'drop', { dataTransfer });
		await chip('table.csv').waitFor();
		expect(await page.getByText(/^Drop to attach/).count()).toBe(0);
		await page.getByRole('button', { name: 'Remove table.csv' }).click();
		await expect.poll(() => chips().count(), soon).toBe(2);
	});

	test('a long paste becomes a file, and can return to the message', async () => {
		const long = words(600, 'harbour');
		await composer().fill('');
		await paste(long);
		await chip('Pasted text.txt').waitFor();
		expect(await composer().inputValue()).toBe('');
		await chip('Pasted text.txt').click();
		await page.getByRole('button', { name: 'Insert into message' }).click();
		await expect.poll(() => composer().inputValue(), soon).toBe(long);
		await expect.poll(() => chips().count(), soon).toBe(2);
		await composer().fill('');
		await paste(long, 'Control+Shift+V');
		await expect.poll(() => composer().inputValue(), soon).toBe(long);
		expect(await chips().count()).toBe(2);
		await composer().fill('');
		await paste('a short one');
		await expect.poll(() => composer().inputValue(), soon).toBe('a short one');
	});

	test('files and text survive a reload and a killed application', async () => {
		await composer().fill('What to bring?');
		await expect.poll(() => kept(), soon).toContain('What to bring?');
		await page.reload();
		await chip('notes.md').waitFor();
		await story.restart('killed');
		await page.goto(story.host.url);
		await chip('notes.md').waitFor();
		await chip('tides.pdf').waitFor();
		await expect.poll(() => composer().inputValue(), soon).toBe('What to bring?');
	});

	test('numbers are marked as estimates while the model is not in memory', async () => {
		await meterSays(/^Context: ≈ /);
		await meter().click();
		await page.getByText(/^Estimated from the length of the text/).waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.keyboard.press('Escape');
	});

	test('sent files appear with the message and in the prompt', async () => {
		await composer().press('Enter');
		await page.getByRole('article', { name: 'Answer', exact: true }).waitFor();
		const own = page.getByRole('list', { name: 'Attached files' }).first();
		await own.getByRole('button', { name: /^notes.md/ }).waitFor();
		expect(await chips().count()).toBe(0);
		const answer = await page.getByRole('article', { name: 'Answer', exact: true }).first().textContent();
		expect(answer).toContain('Bring a lamp and a rope.');
		expect(answer).toContain('Low tide at four.');
		await own.getByRole('button', { name: /^notes.md/ }).click();
		await page.getByRole('dialog', { name: 'notes.md' }).getByText('Bring a lamp and a rope.').waitFor();
		await page.keyboard.press('Escape');
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
	});

	test('the meter shows the token count of the next prompt', async () => {
		await composer().fill('and then');
		await meterSays(/^Context: 2 tokens/);
		const [, sent = ''] = /([\d,]+) \//.exec((await meter().textContent()) ?? '') ?? [];
		await composer().press('Enter');
		await page.getByText('You said: and then', { exact: true }).waitFor();
		await answered();
		const [first] = (await story.client.conversations.list({})).conversations;
		const { messages } = await story.client.conversations.get({ id: first?.id ?? 0 });
		expect(messages.at(-1)?.generation?.promptTokens).toBe(Number(sent.replace(',', '')));
	});

	test('an edited message keeps its files', async () => {
		await page.getByRole('button', { name: 'Edit and send again' }).first().click();
		await page.getByRole('textbox', { name: 'Edit your message' }).fill('What to leave?');
		await page.getByRole('textbox', { name: 'Edit your message' }).press('Enter');
		await page.getByText('2/2').first().waitFor();
		await answered();
		await page
			.getByRole('list', { name: 'Attached files' })
			.getByRole('button', { name: /^tides.pdf/ })
			.waitFor();
		const answer = await page.getByRole('article', { name: 'Answer', exact: true }).first().textContent();
		expect(answer).toContain('High tide at ten.');
	});

	test('before sending, the composer says what will be left out', async () => {
		await composer().fill(words(850, 'long'));
		await page.getByText(/^The oldest .* won’t be sent/).waitFor();
		await meter().click();
		await page.getByRole('row', { name: /^Left out −\d+/ }).waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.keyboard.press('Escape');
	});

	test('a message that is too long for the context cannot be sent, and says by how much', async () => {
		await composer().fill(words(1_000, 'long'));
		await page.getByText(/^This message is \d+ tokens too long/).waitFor();
		const send = page.getByRole('button', { name: 'Send', exact: true });
		await expect.poll(() => send.getAttribute('aria-disabled'), soon).toBe('true');
		await composer().press('Enter');
		expect(await composer().inputValue()).not.toBe('');
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await composer().fill('short');
		await expect.poll(() => send.getAttribute('aria-disabled'), soon).toBe(null);
	});

	test('in a temporary conversation files are read, used, and stored nowhere', async () => {
		await page.goto(`${story.host.url.split('#')[0]}#/chat/temporary`);
		await composer().waitFor();
		await choose('secret.txt', 'The code is 4711.');
		await chip('secret.txt').waitFor();
		await composer().fill('Which code?');
		await meterSays(/tokens in this message/);
		await composer().press('Enter');
		await page.getByText('The code is 4711.').waitFor();
		const { attachments } = await story.client.attachments.waiting({ conversationId: null });
		expect(attachments).toEqual([]);
	});

	test('hostile names and texts stay plain text and stay in their place', async () => {
		const hostile = [...payloads.names, ...payloads.html].slice(0, 32);
		for (const [at, name] of hostile.entries()) {
			// Without NULs, because a NUL would make it no text file; names may have them.
			const text = `${name}\n${hostile[31 - at]}`.replaceAll('\0', '');
			await story.client.attachments.add({ conversationId: null, file: new File([text], name) });
		}
		await page.goto(`${story.host.url.split('#')[0]}#/chat`);
		await page.reload();
		await expect.poll(() => chips().count(), soon).toBe(hostile.length);
		for (const [width, height] of [
			[1280, 800],
			[900, 600],
		] as const) {
			await page.setViewportSize({ width, height });
			expect(await page.evaluate(faultsOfPage)).toEqual([]);
		}
		await chips().first().getByRole('button').first().click();
		await page.getByRole('dialog').waitFor();
		expect(await page.evaluate(faultsOfPage)).toEqual([]);
		await page.keyboard.press('Escape');
		await composer().fill('Read these');
		await composer().press('Enter');
		await page.getByRole('list', { name: 'Attached files' }).waitFor();
		await page.getByRole('article', { name: 'Answer', exact: true }).waitFor();
		expect(await page.evaluate(faultsOfPage)).toEqual([]);
	});

	test('nothing was logged, and no other host was contacted', () => {
		const { problems, foreignRequests } = story.faults();
		// Ignores what a page logs when its host is killed.
		const others = problems.filter((problem) => !/WebSocket|ERR_CONNECTION_REFUSED/.test(problem));
		expect({ problems: others, foreignRequests }).toEqual(noFaults);
	});
});
