import type { Page } from 'playwright-core';
import { Failure } from '../../../models/contract/failure.ts';
import { buildModelFile } from '../fixtures/model.ts';
import type { FakeApplication } from './fake-application.ts';
import { day, type Scene, withHistory, withModel } from './scene.ts';
import { buildPage } from './writing-handlers.ts';

const story = `The lighthouse stood on the cliff above the harbour, and nobody had climbed its stairs for eleven years.

On the first evening of the winter the lamp was lit again. The fishermen saw it from the sea, and each of them thought that another had the key.`;

const continuation =
	' In the morning they met at the door. It was locked, as it had always been, and the snow in front of it showed no steps but their own.';

/** Pages of several days; the newest is the story. */
function withPages(fake: FakeApplication): string {
	withHistory(fake);
	const now = Date.now();
	const { pages } = fake.data.writing;
	for (const [index, text] of ['Dear Ms Ortega,', 'def light_minutes(km):', 'Ingredients:\n- 200 g flour'].entries()) {
		const at = now - (index + 1) * day;
		pages.set(90 + index, buildPage(90 + index, { text, createdAt: at, updatedAt: at }));
	}
	pages.set(1, buildPage(1, { text: story }));
	return '/write/1';
}

const field = (page: Page) => page.getByRole('textbox', { name: 'Text of the page' });

async function write(page: Page): Promise<void> {
	await field(page).focus();
	await page.keyboard.press('Control+End');
	await page.keyboard.press('Control+Enter');
}

/** A base model, chosen in an empty chat. */
function withBaseModel(fake: FakeApplication): string {
	withModel(fake);
	fake.data.models = [
		buildModelFile(1, { name: 'Gemma 3 270M', architecture: 'gemma3', chat: false, quantization: 'Q4_K_M' }),
	];
	return '/chat';
}

export const writingScenes: Record<string, Scene> = {
	'page-empty': {
		prepare(fake) {
			withHistory(fake);
			return '/write';
		},
	},
	page: { prepare: withPages },
	'page-settings': {
		prepare(fake) {
			fake.data.settings = { ...fake.data.settings, inspectorOpen: true };
			const route = withPages(fake);
			const { pages } = fake.data.writing;
			pages.set(1, { ...pages.get(1)!, sampling: { temperature: 1.1 } });
			return route;
		},
	},
	'page-loading': {
		prepare(fake) {
			fake.data.writing.phase = { type: 'loading', modelName: 'SmolLM2', stage: 'weights', fraction: 0.42 };
			return withPages(fake);
		},
		async act(page) {
			await write(page);
			await page.getByText('Reading the weights').waitFor();
		},
	},
	'page-written': {
		prepare(fake) {
			fake.data.writing.answer = continuation;
			return withPages(fake);
		},
		async act(page) {
			await write(page);
			await page.getByRole('button', { name: 'Keep' }).waitFor();
		},
	},
	'page-failed': {
		prepare(fake) {
			fake.data.writing.failure = new Failure({
				code: 'not-enough-memory',
				message: 'The model needs 0.9 GB more memory than is free.',
				next: ['Close other programs'],
			});
			return withPages(fake);
		},
		async act(page) {
			await write(page);
			await page.getByText(/0\.9 GB more memory/).waitFor();
		},
	},
	'model-without-template': { prepare: withBaseModel },
	'chat-template-dialog': {
		prepare: withBaseModel,
		async act(page) {
			await page.getByRole('button', { name: 'Choose a template' }).click();
			await page.getByRole('dialog').getByRole('region', { name: 'Preview' }).getByText('How old is it?').waitFor();
			await page.waitForTimeout(300);
		},
	},
	'chat-template-fault': {
		prepare: withBaseModel,
		async act(page) {
			await page.getByRole('button', { name: 'Choose a template' }).click();
			await page.getByRole('textbox', { name: 'Template (Jinja)' }).fill('one\n{{ messages[0].lost.found }}');
			await page.getByText(/The template fails on line 2/).waitFor();
			await page.waitForTimeout(300);
		},
	},
};
