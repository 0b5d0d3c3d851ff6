import type { Page } from 'playwright-core';
import { planScenes } from './plan-scenes.ts';
import type { Scene } from './scene.ts';

const newRun = planScenes['evaluate-new'];
if (newRun === undefined) throw new Error('there is no scene of a new run');

function checking(rubric: string, until: (page: Page) => Promise<unknown>): Scene {
	return {
		...(newRun as Scene),
		async act(page) {
			await page.getByRole('button', { name: 'Add scorer' }).click();
			await page.getByRole('menuitem', { name: /^Judge/ }).click();
			await page.getByRole('textbox', { name: 'Rubric' }).fill(rubric);
			await page.getByRole('button', { name: 'Check against my ratings' }).click();
			await until(page);
			await page.getByText('Rubric').last().scrollIntoViewIfNeeded();
		},
	};
}

/** A judge checked against the user's thumbs, in the form of a new run. */
export const judgeScenes: Record<string, Scene> = {
	'evaluate-judge-checked': checking('It is right and polite.', (page) => page.getByText(/kappa 0\.55/).waitFor()),
	'evaluate-judge-checking': checking('slow', (page) => page.getByText('12 of 40 rated answers').waitFor()),
	'evaluate-judge-unchecked': checking('none', (page) => page.getByText('Couldn’t check the judge').waitFor()),
};
