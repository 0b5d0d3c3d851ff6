import { useEffect } from 'react';
import { getWindowBridge } from '../../connection/window-bridge.ts';
import { focusComposer } from '../../conversation/actions.ts';
import { isWriting } from '../../conversation/thread/thread-state.ts';
import { pressRatingKey } from '../../feedback/rating-keys.ts';
import type { Services } from '../../services.ts';
import { runCommand } from '../commands.ts';
import { runOrToast } from '../run-or-toast.ts';
import { findShortcut } from './key-bindings.ts';

/** Handles keys that work everywhere, and the window's menu items. */
export function useGlobalShortcuts(services: Services): void {
	useEffect(() => {
		/** Below a dialog nothing may change: the focus would follow to where no key and no click gets out. */
		function run(command: Parameters<typeof runCommand>[1]): void {
			if (!isDialogOpen()) runCommand(services, command);
		}
		function press(event: KeyboardEvent): void {
			if (event.key === 'F6') {
				event.preventDefault();
				if (!isDialogOpen()) focusNextRegion(event.shiftKey);
				return;
			}
			if (event.key === 'Escape') {
				stopAnswer(services, event);
				return;
			}
			if (pressRatingKey(services, event)) {
				event.preventDefault();
				return;
			}
			const shortcut = findShortcut(event);
			if (shortcut === null) {
				// Typing with nothing focused is meant for the message: focusing the field now gives it this key, too.
				if (typesNowhere(event)) focusComposer();
				return;
			}
			event.preventDefault();
			run(shortcut);
		}
		addEventListener('keydown', press);
		const stop = getWindowBridge()?.onCommand(run);
		return () => {
			removeEventListener('keydown', press);
			stop?.();
		};
	}, [services]);
}

/** One that is fading out holds no key. */
function isDialogOpen(): boolean {
	return document.querySelector('[data-dialog][data-open]') !== null;
}

function typesNowhere({ key, target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
	const nowhere = target === document.body || (target instanceof Element && target.matches('main'));
	return nowhere && key.length === 1 && key !== ' ' && !ctrlKey && !metaKey && !altKey;
}

/** Stops the answer being written on Esc, unless Esc closes something open. */
function stopAnswer(services: Services, event: KeyboardEvent): void {
	const { palette, shortcuts, listOverlay, inspectorOverlay } = services.layout.state.getState();
	if (event.defaultPrevented || palette || shortcuts || listOverlay || inspectorOverlay) return;
	if (document.querySelector('[role="menu"], [role="dialog"]') !== null) return;
	if (isWriting(services.thread.state.getState())) void runOrToast(services, services.thread.stop);
}

/** Where a region is entered: at its main control, else at the current entry, else at its first control. */
const entrances = [
	'[data-region-focus]',
	':is(a[href], button, [tabindex])[aria-current]',
	'textarea, input:not([type="hidden"]), button:not([aria-disabled]), a[href], [tabindex="0"]',
];

/** Focuses the next region in F6 order: rail, list, main, inspector, status. Regions carry `data-region`. */
function focusNextRegion(backwards: boolean, root: ParentNode & { activeElement?: Element | null } = document): void {
	const regions = [...root.querySelectorAll<HTMLElement>('[data-region]')].filter(
		(region) => region.offsetParent !== null,
	);
	if (regions.length === 0) return;
	const current = regions.findIndex((region) => region.contains(document.activeElement));
	const step = backwards ? -1 : 1;
	const start = current === -1 ? (backwards ? 0 : -1) : current;
	const next = regions[(start + step + regions.length) % regions.length];
	if (next === undefined) return;
	const target = entrances.map((entrance) => next.querySelector<HTMLElement>(entrance)).find((found) => found !== null);
	(target ?? next).focus();
}
