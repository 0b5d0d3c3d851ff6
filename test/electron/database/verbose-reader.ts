import type { FileTask } from '../../../electron/database/reader-protocol.ts';
import { serveTasks } from '../../../electron/parsing/worker-port.ts';

/** Entry of a reader that finds more in a copy than a backup can hold. */
await serveTasks<FileTask>(async ({ task }) => ({ verdict: task.kind === 'inspect' ? 'x'.repeat(2_000_000) : 'ok' }));
