import { runNativeTask } from '../../models/native/run-task.ts';
import { starterModelPath } from './starter-model.ts';

/** Writes the starter model as F16 to `path`: the source of the golden figures. */
export async function writeStarterAsF16(path: string): Promise<void> {
	await runNativeTask({
		kind: 'quantize',
		input: await starterModelPath(),
		outputs: [{ type: 'F16', path }],
		allowRequantize: true,
		threads: 2,
	});
}
