import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engineNames } from '../../../models/contract/engine-names.ts';
import { Failure } from '../../../models/contract/failure.ts';
import type { LoadOptions } from '../../../models/contract/load.ts';
import type { GgufTestValue } from '../../support/gguf-bytes.ts';
import { type TinyGgufOptions, tinyGguf } from '../../support/tiny-gguf.ts';
import { type TinyRuntime, tinyRuntime } from '../../support/tiny-runtime.ts';
import { answerOf, ask, resultOf } from '../../support/worker-runtime.ts';

const u32 = (value: number): GgufTestValue => ({ type: 'uint32', value });
const text = (value: string): GgufTestValue => ({ type: 'string', value });

/** A model whose output weights are all NaN. */
const notNumbers: TinyGgufOptions = {
	tensors: (tensors) =>
		tensors.map((tensor) =>
			tensor.name === 'output.weight'
				? { ...tensor, data: new Uint8Array(new Float32Array(tensor.data.length / 4).fill(Number.NaN).buffer) }
				: tensor,
		),
};

interface BadFile {
	readonly title: string;
	readonly bytes: Uint8Array;
	readonly options?: Partial<LoadOptions>;
	/** With the header check, as in the application. */
	readonly code: string;
	/** llama.cpp's own failure in the worker. */
	readonly workerCode: string;
	/** With node-llama-cpp, whose worker checks the header itself; `code` if absent. */
	readonly secondCode?: string;
}

const whole = tinyGguf();
const files: readonly BadFile[] = [
	{ title: 'an empty file', bytes: new Uint8Array(), code: 'model-file-empty', workerCode: 'model-load-failed' },
	{ title: 'a text file', bytes: Buffer.from('hello '.repeat(99)), code: 'not-gguf', workerCode: 'model-load-failed' },
	{
		title: 'half a file',
		bytes: whole.subarray(0, whole.length / 2),
		code: 'model-file-truncated',
		workerCode: 'model-file-truncated',
	},
	{
		title: 'half a header',
		bytes: whole.subarray(0, 200),
		code: 'model-file-truncated',
		workerCode: 'model-load-failed',
	},
	{
		title: 'an architecture that does not exist',
		bytes: tinyGguf({ metadata: { 'general.architecture': text('martian') } }),
		code: 'architecture-unknown',
		workerCode: 'architecture-unknown',
	},
	{
		title: 'no key-value heads',
		bytes: tinyGguf({ metadata: { 'llama.attention.head_count_kv': u32(0) } }),
		code: 'gguf-header-damaged',
		workerCode: 'model-file-invalid',
	},
	{
		title: 'four milliard layers, on which llama.cpp really aborts',
		bytes: tinyGguf({ metadata: { 'llama.block_count': u32(4_000_000_000) } }),
		code: 'gguf-header-damaged',
		workerCode: 'worker-crashed-loading',
	},
	{
		title: 'a missing tensor',
		bytes: tinyGguf({ tensors: (tensors) => tensors.filter(({ name }) => name !== 'blk.1.ffn_up.weight') }),
		code: 'model-file-incomplete',
		workerCode: 'model-file-incomplete',
	},
	{
		title: 'a missing key',
		bytes: tinyGguf({ metadata: { 'llama.attention.layer_norm_rms_epsilon': null } }),
		code: 'model-file-invalid',
		workerCode: 'model-file-invalid',
	},
	{
		title: 'a tokenizer that does not exist',
		bytes: tinyGguf({ metadata: { 'tokenizer.ggml.model': text('weird') } }),
		code: 'model-load-failed',
		workerCode: 'model-load-failed',
	},
	{
		title: 'weights that are not numbers, looked for',
		bytes: tinyGguf(notNumbers),
		options: { checkTensors: true },
		code: 'model-weights-invalid',
		workerCode: 'model-weights-invalid',
	},
	{
		title: 'weights that are not numbers, not looked for',
		bytes: tinyGguf(notNumbers),
		code: 'model-weights-invalid',
		workerCode: 'model-weights-invalid',
	},
	{
		title: 'a context longer than the training',
		bytes: whole,
		options: { contextSize: 1_000_000 },
		code: 'context-too-large',
		workerCode: 'context-too-large',
	},
	{
		title: 'a context larger than memory',
		bytes: tinyGguf({ contextLength: 3_000_000_000 }),
		options: { contextSize: 2_000_000_000 },
		code: 'gguf-header-damaged',
		workerCode: 'context-too-large',
	},
];

async function failureOf(runtime: TinyRuntime, file: BadFile): Promise<Failure> {
	const path = join(runtime.folder, `${file.title.replaceAll(/\W+/g, '-')}.gguf`);
	writeFileSync(path, file.bytes);
	const outcome = await runtime.loadFile(path, file.options).then(
		() => null,
		(error: unknown) => error,
	);
	if (outcome instanceof Failure) return outcome;
	throw new Error(`no failure, but ${String(outcome)}`);
}

describe.each(engineNames)('engine %s', (name) => {
	let checked: TinyRuntime;
	let unchecked: TinyRuntime;
	beforeAll(() => {
		checked = tinyRuntime({ engine: name });
		unchecked = tinyRuntime({ checkFile: false, engine: name });
	});
	afterAll(() => Promise.all([checked.close(), unchecked.close()]));

	describe.each(files)('model file with $title', (file) => {
		test('the application refuses it with its reason and a next step', async () => {
			const failure = await failureOf(checked, file);
			expect(failure.code).toBe(file.code);
			expect(failure.message).toMatch(/^.{20,}\.$/s);
			expect(failure.next.length).toBeGreaterThan(0);
		});

		test('at worst its worker fails, and the next model loads', async () => {
			const failure = await failureOf(unchecked, file);
			expect(failure.code).toBe(name === 'c-api' ? file.workerCode : (file.secondCode ?? file.code));
			expect(failure.message).toMatch(/^.{20,}\.$/s);
			expect(failure.next.length).toBeGreaterThan(0);
			if (failure.code === 'worker-crashed-loading') {
				expect(failure.message).toContain('GGML_ASSERT(');
				expect(failure.detail).toContain('SIGABRT');
			}
		});
	});

	test('a missing file and a folder are named', async () => {
		await expect(checked.loadFile(join(checked.folder, 'no.gguf'))).rejects.toMatchObject({
			code: 'model-file-missing',
		});
		await expect(checked.loadFile(checked.folder)).rejects.toMatchObject({ code: 'model-path-is-folder' });
	});

	test('an intact model still answers after all of them', async () => {
		const engine = await checked.loadTiny();
		expect(resultOf(await answerOf(engine, ask('hi', { maxTokens: 3 }))).completionTokens).toBeGreaterThan(0);
	});
});
