/**
 * Runs in the page: finds controls that lie outside the window and cannot be scrolled to, and a page wider than the
 * window.
 */
export function outOfReach(): string[] {
	const found: string[] = [];
	const over = document.documentElement.scrollWidth - innerWidth;
	if (over > 0) found.push(`sticks out by ${over} px`);
	for (const control of document.querySelectorAll<HTMLElement>(
		'button, a[href], input, textarea, select, [role="tab"]',
	)) {
		const { left, right, top, bottom, width } = control.getBoundingClientRect();
		if (width === 0 || !control.checkVisibility({ opacityProperty: false, visibilityProperty: true })) continue;
		if (left >= -1 && top >= -1 && right <= innerWidth + 1 && bottom <= innerHeight + 1) continue;
		if (!scrollsIntoView(control)) found.push(`out of reach: ${control.outerHTML.slice(0, 140)}`);
	}
	return found;

	function scrollsIntoView(control: HTMLElement): boolean {
		// A panel scrolls with the button that opened it: once the button is back in view, so is the panel.
		if (control.closest('[data-anchor-hidden]') !== null) return true;
		for (let box = control.parentElement; box !== null; box = box.parentElement) {
			const { overflowX, overflowY } = getComputedStyle(box);
			if (
				/auto|scroll/.test(overflowX + overflowY) &&
				(box.scrollHeight > box.clientHeight || box.scrollWidth > box.clientWidth)
			)
				return true;
		}
		return control.closest('.sr-only, [aria-hidden="true"]') !== null;
	}
}

/** Runs in the page: finds running animations, and transitions with a duration. */
export function moving(): string[] {
	const found = document
		.getAnimations()
		.filter(({ playState, effect }) => playState === 'running' && Number(effect?.getComputedTiming().duration ?? 0) > 0)
		.map((animation) => (animation.effect as KeyframeEffect).target?.outerHTML.slice(0, 120) ?? 'an animation');
	for (const element of document.querySelectorAll('*')) {
		const { transitionDuration, animationName, animationDuration } = getComputedStyle(element);
		const takes = Math.max(...transitionDuration.split(',').map(Number.parseFloat));
		const animates = animationName !== 'none' && Number.parseFloat(animationDuration) > 0;
		if (takes > 0.001 || animates) found.push(`${takes} s: ${element.outerHTML.slice(0, 120)}`);
	}
	return [...new Set(found)].slice(0, 10);
}
