import { serveTasks } from '../parsing/worker-port.ts';
import { readExport } from './import.ts';
import type { ReadingTask } from './read-apart.ts';

/** Entry of the parser process that reads comparisons of other computers. */
await serveTasks<ReadingTask>(async ({ task }) => readExport(task.text));
