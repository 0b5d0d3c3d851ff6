import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Keeps one core busy, as a build or a video call does, until stopped. Ends with this process at the latest. */
export async function startSpinner(): Promise<{ stop(): Promise<void> }> {
	// Checks its parent now and then: a killed bench leaves nothing running.
	const code = `
		const parent = process.ppid;
		console.log('spinning');
		setImmediate(function spin() {
			const until = Date.now() + 500;
			while (Date.now() < until);
			if (process.ppid === parent) setImmediate(spin);
		});`;
	const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
	await once(child.stdout, 'data');
	return {
		async stop() {
			const exit = once(child, 'exit');
			child.kill('SIGKILL');
			await exit;
		},
	};
}
