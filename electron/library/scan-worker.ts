import { parentPort, workerData } from 'node:worker_threads';
import { type ScanEvent, scanFolders } from '../../models/scan/scan-folders.ts';
import { flag, type ScanMessage, type ScanTask } from './scan-protocol.ts';

/** Entry of the scanning thread: it scans folders, reports what it finds, and ends. */
const { paths, flags } = workerData as ScanTask;
const port = parentPort;
if (port === null) throw new Error('scan-worker.ts is a worker thread, not a program');

/** Shortest interval between two progress reports, ms. */
const reportMs = 50;

const cancel = new AbortController();
let waiting: ScanEvent[] = [];
let reportedAt = performance.now();

function tell(): void {
	if (waiting.length > 0) port?.postMessage({ events: waiting } satisfies ScanMessage);
	waiting = [];
	reportedAt = performance.now();
}

// Checked with every event: the loop below yields at each file.
for await (const event of scanFolders(paths, cancel.signal)) {
	if (Atomics.load(flags, flag.cancel) === 1) break;
	waiting.push(event);
	if (performance.now() - reportedAt >= reportMs) tell();
}
tell();
port.postMessage({ done: true } satisfies ScanMessage);
