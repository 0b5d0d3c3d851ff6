import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { boundsFor, readWindowState, writeWindowState } from '../../../electron/shell/window-state.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const laptop = { x: 0, y: 25, width: 1440, height: 875 };
const left = { x: -1920, y: 0, width: 1920, height: 1080 };

describe('the bounds of a new window', () => {
	test('are the usual size, placed by the system, the first time', () => {
		expect(boundsFor(null, [laptop])).toEqual({ width: 1280, height: 840 });
	});

	test('are the stored ones if they are on a display, even left of the first', () => {
		const kept = { x: -1500, y: 100, width: 1000, height: 700 };
		expect(boundsFor(kept, [laptop, left])).toEqual(kept);
	});

	test('keep only the size if their display is gone', () => {
		expect(boundsFor({ x: -1500, y: 100, width: 1000, height: 700 }, [laptop])).toEqual({ width: 1000, height: 700 });
	});

	test('keep only the size if the title bar is above every display or only a sliver is left', () => {
		const size = { width: 1000, height: 700 };
		expect(boundsFor({ x: 100, y: -40, ...size }, [laptop])).toEqual(size);
		expect(boundsFor({ x: 1400, y: 100, ...size }, [laptop])).toEqual(size);
		expect(boundsFor({ x: 100, y: 880, ...size }, [laptop])).toEqual(size);
	});

	test('shrink to the largest display and grow to the page’s minimum', () => {
		expect(boundsFor({ x: 0, y: 25, width: 4000, height: 3000 }, [laptop])).toEqual({
			x: 0,
			y: 25,
			width: 1440,
			height: 875,
		});
		expect(boundsFor({ x: 0, y: 25, width: 10, height: 10 }, [laptop])).toEqual({
			x: 0,
			y: 25,
			width: 720,
			height: 480,
		});
		expect(boundsFor(null, [])).toEqual({ width: 720, height: 480 });
	});
});

describe('the stored window state', () => {
	const state = { bounds: { x: 1, y: 2, width: 800, height: 600 }, maximized: true, fullScreen: false };

	test('is read as it was written', () => {
		const path = join(temporaryFolder(), 'window.json');
		writeWindowState(path, state, () => {});
		expect(readWindowState(path)).toEqual(state);
	});

	test('is null if the file is missing, cut off or nonsense', () => {
		const folder = temporaryFolder();
		const path = join(folder, 'window.json');
		expect(readWindowState(path)).toBeNull();
		const nonsense = [
			'',
			'{"bounds":{"x":1',
			'{"bounds":{"x":1,"y":2,"width":-5,"height":1e99},"maximized":1}',
			'null',
		];
		for (const text of nonsense) {
			writeFileSync(path, text);
			expect(readWindowState(path)).toBeNull();
		}
	});

	test('is logged, not thrown, if it can not be written', () => {
		const folder = temporaryFolder();
		mkdirSync(join(folder, 'window.json.new'));
		const lines: string[] = [];
		writeWindowState(join(folder, 'window.json'), state, (line) => lines.push(line));
		expect(lines).toEqual([expect.stringContaining('EISDIR')]);
		expect(readdirSync(folder)).toEqual(['window.json.new']);
	});
});
