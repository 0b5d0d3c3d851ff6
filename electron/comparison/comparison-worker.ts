import { serveTasks } from '../parsing/worker-port.ts';
import type { ReadingTask } from './export-parser.ts';
import { readExport } from './import.ts';

/** Entry of the parser process that reads comparisons of other computers. */
await serveTasks<ReadingTask>(async ({ task }) => readExport(task.text));
