import type { Services } from '../services.ts';

/** Focuses a region, by default the screen's main one: its main control if it names one (`data-region-focus`). */
export function focusRegion(region = document.querySelector<HTMLElement>('main[data-region]')): void {
	if (region === null) return;
	const target = region.querySelector<HTMLElement>('[data-region-focus]') ?? region;
	if (target === region && !region.hasAttribute('tabindex')) region.tabIndex = -1;
	target.focus({ preventScroll: true });
}

/** Frames to wait for a screen: some seconds. */
const mostFrames = 300;

/**
 * Runs a command that may lead to another screen. The focus then goes there, unless the command moved it by itself;
 * otherwise it would stay on a control that is gone, and the next key would be lost.
 */
export function runWithFocus({ layout }: Pick<Services, 'layout'>, run: () => void): void {
	const before = document.activeElement;
	const { route } = layout.state.getState();
	run();
	let frames = 0;
	function settle(): void {
		frames += 1;
		// The first frame draws the screen; in the second, its own effects have run. A screen whose code is being
		// fetched has no main region yet.
		const isDrawn = frames >= 2 && (frames >= mostFrames || document.querySelector('main[data-region]') !== null);
		if (!isDrawn) {
			requestAnimationFrame(settle);
			return;
		}
		const now = document.activeElement;
		const moved = layout.state.getState().route !== route;
		if (now === null || now === document.body || (moved && now === before)) focusRegion();
	}
	requestAnimationFrame(settle);
}
