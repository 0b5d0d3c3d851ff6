import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Script } from '../../models/worker/engine-script.ts';
import { axeViolations, browserMissing } from '../support/browser.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';
import { writeTinyGguf } from '../support/tiny-gguf.ts';

const say = (text: string, tokenDelayMs?: number) => ({
	type: 'text' as const,
	text,
	...(tokenDelayMs === undefined ? {} : { tokenDelayMs }),
});

/** Both models give the same answers; the question decides which. */
const script: Script = {
	answers: [
		{ when: 'Count', steps: [say('one two three four five six seven eight')] },
		{ when: 'Slowly', steps: [say('and so on '.repeat(200), 25)] },
		{ when: 'Crash', steps: [say('Half an ans'), { type: 'crash', how: { signal: 'SIGABRT' } }] },
	],
};

const secret = 'heliotrope-4711';

/** One story, told in order on the built browser host with two scripted models. */
describe.skipIf(browserMissing() !== null)('branches, presets, several models and temporary conversations', () => {
	let story: Story;
	let page: Page;

	beforeAll(async () => {
		story = await beginStory({ script });
		({ page } = story.watched);
		for (const [name, seed] of [
			['Alpha', 1],
			['Beta', 2],
		] as const) {
			const path = writeTinyGguf(join(story.folder, `${name}.gguf`), { name, seed });
			await story.client.models.add({ path });
		}
		await story.client.settings.set({ inspectorOpen: true });
		await page.goto(story.host.url);
	});
	afterAll(() => story?.end());

	const composer = () => page.getByRole('textbox', { name: 'Message' });
	const answers = () => page.getByRole('article', { name: 'Answer', exact: true });
	const idle = () => page.getByRole('button', { name: 'Send', exact: true }).waitFor();
	const preset = () => page.getByRole('button', { name: /^Preset:/ });

	async function send(text: string): Promise<void> {
		await composer().fill(text);
		await composer().press('Enter');
	}

	async function looksGood(): Promise<void> {
		for (const colorScheme of ['light', 'dark'] as const) {
			// Colours then change at once, however busy the machine is.
			await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
			await page.waitForTimeout(200);
			expect(await axeViolations(page)).toEqual([]);
		}
	}

	test('settings of the pane are saved as a preset, and the first answer follows it', async () => {
		await page.getByRole('textbox', { name: 'Answer limit' }).fill('3');
		await page.getByRole('textbox', { name: 'Answer limit' }).press('Tab');
		await expect.poll(() => preset().textContent()).toMatch(/No preset, 1 change/);
		await preset().click();
		await page.getByRole('menuitem', { name: 'Save as new preset' }).click();
		const dialog = page.getByRole('dialog', { name: 'Save as new preset' });
		await dialog.getByRole('button', { name: 'Save preset' }).click();
		await dialog.getByText('Enter a name').waitFor();
		await dialog.getByRole('textbox', { name: 'Name' }).fill('Short');
		await looksGood();
		await dialog.getByRole('button', { name: 'Save preset' }).click();
		await expect.poll(() => preset().textContent()).toMatch(/Short$/);
		await send('Count for me');
		await page.getByText('stopped at the answer limit of 3').waitFor();
		expect(await answers().locator('.md').textContent()).toBe('one two three');
		expect(await story.client.presets.list()).toMatchObject({
			presets: [{ name: 'Short', sampling: { maxTokens: 3 } }],
		});
	});

	test('an answer cut at its limit continues where it was, as a new version', async () => {
		await page.getByRole('button', { name: 'Continue answer' }).click();
		await page.getByText('2/2').waitFor();
		await expect.poll(() => answers().locator('.md').textContent()).toBe('one two three four five six');
		await page.getByRole('button', { name: 'Previous version' }).click();
		await expect.poll(() => answers().locator('.md').textContent()).toBe('one two three');
		await page.getByRole('button', { name: 'Next version' }).click();
		await page.getByText('continues another version').waitFor();
		await looksGood();
	});

	test('a conversation’s own value overrides its preset, and Reset drops it', async () => {
		await page.getByRole('textbox', { name: 'Answer limit' }).fill('5');
		await page.getByRole('textbox', { name: 'Answer limit' }).press('Tab');
		await expect.poll(() => preset().textContent()).toMatch(/Short, 1 change/);
		// Under a cut-off answer, Continue has its place.
		await answers().getByRole('button', { name: 'More answer actions' }).click();
		await page.getByRole('menuitem', { name: /^Answer again(?! with)/ }).click();
		await expect.poll(() => answers().locator('.md').textContent()).toBe('one two three four five');
		await page.reload();
		await expect.poll(() => preset().textContent()).toMatch(/Short, 1 change/);
		await page.getByRole('button', { name: 'Reset', exact: true }).click();
		await expect.poll(() => preset().textContent()).toMatch(/Short$/);
	});

	test('a branch starts a new conversation that names its origin and links back', async () => {
		await answers().first().getByRole('button', { name: 'More answer actions' }).click();
		await page.getByRole('menuitem', { name: 'Branch into a new conversation' }).click();
		const origin = page.getByText('Branched from');
		await origin.waitFor();
		expect(new URL(page.url()).hash).toBe('#/chat/2');
		expect(await answers().locator('.md').textContent()).toBe('one two three four five');
		await looksGood();
		await origin.locator('xpath=..').getByRole('link').click();
		await expect.poll(() => new URL(page.url()).hash).toBe('#/chat/1');
	});

	test('a branch from a user’s message can be answered there', async () => {
		await page.getByText('Count for me', { exact: true }).last().hover();
		await page.getByRole('button', { name: 'Branch into a new conversation' }).click();
		await page.getByText('Not answered yet').waitFor();
		await page.getByRole('button', { name: 'Answer', exact: true }).click();
		await expect.poll(() => answers().locator('.md').textContent()).toBe('one two three');
	});

	test('another model takes over in the middle of a conversation', async () => {
		await page.getByRole('button', { name: /^Model:/ }).click();
		await page.getByRole('menuitemradio', { name: /Beta/ }).click();
		await send('Who are you?');
		await answers().last().getByText('You said: Who').waitFor();
		await idle();
		expect(await answers().first().textContent()).toContain('Alpha');
		expect(await answers().last().textContent()).toContain('Beta');
	});

	test('several models answer one message side by side, and the conversation continues from one', async () => {
		await page.getByRole('button', { name: 'New conversation', exact: true }).click();
		await page.getByRole('button', { name: 'Ask several models' }).click();
		await page.getByRole('menuitemcheckbox', { name: /Beta/ }).click();
		await page.keyboard.press('Escape');
		await send('Count both');
		const side = page.getByRole('region', { name: 'Answers side by side' });
		await side.waitFor();
		await idle();
		await expect.poll(() => side.getByRole('listitem').count()).toBe(2);
		await looksGood();
		await page.reload();
		await answers().waitFor();
		await page.getByText('1/2').waitFor();
		await answers().getByRole('button', { name: 'More answer actions' }).click();
		await page.getByRole('menuitem', { name: 'Show versions side by side' }).click();
		await side.getByRole('button', { name: 'Continue with this: Beta' }).click();
		await page.getByText('2/2').waitFor();
		expect(await answers().textContent()).toContain('Beta');
	});

	test('Stop ends all of several answers', async () => {
		await page.getByRole('button', { name: 'Ask several models' }).click();
		await page.getByRole('menuitemcheckbox').first().click();
		await page.keyboard.press('Escape');
		await preset().click();
		await page.getByRole('menuitemradio', { name: 'No preset' }).click();
		await send('Slowly now');
		const side = page.getByRole('region', { name: 'Answers side by side' });
		await side.getByText('and so on and so on').first().waitFor();
		await page.reload();
		await side.getByText('and so on and so on').first().waitFor();
		await page.getByRole('button', { name: 'Stop' }).click();
		await idle();
		await expect.poll(() => side.getByText('stopped by you').count()).toBe(2);
		await side.getByRole('button', { name: 'Show one answer' }).click();
		await page.getByRole('button', { name: 'Continue answer' }).first().waitFor();
	});

	test('a failed answer gives the reason and offers a retry, another model and the details', async () => {
		await page.getByRole('button', { name: 'New conversation', exact: true }).click();
		await preset().click();
		await page.getByRole('menuitemradio', { name: 'No preset' }).click();
		await send('Crash, please');
		const failure = page.getByRole('group', { name: 'This answer failed' });
		await failure.getByText('SIGABRT').first().waitFor();
		await answers().getByText('Half an ans').waitFor();
		for (const name of ['Try again', 'Continue answer', 'Use another model']) {
			await failure.getByRole('button', { name }).waitFor();
		}
		await looksGood();
	});

	test('Up edits the last message; sending adds a version of it', async () => {
		await composer().press('ArrowUp');
		const field = page.getByRole('textbox', { name: 'Edit your message' });
		await field.fill('Behave');
		await field.press('Enter');
		await answers().getByText('You said: Behave').waitFor();
		await page.getByRole('group', { name: 'Versions of this message' }).getByText('2/2').waitFor();
	});

	test('a temporary conversation is answered, can be edited, and is never written to disk', async () => {
		await page.keyboard.press('Alt+Shift+KeyN');
		await page.getByRole('heading', { name: 'Temporary conversation', level: 1 }).waitFor();
		await looksGood();
		await send(`Keep quiet about ${secret}`);
		await answers().getByText(`You said: Keep quiet about ${secret}`).waitFor();
		await answers().getByRole('button', { name: 'Answer again' }).click();
		await page.getByText('2/2').waitFor();
		await idle();
		await looksGood();
		expect(await page.getByRole('button', { name: 'Good answer' }).count()).toBe(0);
		for (const file of readdirSync(story.dataFolder)) {
			if (!file.startsWith('assay.db')) continue;
			expect([file, readFileSync(join(story.dataFolder, file)).includes(secret)]).toEqual([file, false]);
		}
	});

	test('leaving a temporary conversation shows a notice, and Go back restores it', async () => {
		await page
			.getByRole('link', { name: /Count for me/ })
			.first()
			.click();
		await page.getByText('Temporary conversation closed without saving').waitFor();
		await page.getByRole('button', { name: 'Go back' }).click();
		await answers().getByText(`You said: Keep quiet about ${secret}`).waitFor();
		await page.reload();
		await page.getByRole('heading', { name: 'Temporary conversation', level: 1 }).waitFor();
		expect(await page.getByText(secret).count()).toBe(0);
	});

	test('presets are edited, made the default and deleted in the settings', async () => {
		await page.getByRole('link', { name: 'Settings' }).click();
		const actions = () => page.getByRole('button', { name: 'Actions for the preset Short' });
		await actions().click();
		await page.getByRole('menuitem', { name: 'Use for new conversations' }).click();
		await page.getByText('Default', { exact: true }).waitFor();
		await looksGood();
		await page.keyboard.press('Alt+KeyN');
		await expect.poll(() => preset().textContent()).toMatch(/Short$/);
		await page.getByRole('link', { name: 'Settings' }).click();
		await actions().click();
		await page.getByRole('menuitem', { name: 'Delete' }).click();
		await page.getByRole('button', { name: 'Delete preset' }).click();
		await page.getByText(/Preset “Short” deleted/).waitFor();
		expect(await story.client.presets.list()).toEqual({ presets: [] });
	});

	test('nothing was logged, and no other host was contacted', () => {
		expect(story.faults()).toEqual(noFaults);
	});
});
