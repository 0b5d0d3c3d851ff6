import { join } from 'node:path';
import { type TrainingSettings, trainingSettingsSchema } from '../../models/contract/native/training-run.ts';
import { runNativeTask } from '../../models/native/run-task.ts';
import { openTraining } from '../../models/native/training-run/session.ts';
import { writeOrderSamples } from './order-samples.ts';
import { starterModelPath } from './starter-model.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Memory that a training of the starter was said to need, and the peak of its process, bytes. */
export async function trainingPeak(
	objective: 'sft' | 'dpo',
	wanted: Partial<TrainingSettings>,
): Promise<{ estimated: number; measured: number; error: number }> {
	const folder = temporaryFolder();
	const data = join(folder, 'data.jsonl');
	writeOrderSamples(data, 60, 12);
	const settings = trainingSettingsSchema.parse(wanted);
	const shared = { model: await starterModelPath(), data, objective, settings, threads: 1 };
	const { result } = await runNativeTask<'training-plan'>({ kind: 'training-plan', ...shared });
	const estimated = result.memoryBytes ?? 0;
	const session = openTraining({ training: { ...shared, folder: join(folder, 'run'), name: 'Peak' }, onFrame() {} });
	const { peakResidentBytes: measured } = await session.ended;
	return { estimated, measured, error: estimated / measured - 1 };
}
