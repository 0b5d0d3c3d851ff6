import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { createEventBus } from '../../../electron/events.ts';
import { keepAwake } from '../../../electron/hosts/keep-awake.ts';

/** A constant: names written directly in a call are checked against the project's programs. */
const missing = 'no-such-program-of-assay';

const events = createEventBus((error) => {
	throw error;
});

function change(runId: number, status: 'waiting' | 'running' | 'paused' | 'done' | 'failed'): void {
	events.publish({ type: 'evaluation-changed', runId, change: 'status', status });
}

/** Records the system's command but runs only its last word, `cat`, which exists here and ends with its input. */
function watched(platform: NodeJS.Platform) {
	const asked: string[] = [];
	const ends: Promise<unknown>[] = [];
	const stop = keepAwake(
		{ events },
		{
			platform,
			spawn(command, args) {
				asked.push([command, ...args].join(' '));
				const child = spawn('cat', [], { stdio: ['pipe', 'ignore', 'ignore'] });
				ends.push(once(child, 'close'));
				return child;
			},
		},
	);
	return { asked, ends, stop };
}

test.each([
	['linux', /^systemd-inhibit .*idle:sleep .*cat$/],
	['darwin', /^caffeinate -i cat$/],
	['win32', /^powershell\.exe .*SetThreadExecutionState.*ReadToEnd/],
] as const)('on %s the computer stays awake from the first run to the end of the last', async (platform, words) => {
	const { asked, ends, stop } = watched(platform);
	change(1, 'waiting');
	expect(asked).toEqual([]);
	change(1, 'running');
	change(2, 'running');
	change(1, 'done');
	expect(asked).toEqual([expect.stringMatching(words)]);
	change(2, 'failed');
	await ends[0];
	change(3, 'running');
	expect(asked).toHaveLength(2);
	stop();
	await ends[1];
	change(4, 'running');
	expect(asked).toHaveLength(2);
});

test('nothing happens on a system without such a command, or if the program is missing', async () => {
	const { asked, stop } = watched('freebsd');
	change(1, 'running');
	stop();
	expect(asked).toEqual([]);
	const ended: Promise<unknown>[] = [];
	const end = keepAwake(
		{ events },
		{
			platform: 'linux',
			spawn() {
				const child = spawn(missing, [], { stdio: ['pipe', 'ignore', 'ignore'] });
				ended.push(new Promise((resolve) => child.on('error', resolve)));
				return child;
			},
		},
	);
	change(2, 'running');
	await ended[0];
	end();
});
