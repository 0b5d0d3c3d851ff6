import { describe, expect, test } from 'vitest';
import { curatedModels } from '../../../models/hub/curated-models.ts';
import { fileUrl, hubAddress, isPlainFileName, repositoryName } from '../../../models/hub/hub-address.ts';
import { bitsOf, quantizationInName, recommendFile, sizeWordOf } from '../../../models/hub/quantization-names.ts';
import { findFile, listGgufFiles, treeEntry } from '../../../models/hub/repository-files.ts';
import { failureOf } from '../../support/failure.ts';

const usual = hubAddress('', {});

describe('hub address', () => {
	test('the settings come first, then HF_ENDPOINT, then huggingface.co', () => {
		expect(usual.url.origin).toBe('https://huggingface.co');
		expect(hubAddress(' https://mirror.example/ ', {}).url.host).toBe('mirror.example');
		expect(hubAddress('', { HF_ENDPOINT: 'http://192.168.1.5:8080' }).url.host).toBe('192.168.1.5:8080');
		expect(hubAddress('https://mirror.example', { HF_ENDPOINT: 'https://other.example' }).url.host).toBe(
			'mirror.example',
		);
	});

	test('an invalid address and plain http to the internet are refused', async () => {
		for (const bad of ['mirror', 'ftp://x', 'http://example.org', 'file:///etc']) {
			expect((await failureOf(() => hubAddress(bad, {}))).code, bad).toBe('hub-address');
		}
	});

	test('the token in HF_TOKEN is used only for the hub it was set for', () => {
		const environment = { HF_TOKEN: ' secret ' };
		expect(hubAddress('', environment).token).toBe('secret');
		expect(hubAddress('https://mirror.example', environment).token).toBeNull();
		expect(hubAddress('', { ...environment, HF_ENDPOINT: 'https://own.example' }).token).toBe('secret');
	});
});

describe('repository name', () => {
	test.each([
		['Qwen/Qwen2.5-1.5B-Instruct-GGUF', 'Qwen/Qwen2.5-1.5B-Instruct-GGUF'],
		['https://huggingface.co/Qwen/Qwen3-8B-GGUF/', 'Qwen/Qwen3-8B-GGUF'],
		['https://huggingface.co/Qwen/Qwen3-8B-GGUF/tree/main/sub', 'Qwen/Qwen3-8B-GGUF'],
		[' hf.co/a/b ', 'a/b'],
	])('%s is parsed', (text, name) => {
		expect(repositoryName(text, usual)).toBe(name);
	});

	test.each(['', 'a', 'a/b/c', '../etc/passwd', 'a/..', '/a/b', 'a/b c', `${'x'.repeat(100)}/b`, '.a/b'])(
		'%j is refused',
		async (text) => {
			expect((await failureOf(() => repositoryName(text, usual))).code).toBe('hub-repository');
		},
	);

	test('file addresses are encoded', () => {
		expect(fileUrl(usual, 'a/b', 'main', 'Q4 K/model#1.gguf').href).toBe(
			'https://huggingface.co/a/b/resolve/main/Q4%20K/model%231.gguf',
		);
	});

	test('file names that differ on some system are not plain', () => {
		const bad = ['..', '.hidden', 'a/b', 'a\\b', 'con.gguf', 'NUL', 'a.gguf.', 'a.gguf ', 'a:b', 'x\u202egguf', ''];
		expect(bad.filter(isPlainFileName)).toEqual([]);
		expect(['model.Q4_K_M.gguf', 'Qwen3-8B-Q4_K_M-00001-of-00002.gguf', 'a (1).gguf'].every(isPlainFileName)).toBe(
			true,
		);
	});
});

describe('quantisation', () => {
	test.each([
		['Qwen3-4B-Q4_K_M.gguf', 'Q4_K_M'],
		['qwen2.5-0.5b-instruct-q4_k_m.gguf', 'Q4_K_M'],
		['SmolLM2-135M-Instruct.Q4_1.gguf', 'Q4_1'],
		['Llama-3.2-1B-Instruct-UD-Q4_K_XL.gguf', 'Q4_K_XL'],
		['model.i1-IQ3_XXS.gguf', 'IQ3_XXS'],
		['Q8_0/model-00001-of-00003.gguf', 'Q8_0'],
		['big-Q6_K-00001-of-00002.gguf', 'Q6_K'],
		['gpt-oss-20b-mxfp4.gguf', 'MXFP4'],
		['gemma-bf16.gguf', 'BF16'],
		['gemma-fp16.gguf', 'F16'],
		['Phi-3-mini-4k-instruct-q4.gguf', null],
		['Qwen3-f16-distill-Q5_K_S.gguf', 'Q5_K_S'],
		['Q4_K_M/Q5_K_M.gguf', 'Q5_K_M'],
		['model-Q4_0_4_4.gguf', 'Q4_0_4_4'],
	])('the quantisation of %s is %s', (path, quantization) => {
		expect(quantizationInName(path)).toBe(quantization);
	});

	test('the word depends on the bits', () => {
		const words = ['F16', 'Q8_0', 'Q6_K', 'Q5_K_M', 'Q4_K_M', 'IQ4_XS', 'Q3_K_M', 'Q2_K', 'IQ1_S', 'Q9'].map(
			sizeWordOf,
		);
		expect(words).toEqual([
			...['Reference', 'Large', 'Large', 'Balanced', 'Balanced', 'Balanced', 'Small', 'Tiny', 'Tiny', null],
		]);
		expect(bitsOf('Q8_0')).toBe(8.5);
	});
});

