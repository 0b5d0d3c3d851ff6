import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolationsInBothThemes, browserMissing, goTo, undo } from '../support/browser.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

const long = (word: string): string => Array.from({ length: 36 }, () => word).join(' ');

/** One story by keyboard: a conversation outgrows the context, and a summary stands for its beginning. */
describe.skipIf(browserMissing() !== null)('a long conversation', () => {
	let story: Story;
	let page: Page;
	let id: number;

	beforeAll(async () => {
		const summary = { when: 'Summarise this conversation', steps: [{ type: 'text', text: 'Ada likes apples.' }] };
		// A later summary goes on from the edited one, as a model's would: it may be made at any idle moment.
		const fromEdited = { when: 'Ada likes quinces.', steps: [{ type: 'text', text: 'Ada likes quinces.' }] };
		const answers = [fromEdited, summary, { steps: [{ type: 'text', text: long('answer') }] }];
		story = await beginStory({ script: { contextSize: 512, answers } });
		({ page } = story.watched);
		await story.addTinyModel();
		await page.goto(story.host.url);
	});
	afterAll(() => story?.end());

	const divider = () => page.getByRole('region', { name: 'Where the context begins' });
	const dialog = () => page.getByRole('dialog', { name: 'Summary of the earlier messages' });
	const newest = async () => (await story.client.summaries.list({ id })).versions[0];

	/** Goes up in the thread, as a reader would, until the divider is there: a thread draws only what is near. */
	async function goUpToDivider(): Promise<void> {
		await page.getByRole('article').last().hover();
		await expect
			.poll(async () => {
				await page.mouse.wheel(0, -200);
				return await divider().count();
			})
			.toBe(1);
	}

	async function say(count: number): Promise<void> {
		for (let index = 0; index < count; index += 1) {
			const conversationId = id === undefined ? null : id;
			const start = await story.client.conversations.send({ conversationId, text: long(`question${index}`) });
			id = start.conversationId;
			for await (const _ of await story.client.generations.subscribe({ id: start.generationId }));
		}
	}

	test('what happens is chosen in the settings', async () => {
		await goTo(page, '/settings/answers');
		await page.getByRole('combobox', { name: 'When the context is full' }).selectOption('summary');
		await expect.poll(async () => (await story.client.settings.get()).overflow).toBe('summary');
		await page.getByText(/Once the context is full, the summary takes their place/).waitFor();
	});

	test('the model summarises while nothing else runs, and the thread shows where the context begins', async () => {
		await say(4);
		await expect.poll(async () => (await newest())?.text, { timeout: 20_000 }).toBe('Ada likes apples.');
		await say(3);
		await goTo(page, `/chat/${id}`);
		await goUpToDivider();
		await divider()
			.getByText(/earlier messages are summarised \(version \d\)/)
			.waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
	});

	test('the summary is read and edited by keyboard; an edit is a new version, and Undo takes it back', async () => {
		await divider().getByRole('button', { name: 'Read or edit' }).focus();
		await page.keyboard.press('Enter');
		const text = dialog().getByRole('textbox');
		await expect.poll(() => text.inputValue()).toBe('Ada likes apples.');
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await text.fill('Ada likes quinces.');
		// A version that arrives meanwhile takes nothing of what is being written.
		const elsewhere = { summaryId: (await newest())?.id ?? 0, text: 'Ada likes plums.' };
		const before = (await story.client.summaries.edit(elsewhere)).versions[0]?.number ?? 0;
		await dialog()
			.getByRole('combobox', { name: 'Version' })
			.getByText(`Version ${before}, in use`)
			.waitFor({ state: 'attached' });
		expect(await text.inputValue()).toBe('Ada likes quinces.');
		await dialog().getByRole('button', { name: 'Save as a new version' }).press('Enter');
		await dialog()
			.getByText(`Version ${before + 1}, written by you`)
			.waitFor();
		await page.keyboard.press('Escape');
		await expect.poll(() => dialog().count()).toBe(0);
		await undo(page, /is used from the next answer on/);
		const active = async () => {
			const { versions, activeId } = await story.client.summaries.list({ id });
			return versions.find((version) => version.id === activeId)?.text;
		};
		await expect.poll(active).toBe('Ada likes plums.');
		const { versions } = await story.client.summaries.list({ id });
		const edited = versions.find((version) => version.text === 'Ada likes quinces.');
		await story.client.summaries.use({ summaryId: edited?.id ?? 0 });
	});

	test('the next answer is given it, as its exact prompt shows', async () => {
		await page.getByRole('textbox', { name: 'Message', exact: true }).fill('And now?');
		await page.keyboard.press('Enter');
		const number = (await newest())?.number;
		await page.getByRole('button', { name: 'Send', exact: true }).waitFor();
		await goUpToDivider();
		await divider().getByText(`(version ${number})`).waitFor();
		const { messages } = await story.client.conversations.get({ id });
		const answer = messages.at(-1);
		expect(answer?.ledger?.parts.some(({ kind }) => kind === 'summary')).toBe(true);
		const { turns } = await story.client.conversations.sentPrompt({ messageId: answer?.id ?? 0 });
		expect(turns[0]?.content).toContain('Ada likes quinces.');
	});

	test('the conversation’s own choice is made in its settings', async () => {
		await page.getByRole('button', { name: 'Show settings pane' }).press('Enter');
		const pane = page.getByRole('complementary', { name: 'Conversation settings' });
		const choice = pane.getByRole('combobox', { name: 'When the context is full' });
		await choice.selectOption('retrieve');
		await expect.poll(async () => (await story.client.conversations.get({ id })).options.overflow).toBe('retrieve');
		expect(story.faults()).toEqual(noFaults);
	});
});
