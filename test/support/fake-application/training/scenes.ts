import type { Page } from 'playwright-core';
import type { TrainingCheck, TrainingRun } from '../../../../electron/contract/adaptation/schema.ts';
import { withTickets } from '../dataset/data.ts';
import { type Scene, withModel } from '../scene.ts';
import { buildTrainingCheck, buildTrainingRun, finishedTraining } from './data.ts';

async function openTab(page: Page): Promise<void> {
	await page.getByText('Training', { exact: true }).first().click();
}

const scene = (
	shows: string,
	trainings: readonly TrainingRun[],
	act: (page: Page) => Promise<void> = async () => {},
	check: TrainingCheck | null = null,
): Scene => ({
	prepare(fake) {
		withModel(fake);
		withTickets(fake.data.datasets);
		fake.data.trainings = [...trainings];
		fake.data.trainingCheck = check;
		return '/models';
	},
	async act(page) {
		await openTab(page);
		await act(page);
		await page.getByText(shows).first().waitFor();
	},
});

const openForm = async (page: Page): Promise<void> => {
	await page.getByRole('button', { name: /^Fine-tune/ }).click();
	await page.getByRole('button', { name: 'Start training' }).waitFor();
};

const openAdvanced = async (page: Page): Promise<void> => {
	await openForm(page);
	await page.getByText('Advanced settings').click();
};

const some = (count: number) => ({ count, keys: ['1', '2'] });

export const trainingScenes: Record<string, Scene> = {
	'training-empty': scene('Nothing trained yet', []),
	'training-form': scene('held out to compare', [], openForm),
	'training-form-documents': {
		...scene('learns to continue texts', [], async (page) => {
			await openForm(page);
			await page.getByText('Documents', { exact: true }).last().click();
			await page.getByRole('combobox', { name: 'Collection' }).waitFor();
		}),
		prepare(fake) {
			withModel(fake);
			withTickets(fake.data.datasets);
			fake.data.shelf = { collections: [{ id: 1, name: 'Observatory', documents: 14 }], documents: [] };
			return '/models';
		},
	},
	'training-form-feedback': scene('held out to compare', [], async (page) => {
		await openForm(page);
		await page.getByText('My feedback', { exact: true }).click();
		await page.getByRole('combobox', { name: 'Feedback to learn from' }).waitFor();
	}),
	'training-advanced': scene('Rank', [], openAdvanced),
	'training-export': scene('held out to compare', [], async (page) => {
		await openForm(page);
		await page.getByRole('button', { name: 'Export to train elsewhere' }).click();
		await page.getByRole('dialog', { name: 'Export to train elsewhere' }).waitFor();
	}),
	'training-careful': scene(
		'also in',
		[],
		openForm,
		buildTrainingCheck({
			...{ duplicates: some(7), unusable: some(3), cut: some(12), refused: some(1), longest: 1_240 },
			personal: [{ kind: 'email', count: 9 }],
			leaks: [{ datasetId: 2, name: 'Short facts', samples: 4 }],
			warnings: [
				{
					code: 'few-samples',
					message: '31 samples can teach the form of an answer, but little more. Aim for 100 to 500.',
				},
			],
		}),
	),
	'training-refused': scene(
		'This can’t be trained',
		[],
		openForm,
		buildTrainingCheck({
			obstacle: {
				code: 'training-empty',
				message: 'There are no samples to learn from.',
				next: ['Correct answers or rate good ones', 'Choose a dataset whose samples have a target'],
			},
		}),
	),
	'training-running': scene('Step 23 of 54', [buildTrainingRun()]),
	'training-waiting-for-chat': scene('Waiting until the chat answer is complete', [
		buildTrainingRun({
			progress: {
				...buildTrainingRun().progress,
				held: true,
				doing: 'Waiting until the chat answer is complete',
			},
		}),
	]),
	'training-paused': scene('Paused at step 23', [
		buildTrainingRun({
			status: 'paused',
			progress: { ...buildTrainingRun().progress, phase: 'none', secondsLeft: null, doing: null },
		}),
	]),
	'training-failed': scene('The training stopped', [
		buildTrainingRun({
			status: 'failed',
			failure: {
				code: 'disk-full',
				message: 'The disk is full, so this could not be written.',
				next: ['Free some space, then try again', 'Use a folder on another disk'],
			},
		}),
	]),
	'training-done': scene('Compare with the base', [finishedTraining({ comparisons: [] })]),
	'training-compared': scene('Short facts', [finishedTraining(), buildTrainingRun({ id: 2, name: 'My corrections' })]),
};
