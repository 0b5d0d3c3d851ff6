import { failureFacts } from '../contract/failure.ts';
import { type FromNative, firstFrameSchema, type NativeTask, toNativeSchema } from '../contract/native/tasks.ts';
import { heartbeatIntervalMs, readHeartbeat } from './heartbeat.ts';
import { serveMeasurement } from './measurement/serve.ts';
import { performTask } from './perform-task.ts';
import { serveTraining } from './training-run/serve.ts';

/**
 * The process that uses llama.cpp's C API: for one task (started by run.ts), for one model to measure with until it
 * is closed (started by measurement/session.ts), or for one training run (training-run/session.ts). Needs
 * UV_THREADPOOL_SIZE=1.
 */

const abort = new AbortController();

function send(frame: FromNative): void {
	if (process.connected) process.send?.(frame);
}

/** Sends the last frame; the process ends once it is sent. */
function finish(frame: FromNative): void {
	const end = (): never => process.exit(0);
	if (process.connected && process.send !== undefined) process.send(frame, end);
	else end();
}

async function run(task: NativeTask): Promise<void> {
	const timer = setInterval(() => send({ type: 'beat', beat: readHeartbeat() }), heartbeatIntervalMs);
	try {
		const result = await performTask(task, (progress) => send({ type: 'progress', progress }), abort.signal);
		finish({ type: 'done', result, beat: readHeartbeat() });
	} catch (error) {
		finish({ type: 'failed', failure: failureFacts(error) });
	} finally {
		clearInterval(timer);
	}
}

process.once('message', (message) => {
	const first = firstFrameSchema.parse(message);
	if (first.type === 'open') {
		serveMeasurement(first.options);
		return;
	}
	if (first.type === 'train') {
		serveTraining(first.options);
		return;
	}
	process.on('message', (later) => {
		if (toNativeSchema.parse(later).type === 'abort') abort.abort();
	});
	if (first.type === 'run') void run(first.task);
});

// Without a host, the result has no reader. An orderly exit would tear down llama.cpp under a running decode.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
