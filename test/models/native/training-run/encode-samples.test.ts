import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ObjectiveName, TrainingLine } from '../../../../models/contract/native/training-run.ts';
import { openNativeLibrary } from '../../../../models/native/libllama/open-library.ts';
import { NativeModel } from '../../../../models/native/model.ts';
import { type EncodedSamples, encodeSamples } from '../../../../models/native/training-run/encode-samples.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { writeTinyGguf } from '../../../support/tiny-gguf.ts';

async function encoded(
	contents: readonly TrainingLine['content'][],
	objective: ObjectiveName,
	maxTokens = 200,
): Promise<EncodedSamples> {
	const folder = temporaryFolder();
	const path = join(folder, 'tiny.gguf');
	writeTinyGguf(path);
	const data = join(folder, 'data.jsonl');
	const lines = contents.map((content, at) => JSON.stringify({ key: `s${at}`, part: 'train', content }));
	writeFileSync(data, `${lines.join('\n')}\n`);
	const model = await NativeModel.load(openNativeLibrary('cpu'), path, { vocabularyOnly: true, checkTensors: false });
	onTestFinished(() => model.free());
	return await encodeSamples(model, { data, objective, maxTokens });
}

test('a sample with Unicode’s own line ends is one sample', async () => {
	const turns = [{ role: 'user' as const, content: 'one\u2028two' }];
	const { train } = await encoded([{ turns, answer: 'three\u2029four\r\nfive' }, { text: 'six\u0085seven' }], 'sft');
	expect(train.map(({ key }) => key)).toEqual(['s0', 's1']);
});

test('an end is learned only where the answer or the text ends', async () => {
	const turns = [{ role: 'user' as const, content: 'ab' }];
	const { train } = await encoded(
		[{ turns, answer: 'cd' }, { turns, answer: 'cd', cut: true }, { text: 'ef' }, { text: 'ef', continues: true }],
		'sft',
	);
	const lengths = train.map(({ tokens }) => tokens);
	expect(lengths[0]).toBe((lengths[1] ?? 0) + 1);
	expect(lengths[2]).toBe((lengths[3] ?? 0) + 1);
});
