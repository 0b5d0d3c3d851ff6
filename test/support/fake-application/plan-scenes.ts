import { buildAdapter } from '../fixtures/adapter.ts';
import { earlier, library, scene, tickets } from './evaluation-scenes.ts';
import { type Scene, withModel } from './scene.ts';

/** The form of a new run, while it is filled in and with its open menus. */
export const planScenes: Record<string, Scene> = {
	'evaluate-new': scene('/evaluate/new', ...earlier()),
	'evaluate-new-matrix': {
		prepare(fake) {
			library(fake);
			fake.data.evaluations.all = [tickets(), ...earlier()];
			fake.data.evaluations.estimate.warnings = [
				{ code: 'examples-few', message: 'Only 3 samples are in the split “examples”: each run shows the same ones.' },
			];
			return '/evaluate/new';
		},
		async act(page) {
			await page.getByRole('button', { name: 'Add technique' }).click();
			await page.getByRole('menuitem', { name: /^Self-consistency/ }).click();
			await page.getByRole('button', { name: 'Add criterion' }).click();
			await page.getByRole('button', { name: 'Add criterion' }).click();
			await page.getByRole('button', { name: 'Add scorer' }).click();
			await page.getByRole('menuitem', { name: /^Judge/ }).click();
			await page.waitForTimeout(600);
		},
	},
	'evaluate-new-tools': {
		...scene('/evaluate/new', ...earlier()),
		async act(page) {
			await page.getByRole('button', { name: 'Add technique' }).click();
			await page.getByRole('menuitem', { name: /^Tools/ }).click();
			await page.getByRole('checkbox', { name: 'Calculator' }).click();
			await page.waitForTimeout(600);
		},
	},
	'evaluate-new-options': {
		prepare(fake) {
			library(fake);
			fake.data.evaluations.all = [tickets(), ...earlier()];
			return '/evaluate/new';
		},
		async act(page) {
			await page.getByRole('button', { name: 'Add technique' }).click();
			await page.getByRole('menuitem', { name: /^Examples/ }).click();
			await page
				.getByRole('button', { name: /^Advanced/ })
				.last()
				.click();
			await page.getByRole('button', { name: 'More of' }).first().click();
			await page.getByText('Schema', { exact: true }).click();
			await page.getByRole('button', { name: 'Next sample' }).waitFor();
			await page
				.getByRole('button', { name: /^Advanced/ })
				.last()
				.scrollIntoViewIfNeeded();
		},
	},
	'evaluate-new-adapters': {
		prepare(fake) {
			library(fake);
			fake.data.adapters = [buildAdapter(1), buildAdapter(2, { name: 'Formal tone', rank: 16 })];
			fake.data.evaluations.all = [tickets(), ...earlier()];
			return '/evaluate/new';
		},
		async act(page) {
			await page.getByRole('button', { name: 'Add a model with an adapter' }).click();
			await page.getByRole('menuitem', { name: /^Tickets/ }).click();
			await page.getByRole('button', { name: /^Add another scale/ }).click();
			await page.getByRole('button', { name: 'Another adapter' }).last().click();
			await page.getByRole('menuitem', { name: /^Formal/ }).click();
			await page.getByRole('list', { name: 'With adapters' }).scrollIntoViewIfNeeded();
		},
	},
	'evaluate-new-contexts': {
		prepare(fake) {
			library(fake);
			fake.data.shelf = { collections: [{ id: 1, name: 'Terms and manuals', documents: 12 }], documents: [] };
			fake.data.evaluations.all = [tickets(), ...earlier()];
			return '/evaluate/new';
		},
		async act(page) {
			const add = page.getByRole('button', { name: 'Compare another context' });
			await add.click();
			await page.getByRole('menuitem', { name: 'Passages of a collection' }).click();
			await add.click();
			await page.getByRole('menuitem', { name: 'All of a collection' }).click();
			await add.click();
			await page.getByRole('menuitem', { name: 'Another policy for long conversations' }).click();
			await page.getByRole('region', { name: 'Context' }).scrollIntoViewIfNeeded();
		},
	},
	'evaluate-new-refused': {
		prepare(fake) {
			library(fake);
			fake.data.evaluations.refusal = {
				code: 'leak',
				message: '12 of the examples are rows that are tested, too: the model would see their answers.',
				next: ['Choose another split for the examples', 'Or move them to a split of their own in Datasets'],
			};
			return '/evaluate/new';
		},
	},
	'evaluate-new-nothing': {
		prepare(fake) {
			withModel(fake);
			fake.data.models = [];
			return '/evaluate/new';
		},
	},
};
