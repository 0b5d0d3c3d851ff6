import { failureFacts } from '../contract/failure.ts';
import { type FromNative, type NativeBeat, type NativeTask, toNativeSchema } from '../contract/native.ts';
import { performTask } from './tasks.ts';

/** The process that does one task with llama.cpp's C API. Started by run.ts; needs UV_THREADPOOL_SIZE=1. */

/** Often enough to see the peak of memory, rarely enough to cost nothing, ms. */
const beatMs = 1000;

const abort = new AbortController();

function beat(): NativeBeat {
	const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
	const residentBytes = process.memoryUsage.rss();
	return {
		cpuMs: Math.round((userCPUTime + systemCPUTime) / 1000),
		residentBytes,
		// Node counts it in kibibytes on every system.
		peakResidentBytes: Math.max(maxRSS * 1024, residentBytes),
	};
}

function send(frame: FromNative): void {
	if (process.connected) process.send?.(frame);
}

/** The last word; the process ends when it is out. */
function finish(frame: FromNative): void {
	const end = (): never => process.exit(0);
	if (process.connected && process.send !== undefined) process.send(frame, end);
	else end();
}

async function run(task: NativeTask): Promise<void> {
	const timer = setInterval(() => send({ type: 'beat', beat: beat() }), beatMs);
	try {
		const result = await performTask(task, (progress) => send({ type: 'progress', progress }), abort.signal);
		finish({ type: 'done', result, beat: beat() });
	} catch (error) {
		finish({ type: 'failed', failure: failureFacts(error) });
	} finally {
		clearInterval(timer);
	}
}

process.on('message', (message) => {
	const frame = toNativeSchema.parse(message);
	if (frame.type === 'abort') abort.abort();
	else void run(frame.task);
});

// Without a host nobody wants the result. An orderly exit would tear llama.cpp down under a running decode.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
