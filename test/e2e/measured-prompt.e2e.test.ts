import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolationsInBothThemes, browserMissing, goTo, undo } from '../support/browser.ts';
import { starterModelPath } from '../support/starter-model.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

/** Long enough for a few dozen tokens on two shared cores; ms. */
const measuringMs = 150_000;

const questions = [
	['What is the capital of Norway?', 'Oslo', 'test'],
	['What is the capital of Italy?', 'Rome', 'test'],
	['What is the capital of France?', 'Paris', 'examples'],
	['What is the capital of Spain?', 'Madrid', 'examples'],
] as const;

/** One story with the real starter model: what was evaluated is what chat then does. */
describe.skipIf(browserMissing() !== null)('a measured prompt, used in chat', () => {
	let story: Story;
	let page: Page;
	let modelFileId: number;
	/** The run's output for the first question, token for token reproducible at temperature 0. */
	let measured: string;

	beforeAll(async () => {
		story = await beginStory({ timeout: 45_000 });
		({ page } = story.watched);
		const { client } = story;
		({ id: modelFileId } = await client.models.add({ path: await starterModelPath() }));
		await page.goto(story.host.url);
	});
	afterAll(() => story?.end());

	const chip = () => page.getByRole('button', { name: /^Applied to each message: ?Ticket B ?v1 · 2 examples/ });
	const message = () => page.getByRole('textbox', { name: 'Message' });
	const presets = () => story.client.presets.list().then((list) => list.presets);
	const defaultPreset = () => story.client.settings.get().then((settings) => settings.defaultPresetId);

	test('two prompts with examples are evaluated', async () => {
		const { client } = story;
		const { id: datasetId } = await client.datasets.create({ name: 'Capitals' });
		for (const [input, target, split] of questions) {
			await client.datasets.samples.add({ datasetId, samples: [{ input, target, split }] });
		}
		const [a, b] = await Promise.all(
			['Reply with a city. {{input}}', 'Question: {{input}}\nCity:'].map((template, index) =>
				client.prompts.create({ name: index === 0 ? 'Ticket A' : 'Ticket B', template, system: 'You know the world.' }),
			),
		);
		const run = await client.evaluations.start({
			dataset: { datasetId },
			promptVersionIds: [a!.latest.id, b!.latest.id],
			modelFileIds: [modelFileId],
			techniques: [{ kind: 'few-shot', shots: 2, pick: 'first' }],
			parameters: [{ maxTokens: 7 }],
			scorers: [{ kind: 'includes', ignoreCase: true }],
			width: 1,
			threads: 1,
		});
		await expect
			.poll(async () => (await client.evaluations.get({ id: run.id })).status, { timeout: measuringMs })
			.toBe('done');
		const { arms } = await client.evaluations.get({ id: run.id });
		const arm = arms.find(({ prompt }) => prompt.name === 'Ticket B');
		const row = await client.evaluations.row({ arms: [arm!.id], position: 0 });
		expect(row.sample.input).toBe(questions[0][0]);
		measured = row.answers[0]!.output;
		await goTo(page, `/evaluate/${run.id}`);
	}, 300_000);

	test('using a combination makes a preset of all that was measured; Undo leaves nothing of it', async () => {
		const matrix = page.getByRole('table', { name: /95 % intervals$/ });
		await matrix.getByRole('button', { name: /^Ticket B/ }).click();
		const use = page.getByRole('button', { name: /^Use “Ticket B”/ });
		await use.click();
		await page.getByText('New conversations use “Ticket B” v1').waitFor();
		expect(await presets()).toMatchObject([
			{
				name: 'Ticket B v1',
				systemPrompt: 'You know the world.',
				sampling: { temperature: 0, maxTokens: 7, stop: [] },
				prompt: { template: 'Question: {{input}}\nCity:', examples: [{ target: 'Paris' }, { target: 'Madrid' }] },
			},
		]);
		await undo(page, 'New conversations use “Ticket B” v1');
		await expect.poll(defaultPreset).toBeNull();
		await expect.poll(presets).toEqual([]);
		await use.click();
		await expect.poll(async () => (await presets()).length).toBe(1);
	});

	test('a new conversation shows the prompt, and answers as the run did', async () => {
		await goTo(page, '/chat');
		await chip().waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await chip().click();
		const dialog = page.getByRole('dialog');
		await dialog.getByText('Example 2').waitFor();
		await dialog.getByText('your message').waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await dialog.getByRole('button', { name: 'Close' }).click();
		await message().fill(questions[0][0]);
		await page.keyboard.press('Enter');
		// The model is loaded first.
		await page.getByRole('article', { name: 'Answer', exact: true }).waitFor({ timeout: measuringMs });
		const newest = async () => {
			const { conversations } = await story.client.conversations.list({ limit: 1 });
			return story.client.conversations.get({ id: conversations[0]!.id });
		};
		await expect.poll(async () => (await newest()).messages.at(-1)?.status, { timeout: measuringMs }).toBe('complete');
		const { messages } = await newest();
		// The person's own words are stored; what was added is not.
		expect(messages[0]?.content).toBe(questions[0][0]);
		expect(messages[1]?.content.trim()).toBe(measured.trim());
		expect(messages[1]?.generation?.sampling).toMatchObject({ temperature: 0, maxTokens: 7 });
		await chip().waitFor();
	}, 350_000);

	test('the prompt can be removed from a conversation and comes back with Undo; others keep it', async () => {
		const { conversations } = await story.client.conversations.list({ limit: 1 });
		const id = conversations[0]!.id;
		const next = () => story.client.conversations.prompt({ id }).then(({ text }) => text);
		expect(await next()).toContain('Question: What is the capital of Norway?');
		await page.getByRole('button', { name: 'Remove the prompt Ticket B' }).click();
		await chip().waitFor({ state: 'detached' });
		expect(await message().evaluate((field) => field === document.activeElement)).toBe(true);
		expect(await next()).not.toContain('Question:');
		await undo(page, 'is no longer applied');
		await chip().waitFor();
		await page.reload();
		await chip().waitFor();
		await goTo(page, '/chat');
		await chip().waitFor();
	});

	test('“Evaluate this prompt” goes on with the version that is applied, and makes no other prompt', async () => {
		const before = (await story.client.prompts.list({})).prompts.length;
		await page.keyboard.press('Control+i');
		await page.getByRole('button', { name: 'Evaluate this prompt' }).click();
		await page.getByRole('checkbox', { name: 'Ticket B', exact: true }).waitFor();
		expect(await page.getByRole('checkbox', { name: 'Ticket B', exact: true }).isChecked()).toBe(true);
		expect((await story.client.prompts.list({})).prompts).toHaveLength(before);
	});

	test('a prompt that chat can’t apply says so before anything changes', async () => {
		const { client } = story;
		const prompt = await client.prompts.create({ name: 'Letters', template: '{{input}}\n{{choices}}' });
		const dataset = await client.datasets.create({ name: 'With choices' });
		await client.datasets.samples.add({
			datasetId: dataset.id,
			samples: [{ input: 'What is the capital of Norway?', target: 'Oslo', choices: ['Oslo', 'Rome'] }],
		});
		const [model] = (await client.models.list()).models;
		const run = await client.evaluations.start({
			dataset: { datasetId: dataset.id },
			promptVersionIds: [prompt.latest.id],
			modelFileIds: [model!.id],
			parameters: [{ maxTokens: 4 }],
			scorers: [{ kind: 'includes', ignoreCase: true }],
			width: 1,
			threads: 1,
		});
		await expect
			.poll(async () => (await client.evaluations.get({ id: run.id })).status, { timeout: measuringMs })
			.toBe('done');
		const before = await defaultPreset();
		await goTo(page, `/evaluate/${run.id}`);
		await page.getByRole('button', { name: 'Use “Letters”' }).click();
		const dialog = page.getByRole('dialog', { name: 'Chat can’t use “Letters”' });
		await dialog.getByText('The prompt needs the choices of a sample.').waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await dialog.getByRole('button', { name: 'Close' }).click();
		expect(await defaultPreset()).toBe(before);
	}, 200_000);

	test('nothing was logged, and no other host was contacted', () => {
		expect(story.faults()).toEqual(noFaults);
	});
});
