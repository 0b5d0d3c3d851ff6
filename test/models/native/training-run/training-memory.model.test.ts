import { join } from 'node:path';
import { expect, test } from 'vitest';
import { trainingSettingsSchema } from '../../../../models/contract/native/training-run.ts';
import { runNativeTask } from '../../../../models/native/run-task.ts';
import { writeOrderSamples } from '../../../support/order-samples.ts';
import { starterModelPath } from '../../../support/starter-model.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { trainingPeak } from '../../../support/training-peak.ts';

test('the estimate of a training on the starter is within 15 % of what its process takes', async () => {
	const { error } = await trainingPeak('sft', { packTokens: 256, maxTokens: 256, samplesPerStep: 2, maxSteps: 1 });
	expect(Math.abs(error)).toBeLessThan(0.15);
});

test('samples of many lengths in one large pass can be planned', async () => {
	const folder = temporaryFolder();
	const data = join(folder, 'data.jsonl');
	writeOrderSamples(data, 60, 12);
	const { result } = await runNativeTask<'training-plan'>({
		...{ kind: 'training-plan', model: await starterModelPath(), data, objective: 'sft', threads: 1 },
		settings: trainingSettingsSchema.parse({ packTokens: 1024, samplesPerStep: 16, maxSteps: 2 }),
	});
	expect(result).toMatchObject({ obstacle: null, settings: { packTokens: 1024 } });
	expect(result.memoryBytes).toBeGreaterThan(4e8);
});
