import { execFileSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { GgufFacts } from '../../../models/contract/gguf.ts';
import { obstacle, readGgufFacts } from '../../../models/gguf/read-gguf.ts';
import { failureOf } from '../../support/failure.ts';
import type { GgufTestValue } from '../../support/gguf-bytes.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type TinyGgufOptions, tinyGguf, tinyVocabularySize, writeTinyGguf } from '../../support/tiny-gguf.ts';

const u32 = (value: number): GgufTestValue => ({ type: 'uint32', value });

function readTiny(options: TinyGgufOptions = {}): Promise<GgufFacts> {
	return readGgufFacts(writeTinyGguf(join(temporaryFolder(), 'tiny.gguf'), options));
}

function readBytes(bytes: Uint8Array | string): Promise<GgufFacts> {
	const path = join(temporaryFolder(), 'model.gguf');
	writeFileSync(path, bytes);
	return readGgufFacts(path);
}

describe('whole file', () => {
	test('its facts are read', async () => {
		const facts = await readTiny({ contextLength: 4096 });
		expect(facts).toMatchObject({
			architecture: 'llama',
			kind: 'model',
			parts: 1,
			name: 'Tiny',
			parameters: 119_488,
			quantization: 'F32',
			contextLength: 4096,
			layers: 2,
			embeddingLength: 64,
			headCount: 4,
			headCountKv: 2,
			vocabularySize: tinyVocabularySize,
			license: 'mit',
			tensors: [{ type: 'F32', count: 21, bytes: 119_488 * 4 }],
			bitsPerWeight: 32,
		});
		expect(facts.chatTemplateHash).toMatch(/^[0-9a-f]{64}$/);
		expect(obstacle(facts)).toBeNull();
	});

	test('the sampling that it recommends is read, and what has no counterpart or no sense is listed', async () => {
		const f32 = (value: number): GgufTestValue => ({ type: 'float32', value });
		const none = await readTiny();
		expect(none.recommendedSampling).toEqual({ values: {}, notApplied: [] });
		const { recommendedSampling } = await readTiny({
			metadata: {
				'general.sampling.temp': f32(0.6),
				'general.sampling.top_k': { type: 'int32', value: 20 },
				'general.sampling.top_p': f32(1.5),
				'general.sampling.min_p': f32(Number.NaN),
				'general.sampling.xtc_probability': f32(0.5),
				'general.sampling.xtc_threshold': f32(0.2),
				'general.sampling.penalty_repeat': f32(1.05),
				'general.sampling.penalty_last_n': { type: 'int32', value: 64 },
				'general.sampling.mirostat': { type: 'int32', value: 2 },
				'general.sampling.mirostat_tau': f32(5),
				'general.sampling.sequence': { type: 'string', value: 'kp\nt' },
			},
		});
		expect(recommendedSampling).toEqual({
			values: { temperature: 0.6, topK: 20, xtcProbability: 0.5, xtcThreshold: 0.2, repeatPenalty: 1.05 },
			notApplied: ['top_p 1.5', 'min_p', 'mirostat 2', 'mirostat_tau 5', 'sequence kp t'],
		});
	});

	test('without a chat template it is a base model', async () => {
		expect(await readTiny({ chatTemplate: null })).toMatchObject({ chatTemplate: null, chatTemplateHash: null });
	});

	test('without a file type, the quantisation is the type of most weights', async () => {
		expect((await readTiny({ metadata: { 'general.file_type': null } })).quantization).toBe('F32');
	});

	test('per-layer head counts are reported as the largest', async () => {
		const perLayer: GgufTestValue = { type: 'array', of: 'uint32', values: [0, 2] };
		expect((await readTiny({ metadata: { 'llama.attention.head_count_kv': perLayer } })).headCountKv).toBe(2);
	});

	test('version 2 and other alignments are read', async () => {
		expect((await readTiny({ file: { version: 2 } })).layers).toBe(2);
		const aligned = { metadata: { 'general.alignment': u32(64) }, file: { alignment: 64 } };
		expect((await readTiny(aligned)).layers).toBe(2);
	});

	test('a vocabulary longer than one read is read', async () => {
		const tokens = Array.from({ length: tinyVocabularySize }, (_, index) => `${'x'.repeat(9000)}${index}`);
		const facts = await readTiny({
			metadata: { 'tokenizer.ggml.tokens': { type: 'array', of: 'string', values: tokens } },
		});
		expect(facts.vocabularySize).toBe(tinyVocabularySize);
	});
});

describe('not a model file', () => {
	test('a missing file, a folder, an empty file and other files have different failures', async () => {
		const folder = temporaryFolder();
		mkdirSync(join(folder, 'inside.gguf'));
		expect((await failureOf(() => readGgufFacts(join(folder, 'none.gguf')))).code).toBe('model-file-missing');
		expect((await failureOf(() => readGgufFacts(join(folder, 'inside.gguf')))).code).toBe('model-path-is-folder');
		expect((await failureOf(() => readBytes(''))).code).toBe('model-file-empty');
		const text = await failureOf(() => readBytes('hello, world, this is text'));
		expect([text.code, text.message]).toEqual([
			'not-gguf',
			'This is not a GGUF file: it starts with "hell" instead of "GGUF".',
		]);
	});

	test.skipIf(process.platform === 'win32')(
		'a named pipe is refused at once, without waiting for a writer',
		async () => {
			const path = join(temporaryFolder(), 'pipe.gguf');
			execFileSync('mkfifo', [path]);
			expect((await failureOf(() => readGgufFacts(path))).message).toContain('is a device or a pipe');
		},
	);

	test.each([
		['version https://git-lfs.github.com/spec/v1\noid sha256:00', 'Git LFS pointer'],
		['<!DOCTYPE html><title>404</title>', 'web page'],
		['PK\x03\x04..............................', 'zip archive'],
		['\x10\x00\x00\x00\x00\x00\x00\x00{"__metadata__":{}}..........', 'safetensors'],
	])('%j is recognised', async (text, name) => {
		const failure = await failureOf(() => readBytes(Buffer.from(text, 'latin1')));
		expect([failure.code, failure.message]).toEqual(['not-gguf', expect.stringContaining(name)]);
	});

	test.each([
		[1, 'version 1'],
		[4, 'version 4'],
		[0x0300_0000, 'big-endian'],
	])('GGUF version %i is not supported', async (version, words) => {
		const failure = await failureOf(() => readTiny({ file: { version } }));
		expect([failure.code, failure.message]).toEqual(['gguf-version-unsupported', expect.stringContaining(words)]);
	});
});

describe('truncated file', () => {
	test('the failure names the needed and the available bytes', async () => {
		const path = writeTinyGguf(join(temporaryFolder(), 'tiny.gguf'));
		truncateSync(path, 400_000);
		const failure = await failureOf(() => readGgufFacts(path));
		expect([failure.code, failure.message]).toEqual([
			'model-file-truncated',
			'This model file is incomplete: it has 400 of 488 kB (the last of its 21 tensors (20 are whole) ' +
				'needs 487,840 bytes, 87,840 are missing).',
		]);
	});

	test('a file that lacks little is described in bytes', async () => {
		const path = writeTinyGguf(join(temporaryFolder(), 'tiny.gguf'));
		truncateSync(path, 487_740);
		expect((await failureOf(() => readGgufFacts(path))).message).toContain('it has 487,740 of 487,840 bytes');
	});

	test('truncation is recognised at any position', async () => {
		const bytes = tinyGguf();
		for (let length = 4; length < bytes.length; length += length < 8000 ? 61 : 20_011) {
			expect((await failureOf(() => readBytes(bytes.subarray(0, length)))).code, `${length} bytes`).toBe(
				'model-file-truncated',
			);
		}
	});
});

describe('absurd header', () => {
	const absurd: readonly (readonly [string, Record<string, GgufTestValue | null>, RegExp])[] = [
		['head_count_kv 0', { 'llama.attention.head_count_kv': u32(0) }, /0 key-value heads for 4 attention heads/],
		['no layers', { 'llama.block_count': u32(0) }, /0 layers/],
		['4 billion layers', { 'llama.block_count': u32(2 ** 32 - 1) }, /4,294,967,295 layers/],
		['context 2^32', { 'llama.context_length': { type: 'uint64', value: 2 ** 32 } }, /4,294,967,296 tokens/],
		['no context length', { 'llama.context_length': null }, /llama\.context_length is missing/],
		['embedding length 0', { 'llama.embedding_length': u32(0) }, /embeddings of length 0/],
		['head count as text', { 'llama.block_count': { type: 'string', value: 'two' } }, /block_count is missing or not/],
		['no architecture', { 'general.architecture': null }, /names no architecture/],
		[
			'an epsilon that is not a number',
			{ 'llama.attention.layer_norm_rms_epsilon': { type: 'float32', value: Number.NaN } },
			/rms_epsilon is NaN/,
		],
		[
			'an epsilon below 0',
			{ 'llama.attention.layer_norm_rms_epsilon': { type: 'float32', value: -1 } },
			/rms_epsilon is -1/,
		],
		['alignment 3', { 'general.alignment': u32(3) }, /alignment is "3"/],
		[
			'a shorter vocabulary',
			{ 'tokenizer.ggml.tokens': { type: 'array', of: 'string', values: ['a'] } },
			/lists 1 tokens/,
		],
		[
			'an empty vocabulary',
			{ 'tokenizer.ggml.tokens': { type: 'array', of: 'string', values: [] } },
			/vocabulary is empty/,
		],
		['an unknown value type', { odd: { type: 'raw', bytes: new Uint8Array([99, 0, 0, 0]) } }, /unknown value type 99/],
		[
			'a list of lists',
			{ odd: { type: 'raw', bytes: new Uint8Array([9, 0, 0, 0, 9, 0, 0, 0, ...Array(8).fill(0)]) } },
			/type 9/,
		],
		[
			'a list of 2^62',
			{ odd: { type: 'raw', bytes: Buffer.from('0900000004000000ffffffffffffff3f', 'hex') } },
			/length of the list/,
		],
	];

	test.each(absurd)('%s counts as damage', async (_name, metadata, words) => {
		const failure = await failureOf(() => readTiny({ metadata }));
		expect([failure.code, failure.message]).toEqual(['gguf-header-damaged', expect.stringMatching(words)]);
	});

	test.each([
		['overlapping tensors', { offset: 0 }, /lies at offset 0 where/],
		['a tensor of an unknown type', { type: 77 }, /unknown type 77/],
		['a tensor of 2^60 weights', { dimensions: [2 ** 30, 2 ** 30] }, /shape 1073741824 × 1073741824/],
		['a tensor of five dimensions', { dimensions: [1, 1, 1, 1, 1] }, /5 dimensions/],
		['a duplicate tensor', { name: 'token_embd.weight' }, /stands there twice/],
		['rows that do not divide into blocks', { type: 8, dimensions: [33, 2] }, /rows of 33, which Q8_0 can't hold/],
	])('%s counts as damage', async (_name, change, words) => {
		const failure = await failureOf(() =>
			readTiny({ tensors: (tensors) => tensors.map((t, index) => (index === 3 ? { ...t, ...change } : t)) }),
		);
		expect([failure.code, failure.message]).toEqual(['gguf-header-damaged', expect.stringMatching(words)]);
	});

	test.each([
		['tensors', { tensorCount: 2n ** 60n }],
		['keys', { metadataCount: 2n ** 63n }],
		['tensors', { tensorCount: 70_000 }],
	])('a claim of endless %s costs nothing', async (_name, file) => {
		expect((await failureOf(() => readTiny({ file }))).code).toBe('gguf-header-damaged');
	});
});

describe('whole file that the engine can not load', () => {
	test.each<[string, Record<string, GgufTestValue>, string]>([
		[
			'of an unknown architecture',
			{ 'general.architecture': { type: 'string', value: 'brain' } },
			'architecture-unknown',
		],
		['with a LoRA adapter', { 'general.type': { type: 'string', value: 'adapter' } }, 'not-a-language-model'],
		['with an image projector', { 'general.architecture': { type: 'string', value: 'clip' } }, 'not-a-language-model'],
		['with an embedding model', { 'llama.pooling_type': { type: 'uint32', value: 1 } }, 'not-a-language-model'],
	])('a file %s can be inspected, and the obstacle is named', async (_name, metadata, code) => {
		const found = obstacle(await readTiny({ metadata }));
		expect(found?.code).toBe(code);
		expect(found?.next.length).toBeGreaterThan(0);
	});
});
