import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserMissing, goTo } from '../support/browser.ts';
import { chatGptConversation } from '../support/chat-gpt-export.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

/** Messages of the conversation: more than fifty pages, and more than any context has room for. */
const count = 30_000;

/** The longest block measured on an idle machine is a tenth of this, in ms; a busy one takes the rest. */
const tolerableMs = 1_500;

const script = { answers: [{ steps: [{ type: 'text', text: 'Read to the end.' }] }] };

/** One story on the built browser host with a scripted engine. */
describe.skipIf(browserMissing() !== null)('a conversation of 30,000 messages', { timeout: 120_000 }, () => {
	let story: Story;
	let page: Page;
	let conversationId: number;

	beforeAll(async () => {
		story = await beginStory({ script, timeout: 30_000 });
		({ page } = story.watched);
		await story.addTinyModel();
		await page.goto(story.host.url);
	});
	afterAll(() => story?.end());

	async function importFile(file: string): Promise<void> {
		const { client } = story;
		const preview = await client.exchange.preview({ paths: [file] });
		await expect.poll(() => stateOf(preview.id), { timeout: 60_000 }).toBe('done');
		const job = await client.exchange.import({ previewId: preview.id });
		await expect.poll(() => stateOf(job.id), { timeout: 60_000 }).toBe('done');
	}

	const stateOf = async (id: string) => (await story.client.jobs.list()).jobs.find((job) => job.id === id)?.state;
	const messages = () => page.getByRole('region', { name: 'Messages' });

	/** Returns the longest time that another client waited for an answer of the host while `work` ran, in ms. */
	async function longestWait(work: () => Promise<unknown>): Promise<number> {
		let longest = 0;
		let on = true;
		async function ask(): Promise<void> {
			while (on) {
				const began = performance.now();
				await story.client.system.status();
				longest = Math.max(longest, performance.now() - began);
			}
		}
		const asking = ask();
		await work();
		on = false;
		await asking;
		process.stdout.write(`the host made others wait for ${longest.toFixed(0)} ms at most\n`);
		return longest;
	}

	test('is imported while the host answers others', async () => {
		const file = join(story.folder, 'conversations.json');
		writeFileSync(file, JSON.stringify([chatGptConversation(0, count, 60)]));
		expect(await longestWait(() => importFile(file))).toBeLessThan(tolerableMs);
		conversationId = (await story.client.conversations.list({})).conversations[0]!.id;
	});

	test('shows its end while the rest is fetched, and the host answers others meanwhile', async () => {
		const longest = await longestWait(async () => {
			await goTo(page, `/chat/${conversationId}`);
			await messages()
				.getByText(`0.${count - 1} `)
				.waitFor();
			await messages().press('Home');
			await expect
				.poll(
					async () => {
						await messages().press('Home');
						return messages().getByText('0.0 ', { exact: false }).count();
					},
					{ timeout: 60_000 },
				)
				.toBeGreaterThan(0);
		});
		expect(longest).toBeLessThan(tolerableMs);
	});

	test('finds its first words, and answers at its end', async () => {
		await page.keyboard.press('Alt+Shift+KeyF');
		await page.getByRole('textbox', { name: 'Find in this conversation' }).fill('0.17 ');
		await messages().getByText('0.17 ').first().waitFor();
		await page.keyboard.press('Escape');
		await page.getByRole('textbox', { name: 'Message' }).fill('And then?');
		await page.keyboard.press('Enter');
		await messages().getByText('Read to the end.').waitFor();
		expect(story.faults()).toEqual(noFaults);
	});

	test('is searched, copied and exported while the host answers others', async () => {
		const { client } = story;
		const longest = await longestWait(async () => {
			expect((await client.search.find({ text: 'quiet' })).hits.length).toBeGreaterThan(0);
			const { messages } = await client.conversations.get({ id: conversationId, limit: 1 });
			await client.conversations.branch({ messageId: messages[0]!.id });
			const job = await client.exchange.export({ ids: [conversationId], format: 'json' });
			await expect.poll(() => stateOf(job.id), { timeout: 60_000 }).toBe('done');
		});
		expect(longest).toBeLessThan(tolerableMs);
	});
});
