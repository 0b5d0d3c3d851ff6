import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const rectangleSchema = z.object({ x: z.int(), y: z.int(), width: z.int().min(1), height: z.int().min(1) });

const windowStateSchema = z.object({ bounds: rectangleSchema, maximized: z.boolean(), fullScreen: z.boolean() });

type Rectangle = z.infer<typeof rectangleSchema>;

export type WindowState = z.infer<typeof windowStateSchema>;

/** Logical pixels. In less, the page has no room for its controls (UI: 720×480). */
export const minimumSize = { width: 720, height: 480 };
const usualSize = { width: 1280, height: 840 };

/** How much of the window must be on a display for the user to grab it, logical pixels. */
const visibleEnough = { width: 160, height: 60 };

/** Reads the last stored state; null if there is none or it is unreadable. */
export function readWindowState(path: string): WindowState | null {
	try {
		return windowStateSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
	} catch {
		return null;
	}
}

/** Failures are only logged: a lost window position is not worth interrupting the user. */
export function writeWindowState(path: string, state: WindowState, log: (line: string) => void): void {
	try {
		writeFileSync(`${path}.new`, JSON.stringify(state));
		renameSync(`${path}.new`, path);
	} catch (error) {
		log(`could not keep the window's position: ${String(error)}`);
	}
}

/**
 * Returns the bounds of a new window: the stored ones if enough of them is on a display, only their size if that
 * display is gone. Never larger than the largest work area, never smaller than the minimum.
 */
export function boundsFor(
	kept: Rectangle | null,
	workAreas: readonly Rectangle[],
): { width: number; height: number; x?: number; y?: number } {
	const widest = Math.max(minimumSize.width, ...workAreas.map(({ width }) => width));
	const highest = Math.max(minimumSize.height, ...workAreas.map(({ height }) => height));
	const wanted = kept ?? usualSize;
	const size = {
		width: Math.min(widest, Math.max(minimumSize.width, wanted.width)),
		height: Math.min(highest, Math.max(minimumSize.height, wanted.height)),
	};
	if (!kept) return size;
	const reachable = workAreas.some((area) => {
		const width = Math.min(kept.x + size.width, area.x + area.width) - Math.max(kept.x, area.x);
		const height = Math.min(kept.y + size.height, area.y + area.height) - Math.max(kept.y, area.y);
		// Users move a window by its upper edge.
		return width >= visibleEnough.width && height >= visibleEnough.height && kept.y >= area.y;
	});
	return reachable ? { ...size, x: kept.x, y: kept.y } : size;
}
