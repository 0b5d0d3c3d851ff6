/** Regions in the order F6 walks them: rail, list, main, inspector, status. Marked with `data-region`. */
export function focusNextRegion(
	backwards: boolean,
	root: ParentNode & { activeElement?: Element | null } = document,
): void {
	const regions = [...root.querySelectorAll<HTMLElement>('[data-region]')].filter(
		(region) => region.offsetParent !== null,
	);
	if (regions.length === 0) return;
	const current = regions.findIndex((region) => region.contains(document.activeElement));
	const step = backwards ? -1 : 1;
	const start = current === -1 ? (backwards ? 0 : -1) : current;
	const next = regions[(start + step + regions.length) % regions.length];
	const target = next?.querySelector<HTMLElement>(
		'[data-region-focus], textarea, input:not([type="hidden"]), [aria-current] , button:not([aria-disabled]), a[href], [tabindex="0"]',
	);
	(target ?? next)?.focus();
}
