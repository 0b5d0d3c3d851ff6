import type { Page } from 'playwright-core';
import type { FakeApplication } from '../fake-application.ts';
import { lookCloser, openSettings, withLibrary } from '../library/scenes.ts';
import type { Scene } from '../scene.ts';
import { fakeSweep, fakeSweepJob } from './handlers.ts';

/** Opens the sweep from the inspector's settings. */
async function open(page: Page): Promise<void> {
	await lookCloser(page);
	await openSettings(page);
	await page.getByRole('button', { name: 'Find the fastest settings' }).click();
}

const scene = (shows: string, change: (fake: FakeApplication) => void = () => {}): Scene => ({
	prepare(fake) {
		withLibrary(fake);
		change(fake);
		return '/models';
	},
	async act(page) {
		await open(page);
		await page.getByText(shows).first().waitFor();
	},
});

export const sweepScenes: Record<string, Scene> = {
	'fastest-choosing': scene('About 76 s'),
	'fastest-running': scene('30 s left', ({ data }) => {
		data.sweeps.job = fakeSweepJob();
	}),
	'fastest-done': scene('Measurably fastest', ({ data }) => {
		data.sweeps.last = fakeSweep();
	}),
	'fastest-failed': scene('Couldn’t measure the settings', ({ data }) => {
		data.sweeps.job = fakeSweepJob({
			state: 'failed',
			endedAt: Date.now(),
			rate: null,
			secondsLeft: null,
			failure: {
				code: 'cache-type-unsuitable',
				message: 'A cache of Q5_1 does not suit this model: its heads of 80 values do not divide into blocks of 32.',
				next: ['Choose F16 or BF16'],
			},
		});
	}),
};
