import type { KeyboardEvent } from 'react';

/** Moves between the links of a list (`data-row`) with arrow keys, Home and End; Tab leaves it. */
export function useRowKeys(): { onKeyDown: (event: KeyboardEvent<HTMLElement>) => void } {
	return {
		onKeyDown(event) {
			const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')];
			const at = rows.indexOf(document.activeElement as HTMLElement);
			const to = findTargetRow(event.key, at, rows.length);
			if (to === null) return;
			event.preventDefault();
			rows[to]?.focus();
		},
	};
}

function findTargetRow(key: string, at: number, count: number): number | null {
	if (count === 0) return null;
	switch (key) {
		case 'ArrowDown':
			return Math.min(at + 1, count - 1);
		case 'ArrowUp':
			return Math.max(at - 1, 0);
		case 'Home':
			return 0;
		case 'End':
			return count - 1;
		default:
			return null;
	}
}
