import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolationsInBothThemes, browserMissing, goTo, undo } from '../support/browser.ts';
import { secondModelPath } from '../support/second-model.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';
import { writeTinyGguf } from '../support/tiny-gguf.ts';

const real = await secondModelPath();
if (real === null)
	process.stdout.write('the base model is not in the cache: a tiny one without a template stands in\n');

/** A base model in the browser, told in order: it writes on a page, then chats with a chosen template. */
describe.skipIf(browserMissing() !== null)('a model without a chat template', () => {
	let story: Story;
	let page: Page;
	let name = '';

	beforeAll(async () => {
		story = await beginStory({ timeout: 60_000 });
		({ page } = story.watched);
		const path = real ?? writeTinyGguf(`${story.folder}/base-model.gguf`, { chatTemplate: null, contextLength: 2048 });
		const model = await story.client.models.add({ path });
		name = model.name;
		await story.client.models.setOptions({ id: model.id, options: { threads: 1, contextSize: 512, gpu: 'cpu' } });
		await story.client.settings.set({ inspectorOpen: true });
		await page.goto(story.host.url);
	}, 120_000);
	afterAll(() => story?.end());

	const field = () => page.getByRole('textbox', { name: 'Text of the page' });
	const text = () => field().inputValue();
	const button = (label: string | RegExp) => page.getByRole('button', { name: label });
	const stored = async () => {
		const { pages } = await story.client.writing.list({});
		return pages[0] === undefined ? '' : (await story.client.writing.get({ id: pages[0].id })).text;
	};

	test('chat says that there is no template and takes what was typed to a page', async () => {
		await page.getByRole('textbox', { name: 'Message' }).fill('The capital of France is');
		await page.getByText(`${name} has no chat template.`).waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await button('Write with it').click();
		await field().waitFor();
		expect(await text()).toBe('The capital of France is');
		await page.getByText('Saved', { exact: true }).waitFor();
	});

	test('it continues at the cursor, streams, and is stored at once', async () => {
		await story.client.settings.set({ sampling: { ...(await story.client.settings.get()).sampling, temperature: 0 } });
		await page.getByRole('textbox', { name: 'Answer limit' }).fill('12');
		await page.keyboard.press('Tab');
		await field().focus();
		await page.keyboard.press('Control+End');
		await page.keyboard.press('Control+Enter');
		await button('Keep').waitFor();
		const written = await text();
		expect(written.startsWith('The capital of France is')).toBe(true);
		expect(written.length).toBeGreaterThan('The capital of France is'.length);
		expect(await stored()).toBe(written);
		await page
			.getByText(/^\d+ tokens/)
			.first()
			.waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
	});

	test('what it wrote is undone and redone as one step, tried again, and removed', async () => {
		const written = await text();
		await field().focus();
		await page.keyboard.press('Control+z');
		expect(await text()).toBe('The capital of France is');
		await page.keyboard.press('Control+Shift+z');
		expect(await text()).toBe(written);
		await page.keyboard.press('Control+Enter');
		await button('Keep').waitFor();
		const longer = await text();
		expect(longer.startsWith(written)).toBe(true);
		await button('Try again').click();
		await button('Keep').waitFor();
		await button('Remove').click();
		expect(await text()).toBe(written);
		await expect.poll(stored).toBe(written);
	});

	test('the cursor may be in the middle; Esc stops, and the text stays', async () => {
		await field().fill('Once upon a time. The end.');
		await page.getByRole('textbox', { name: 'Answer limit' }).fill('400');
		await page.keyboard.press('Tab');
		await field().focus();
		await page.keyboard.press('Control+Home');
		for (let step = 0; step < 16; step += 1) await page.keyboard.press('ArrowRight');
		await page.keyboard.press('Control+Enter');
		// The tiny model may have ended by itself before it is seen to write.
		await button(/^(Stop|Keep)/)
			.first()
			.waitFor();
		await expect.poll(text).not.toBe('Once upon a time. The end.');
		await page.keyboard.press('Escape');
		await button('Keep').waitFor();
		const whole = await text();
		expect(whole.startsWith('Once upon a time')).toBe(true);
		expect(whole.endsWith('. The end.')).toBe(true);
		expect(whole.length).toBeGreaterThan('Once upon a time. The end.'.length);
		await expect.poll(stored).toBe(whole);
	});

	test('text typed right before the host is killed comes back', async () => {
		await field().fill('These words must not be lost.');
		await page.getByText('Saved', { exact: true }).waitFor();
		await story.restart('killed');
		page = await story.openPage();
		await page.goto(story.host.url);
		await goTo(page, '/write');
		await field().waitFor();
		expect(await text()).toBe('These words must not be lost.');
	});

	test('pages are listed, renamed, and go to the trash with undo', async () => {
		const list = page.getByRole('complementary', { name: 'Pages' });
		await list.getByRole('link', { name: /These words/ }).waitFor();
		await field().focus();
		await page.keyboard.press('F2');
		await page.getByRole('textbox', { name: 'Name' }).fill('My words');
		await page.keyboard.press('Enter');
		await list.getByRole('link', { name: /My words/ }).waitFor();
		await button('Page actions').click();
		await page.getByRole('menuitem', { name: 'Move to trash' }).click();
		await page.getByText('Write with a model').waitFor();
		await undo(page, 'moved to the trash');
		await field().waitFor();
		expect(await text()).toBe('These words must not be lost.');
		await list.getByRole('link', { name: 'Conversations' }).click();
		await page.getByRole('complementary', { name: 'Conversations' }).getByRole('link', { name: 'Pages' }).click();
		await field().waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
	});

	test('with a chosen template the model chats; a fault is named by its line', async () => {
		await goTo(page, '/chat');
		await button('Choose a template').click();
		const dialog = page.getByRole('dialog', { name: `Chat template for ${name}` });
		await dialog.getByRole('region', { name: 'Preview' }).getByText('Where is the lighthouse?').waitFor();
		const preview = dialog.getByRole('region', { name: 'Preview' });
		if (real !== null) await preview.getByText('<start_of_turn>model').waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		const template = dialog.getByRole('textbox', { name: 'Template (Jinja)' });
		const known = await dialog.getByRole('group', { name: 'Known templates' }).boundingBox();
		expect((await template.boundingBox())!.x, 'the template is beside the known ones').toBeGreaterThan(
			known!.x + known!.width,
		);
		await template.fill('one\n{{ messages[0].lost.found }}');
		await preview.getByText(/The template fails on line 2/).waitFor();
		expect(await dialog.getByRole('radio', { name: /Your own/ }).isChecked()).toBe(true);
		await button('Use template').click();
		await dialog
			.getByRole('alert')
			.getByText(/The template fails on line 2/)
			.waitFor();
		await dialog.getByRole('radio', { name: /Plain dialogue/ }).check();
		await preview.getByText('User: Where is the lighthouse?').waitFor();
		await button('Use template').click();
		await dialog.waitFor({ state: 'detached' });
		const { models } = await story.client.models.list();
		expect(models[0]?.chat).toBe(true);
		await page.getByRole('textbox', { name: 'Answer limit' }).fill('8');
		await page.keyboard.press('Tab');
		await page.getByRole('textbox', { name: 'Message' }).fill('Hello');
		await page.keyboard.press('Enter');
		await expect
			.poll(
				async () => {
					const { conversations } = await story.client.conversations.list({});
					const [first] = conversations;
					if (first === undefined) return null;
					return (await story.client.conversations.get({ id: first.id })).messages.at(-1)?.status;
				},
				{ timeout: 60_000 },
			)
			.toBe('complete');
		expect(story.faults().foreignRequests).toEqual(noFaults.foreignRequests);
	});
});
