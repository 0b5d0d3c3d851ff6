import { describe, expect, test } from 'vitest';
import { measuringObstacle, requireMeasurable } from '../../../electron/library/measuring-obstacle.ts';
import { failureOf } from '../../support/failure.ts';
import { buildModelFile } from '../../support/fixtures/model.ts';

const file = buildModelFile(1, { name: 'SmolLM2' });
const changed = {
	code: 'native-layout-changed',
	message: 'The installed llama.cpp is not the one Assay was written for.',
	next: ['Reinstall Assay'],
	detail: 'llama_version: 0.9.0',
};

describe('a model can be measured', () => {
	test('with the C API, which is used unless another engine was chosen', () => {
		expect(measuringObstacle(file, {}, null)).toBeNull();
		expect(measuringObstacle(file, { engine: 'auto' }, null)).toBeNull();
	});

	test('not with node-llama-cpp by choice; the next step is the setting', async () => {
		const library = { measuringObstacle: () => measuringObstacle(file, { engine: 'node-llama-cpp' }, null) };
		const failure = await failureOf(() => requireMeasurable(library, [1]));
		expect(failure.code).toBe('engine-cannot-measure');
		expect(failure.message).toMatch(/^SmolLM2 runs on node-llama-cpp, .*no logits/);
		expect(failure.next[0]).toContain('assay models settings "SmolLM2" --engine auto');
	});

	test('not where the C API is not the known one; the reason is that of the layout check', () => {
		const failure = measuringObstacle(file, {}, changed);
		expect(failure?.facts()).toMatchObject({
			code: 'engine-cannot-measure',
			message: expect.stringContaining(changed.message),
			next: changed.next,
			detail: changed.detail,
		});
	});
});