describe('recommended file', () => {
	const file = (quantization: string | null, gigabytes: number, verdict: 'fits' | 'tight' | 'wont-fit' = 'fits') => ({
		quantization,
		verdict,
		sizeBytes: gigabytes * 1e9,
	});
	const name = (files: readonly ReturnType<typeof file>[], parameters: number | null = 7e9) =>
		recommendFile(files, parameters).file?.quantization ?? null;

	test('Q4_K_M is recommended if it fits, even if larger ones fit too', () => {
		expect(
			name([file('Q3_K_M', 3), file('Q4_K_S', 4), file('Q4_K_M', 4.2), file('Q4_K_L', 4.4), file('Q8_0', 8)]),
		).toBe('Q4_K_M');
		expect(name([file('IQ4_XS', 3.9), file('Q4_K_S', 4), file('Q5_K_M', 5)])).toBe('Q4_K_S');
	});

	test('Large is recommended for small models', () => {
		expect(name([file('Q4_K_M', 0.4), file('Q6_K', 0.5), file('Q8_0', 0.6)], 5e8)).toBe('Q6_K');
		expect(name([file('Q4_K_M', 0.4)], 5e8)).toBe('Q4_K_M');
	});

	test('Small is recommended if nothing Balanced fits, a tight file only if nothing fits, and never Tiny or a file that can not fit', () => {
		expect(name([file('Q2_K', 2), file('Q3_K_S', 3), file('Q3_K_M', 3.3), file('Q4_K_M', 4, 'wont-fit')])).toBe(
			'Q3_K_M',
		);
		expect(recommendFile([file('Q4_K_M', 4, 'tight'), file('Q8_0', 8, 'wont-fit')], 7e9)).toMatchObject({
			file: { quantization: 'Q4_K_M' },
			why: { facts: { text: expect.stringContaining('tight') } },
		});
		expect(recommendFile([file('Q2_K', 2), file('Q4_K_M', 4, 'wont-fit')], 7e9)).toMatchObject({
			file: null,
			why: { facts: { text: expect.stringContaining('lose too much') } },
		});
		expect(String(recommendFile([file('Q4_K_M', 4, 'wont-fit')], 7e9).why)).toContain('no file fits');
		expect(String(recommendFile([], null).why)).toContain('no model file');
		expect(recommendFile([file(null, 1)], null)).toMatchObject({ file: { quantization: null } });
	});
});

describe('repository files', () => {
	const hash = 'd'.repeat(64);
	const entry = (path: string, sizeBytes = 10) => ({ path, sizeBytes, sha256: hash });

	test('GGUF files are listed smallest first, with split ones joined and files that are not models named', () => {
		const files = listGgufFiles([
			entry('README.md'),
			entry('big-Q8_0-00002-of-00002.gguf', 40),
			entry('big-Q8_0-00001-of-00002.gguf', 50),
			entry('lost-Q8_0-00001-of-00002.gguf'),
			entry('Q4_K_M/model.gguf', 30),
			entry('mmproj-model-f16.gguf', 5),
			entry('style-lora-f16.gguf', 4),
			entry('model.imatrix.gguf', 3),
			entry('sub/..gguf'),
			entry('con.gguf'),
		]);
		expect(
			files.map(({ parts, sizeBytes, quantization, kind }) => [
				parts[0]?.path,
				parts.length,
				sizeBytes,
				quantization,
				kind,
			]),
		).toEqual([
			['model.imatrix.gguf', 1, 3, null, 'other'],
			['style-lora-f16.gguf', 1, 4, 'F16', 'adapter'],
			['mmproj-model-f16.gguf', 1, 5, 'F16', 'projector'],
			['Q4_K_M/model.gguf', 1, 30, 'Q4_K_M', 'model'],
			['big-Q8_0-00001-of-00002.gguf', 2, 90, 'Q8_0', 'model'],
		]);
		expect(findFile(files, 'q8_0')?.parts.length).toBe(2);
		expect(findFile(files, 'model.gguf')?.quantization).toBe('Q4_K_M');
		expect(findFile(files, 'F16')).toBeUndefined();
		expect(findFile(files, 'MMPROJ-model-f16.gguf')?.kind).toBe('projector');
	});

	test('size and hash come from the pointer; invalid entries are left out', () => {
		const lfs = { oid: hash.toUpperCase(), size: 99, pointerSize: 134 };
		expect(treeEntry({ type: 'file', path: 'a.gguf', size: 134, lfs })).toEqual({
			path: 'a.gguf',
			sizeBytes: 99,
			sha256: hash,
		});
		expect(treeEntry({ type: 'file', path: 'a', size: 5, lfs: { oid: 'x', size: 5 } })?.sha256).toBeNull();
		const nonsense = [null, 1, {}, { type: 'directory', path: 'a', size: 1 }, { type: 'file', path: 'a', size: -1 }];
		expect([...nonsense, { type: 'file', path: 'a', size: 1e300 }, { type: 'file', path: 'a' }].map(treeEntry)).toEqual(
			Array.from({ length: 7 }, () => null),
		);
	});
});

test('the curated list is sorted, complete and free of duplicates', () => {
	const sizes = curatedModels.map(({ parameters }) => parameters);
	expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
	expect(new Set(curatedModels.map(({ id }) => id)).size).toBe(curatedModels.length);
	for (const { repository, quantization, license, description } of curatedModels) {
		expect(repositoryName(repository, usual)).toBe(repository);
		expect([bitsOf(quantization), license === '', description === '']).toEqual([expect.any(Number), false, false]);
	}
});
