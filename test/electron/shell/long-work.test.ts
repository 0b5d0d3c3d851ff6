import { EventEmitter } from 'node:events';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Application } from '../../../electron/application/application.ts';
import { createEventBus } from '../../../electron/events.ts';
import { followLongWork } from '../../../electron/shell/long-work.ts';

const electron = vi.hoisted(() => ({
	awake: new Set<number>(),
	started: 0,
	shown: [] as { title: string; body: string }[],
	clicks: [] as (() => void)[],
}));

vi.mock('electron', () => ({
	powerSaveBlocker: {
		start(kind: string) {
			expect(kind).toBe('prevent-app-suspension');
			electron.started += 1;
			electron.awake.add(electron.started);
			return electron.started;
		},
		stop: (id: number) => void electron.awake.delete(id),
	},
	Notification: class extends EventEmitter {
		readonly options: { title: string; body: string };
		static isSupported = () => true;
		constructor(options: { title: string; body: string }) {
			super();
			this.options = options;
		}
		show() {
			electron.shown.push(this.options);
			electron.clicks.push(() => this.emit('click'));
		}
	},
}));

let focused: boolean;
let opened: number;
const show = (): void => {
	opened += 1;
};
const events = createEventBus((error) => {
	throw error;
});

function change(runId: number, status: 'running' | 'paused' | 'done' | 'failed'): void {
	events.publish({ type: 'evaluation-changed', runId, change: 'status', status });
}

beforeEach(() => {
	focused = false;
	opened = 0;
});

const get = async ({ id }: { id: number }) => ({
	name: `Sums ${id}`,
	status: id === 3 ? 'failed' : 'done',
	progress: { done: 1200, errors: 2 },
	failure: id === 3 ? { code: 'x', message: 'The model process ended.', next: [] } : null,
});

test('keeps the computer awake during a measurement, and notifies of its end if the window is not in view', async () => {
	followLongWork(
		{ client: { evaluations: { get } } as unknown as Application['client'], events },
		{ current: () => ({ isFocused: () => focused }) as never, show },
		(line) => {
			throw new Error(line);
		},
	);
	change(1, 'running');
	change(2, 'running');
	change(1, 'running');
	expect(electron.awake.size).toBe(1);
	change(1, 'done');
	expect(electron.awake.size).toBe(1);
	change(2, 'paused');
	expect(electron.awake.size).toBe(0);
	await vi.waitFor(() =>
		expect(electron.shown).toEqual([{ title: 'Sums 1 finished', body: '1,200 answers, 2 failed' }]),
	);
	electron.clicks[0]?.();
	expect(opened).toBe(1);

	change(3, 'running');
	change(3, 'failed');
	await vi.waitFor(() =>
		expect(electron.shown[1]).toEqual({ title: 'Sums 3 stopped', body: 'The model process ended.' }),
	);

	focused = true;
	change(4, 'running');
	change(4, 'done');
	await new Promise((resolve) => setTimeout(resolve, 20));
	expect(electron.shown).toHaveLength(2);
	expect(electron.awake.size).toBe(0);
});
