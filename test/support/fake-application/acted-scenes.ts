import { withTickets } from './dataset/data.ts';
import type { FakeApplication } from './fake-application.ts';
import { withPrompts } from './prompt/data.ts';
import { type Scene, withHistory, withModel } from './scene.ts';

const conversation = (fake: FakeApplication) => `/chat/${withHistory(fake).conversationId}`;

/** States that a user's action leads to. */
export const actedScenes: Record<string, Scene> = {
	palette: {
		prepare: conversation,
		async act(page) {
			await page.keyboard.press('Control+KeyK');
			await page.getByRole('combobox').fill('con');
			await page.waitForTimeout(400);
		},
	},
	shortcuts: {
		prepare: conversation,
		async act(page) {
			await page.keyboard.press('Control+Slash');
			await page.getByRole('dialog').waitFor();
			await page.waitForTimeout(300);
		},
	},
	'model-menu': {
		prepare: conversation,
		async act(page) {
			await page.getByRole('button', { name: /^Model:/ }).click();
			await page.waitForTimeout(300);
		},
	},
	'conversation-menu': {
		prepare: conversation,
		async act(page) {
			await page.getByRole('button', { name: 'Conversation actions' }).click();
			await page.waitForTimeout(300);
		},
	},
	find: {
		prepare: conversation,
		async act(page) {
			// The key acts on a conversation that is loaded.
			await page.getByRole('article', { name: 'Answer' }).first().waitFor();
			await page.keyboard.press('Alt+Shift+KeyF');
			await page.getByRole('textbox', { name: 'Find in this conversation' }).fill('million');
			await page.getByText('of 1 message').waitFor();
		},
	},
	rename: {
		prepare: conversation,
		async act(page) {
			await page.getByRole('button', { name: 'Conversation actions' }).click();
			await page.getByRole('menuitem', { name: /Rename/ }).click();
			await page.waitForTimeout(300);
		},
	},
	'edit-message': {
		prepare: conversation,
		async act(page) {
			await page.getByRole('textbox', { name: 'Message' }).press('ArrowUp');
			await page.waitForTimeout(200);
		},
	},
	reasoning: {
		prepare: conversation,
		async act(page) {
			await page.getByRole('button', { name: 'Reasoning' }).click();
			await page.waitForTimeout(300);
		},
	},
	'deleted-toast': {
		prepare: conversation,
		async act(page) {
			await page.getByRole('button', { name: 'Conversation actions' }).click();
			await page.getByRole('menuitem', { name: /trash/ }).click();
			await page.getByText(/^“.*” moved to the trash$/).waitFor();
			await page.waitForTimeout(300);
		},
	},
	draft: {
		prepare: conversation,
		async act(page) {
			await page
				.getByRole('textbox', { name: 'Message' })
				.fill('Add a row for Jupiter and keep one decimal.\n\nThen say in one sentence which planet is closest.');
		},
	},
	'inspector-overlay': {
		prepare: conversation,
		async act(page) {
			await page.getByRole('button', { name: 'Show settings pane' }).click();
			await page.waitForTimeout(350);
		},
	},
	'add-model': {
		prepare(fake) {
			withModel(fake);
			return '/models';
		},
		async act(page) {
			await page.getByRole('button', { name: 'Add file or folder' }).click();
			await page.getByRole('textbox', { name: 'Path of a file or folder' }).fill('/home/ada/Downloads/model.bin');
			await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click();
			await page.waitForTimeout(350);
		},
	},
	'remove-model': {
		prepare(fake) {
			withModel(fake);
			return '/models';
		},
		async act(page) {
			if (page.viewportSize()!.width < 1100)
				await page
					.getByRole('row')
					.filter({ hasText: 'SmolLM2' })
					.click({ position: { x: 60, y: 12 } });
			await page.getByRole('button', { name: 'Model actions' }).click();
			await page.getByRole('menuitem', { name: 'Remove' }).click();
			await page.waitForTimeout(350);
		},
	},
	'evaluate-new-one-split': {
		prepare(fake) {
			withModel(fake);
			withTickets(fake.data.datasets);
			withPrompts(fake.data.prompts);
			const { versions } = fake.data.datasets;
			fake.data.datasets.versions = versions.map((version) => ({
				...version,
				samples: version.samples.map((sample) => ({ ...sample, split: 'test' })),
			}));
			fake.data.evaluations.refusal = {
				code: 'run-empty',
				message: 'All 160 samples are in “test”, where the examples come from: no sample is left to test.',
				next: ['Put some samples into another split', 'Leave out the examples'],
			};
			return '/evaluate/new';
		},
		async act(page) {
			await page.getByRole('button', { name: 'Add technique' }).click();
			await page.getByRole('menuitem', { name: /^Examples/ }).click();
			await page.getByRole('button', { name: 'Reserve examples' }).waitFor();
			await page.waitForTimeout(600);
		},
	},
};
