import { runNativeTask } from '../../models/native/run-task.ts';
import { starterModelPath } from './starter-model.ts';

/** Writes the starter model as F16 to `path`: the source of the golden figures. */
export async function writeStarterAsF16(path: string): Promise<void> {
	await writeAsF16(await starterModelPath(), path);
}

/** Writes the model at `input` to `path`, its weights unpacked to F16. */
export async function writeAsF16(input: string, path: string): Promise<void> {
	await runNativeTask({
		kind: 'quantize',
		input,
		outputs: [{ type: 'F16', path }],
		allowRequantize: true,
		threads: 2,
	});
}
