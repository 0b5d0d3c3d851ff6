import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { trainingSettingsSchema } from '../../../../models/contract/native/training-run.ts';
import { runNativeTask } from '../../../../models/native/run-task.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { writeTinyArchitecture } from '../../../support/tiny-architectures.ts';

test('samples end at the model’s context', async () => {
	const folder = temporaryFolder();
	const model = writeTinyArchitecture(join(folder, 'tiny.gguf'), 'llama', {
		metadata: { 'llama.context_length': { type: 'uint32', value: 40 } },
	});
	const data = join(folder, 'data.jsonl');
	writeFileSync(data, `${JSON.stringify({ key: 'a', part: 'train', content: { text: 'abcd'.repeat(50) } })}\n`);
	const { result } = await runNativeTask<'training-plan'>({
		...{ kind: 'training-plan', model, data, objective: 'text', threads: 1 },
		settings: trainingSettingsSchema.parse({ maxTokens: 96, packTokens: 128 }),
	});
	expect(result).toMatchObject({ settings: { maxTokens: 40, packTokens: 128 }, obstacle: null });
	expect(result.samples.train).toBeGreaterThanOrEqual(5);
});
