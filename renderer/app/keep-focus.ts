import { focusRegion } from './focus-main.ts';

/** What can hold the focus in a row of a list. */
const focusable = 'a[href], button:not(:disabled), input:not(:disabled), [tabindex="0"]';

/** Where the focus is, as far as it is needed once its control is gone. */
interface Held {
	readonly control: Element;
	readonly region: HTMLElement | null;
	/** Its row in a list; null: it is in none. */
	readonly row: {
		readonly element: Element;
		readonly list: Element;
		readonly at: number;
		/** The part of the page that the list stands in. */
		readonly part: Element | null;
	} | null;
}

/**
 * Keeps the focus in the page when the control that holds it disappears, because its button did its work or its row was
 * removed: the next key would be lost otherwise. The focus goes to the row that takes the place of a removed one; after
 * the last one to what is left of its section; else to the region. What moves the focus by itself has two frames for it. Returns the end of the watch.
 */
export function keepFocus(): () => void {
	let held: Held | null = null;
	let frame = 0;

	function look(): void {
		if (held === null || held.control.isConnected || document.activeElement !== document.body) return;
		cancelAnimationFrame(frame);
		frame = requestAnimationFrame(() => {
			frame = requestAnimationFrame(restore);
		});
	}

	function restore(): void {
		if (held === null || held.control.isConnected || document.activeElement !== document.body) return;
		const { region, row } = held;
		held = null;
		if (row !== null && !row.element.isConnected) {
			const rows = row.list.isConnected ? row.list.children : [];
			const rest = row.part?.isConnected ? row.part : undefined;
			const next = rows[Math.min(row.at, rows.length - 1)] ?? rest;
			const control = next?.matches(focusable) ? next : next?.querySelector(focusable);
			if (control instanceof HTMLElement) {
				control.focus({ preventScroll: true });
				return;
			}
		}
		focusRegion(region?.isConnected === true ? region : undefined);
	}

	function enter({ target }: FocusEvent): void {
		if (!(target instanceof Element)) return;
		const element = target.closest('li, [role="row"]');
		const list = element?.parentElement ?? null;
		held = {
			control: target,
			region: target.closest<HTMLElement>('[data-region]'),
			row:
				element === null || list === null
					? null
					: { element, list, at: [...list.children].indexOf(element), part: list.closest('section') },
		};
	}

	/** If the control still exists a frame later, the person moved the focus away, for example by clicking elsewhere. */
	function leave({ target, relatedTarget }: FocusEvent): void {
		if (relatedTarget !== null) return;
		requestAnimationFrame(() => {
			if (held?.control === target && held.control.isConnected && document.activeElement === document.body) held = null;
		});
	}

	const removals = new MutationObserver(look);
	removals.observe(document.body, { childList: true, subtree: true });
	document.addEventListener('focusin', enter);
	document.addEventListener('focusout', leave);
	return () => {
		cancelAnimationFrame(frame);
		removals.disconnect();
		document.removeEventListener('focusin', enter);
		document.removeEventListener('focusout', leave);
	};
}
