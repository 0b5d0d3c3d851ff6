import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportAdapter } from '../../../models/adapters/export-peft.ts';
import { importAdapter } from '../../../models/adapters/import-adapter.ts';
import { Failure } from '../../../models/contract/failure.ts';
import type { LoraAdapter } from '../../../models/contract/load.ts';
import { runNativeTask } from '../../../models/native/run-task.ts';
import { failureOf } from '../../support/failure.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { writeTinyGguf } from '../../support/tiny-gguf.ts';
import { type TinyRuntime, tinyRuntime } from '../../support/tiny-runtime.ts';
import { answerOf, ask } from '../../support/worker-runtime.ts';

/** Made with PEFT itself: see make-golden.py in this folder. */
const golden = new URL('golden/', import.meta.url).pathname;
const scores = JSON.parse(readFileSync(join(golden, 'scores.json'), 'utf8')) as Record<string, number[]>;
const { tokens = [] } = scores;

/** The formula of make-golden.py. */
function weight(count: number, seed: number): Float32Array<ArrayBuffer> {
	return Float32Array.from({ length: count }, (_, index) => Math.sin(index * 0.731 + seed * 1.37) * 0.15);
}

/** LlamaModel.permute of convert_hf_to_gguf.py: reshape(heads, 2, half, …).swapaxes(1, 2). */
function permuted(rows: Float32Array<ArrayBuffer>, heads: number, width: number): Float32Array<ArrayBuffer> {
	const half = rows.length / width / heads / 2;
	const result: number[] = [];
	for (let head = 0; head < heads; head += 1) {
		for (let index = 0; index < half; index += 1) {
			for (const side of [0, 1]) {
				const row = head * 2 * half + side * half + index;
				result.push(...rows.subarray(row * width, (row + 1) * width));
			}
		}
	}
	return new Float32Array(result);
}

const order = ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down'];

/** The model that make-golden.py used, as a GGUF file. */
function writeBase(path: string): string {
	return writeTinyGguf(path, {
		tensors: (all) =>
			all.map((tensor) => {
				const count = tensor.data.length / 4;
				const [, layer = '0', name = ''] = /^blk\.(\d)\.(\w+)\.weight$/.exec(tensor.name) ?? [];
				const seed = 10 + Number(layer) * 10 + order.indexOf(name);
				if (tensor.name.includes('norm')) return tensor;
				if (tensor.name === 'token_embd.weight') return { ...tensor, data: new Uint8Array(weight(count, 1).buffer) };
				if (tensor.name === 'output.weight') return { ...tensor, data: new Uint8Array(weight(count, 2).buffer) };
				const plain = weight(count, seed);
				const heads = name === 'attn_q' ? 4 : name === 'attn_k' ? 2 : null;
				return { ...tensor, data: new Uint8Array((heads === null ? plain : permuted(plain, heads, 64)).buffer) };
			}),
	});
}

let tiny: TinyRuntime;
let base: string;
beforeAll(() => {
	tiny = tinyRuntime();
	base = writeBase(join(tiny.folder, 'base.gguf'));
});
afterAll(() => tiny.close());

/** Log-probabilities of the likeliest tokens after the text, by token; with the cache of PEFT's numbers. */
async function scored(adapters: readonly LoraAdapter[]): Promise<Map<number, number>> {
	const engine = await tiny.loadFile(base, { keyType: 'F32', valueType: 'F32', flashAttention: 'off' });
	const request = { ...ask('', { temperature: 0, maxTokens: 1 }), turns: [], tokens, logprobs: 20 };
	const { events } = await answerOf(engine, { ...request, adapters: [...adapters] });
	const [first] = events.flatMap((event) => (event.type === 'tokens' ? (event.scores ?? []) : []));
	return new Map(first?.top.map(({ token, logprob }) => [token, logprob]));
}

/** The largest difference from PEFT's numbers. */
const furthest = (found: ReadonlyMap<number, number>, name: string): number =>
	Math.max(...[...found].map(([token, logprob]) => Math.abs(logprob - (scores[name]?.[token] ?? Number.NaN))));

describe('an adapter of PEFT', () => {
	test('the base is the one that PEFT had', async () => {
		expect(furthest(await scored([]), 'base')).toBeLessThan(1e-3);
	});

	test.each(['plain', 'rslora'])('%s: converted, it finds the same of a text as in PEFT', async (name) => {
		const output = join(tiny.folder, `${name}.gguf`);
		const source = join(golden, name);
		const result = await importAdapter({ kind: 'import-adapter', source, bases: [base], output });
		expect(result).toMatchObject({ format: 'peft', base: 0, baseName: 'tiny-llama' });
		expect(JSON.parse(result.config)).toMatchObject({ peft_type: 'LORA', r: 4 });
		const adapted = await scored([{ path: output, scale: 1 }]);
		expect(furthest(adapted, name)).toBeLessThan(1e-3);
		expect(furthest(adapted, 'base')).toBeGreaterThan(0.05);
	});

	test('of MLX-LM, converted, it finds the same of a text as in MLX-LM', async () => {
		const output = join(tiny.folder, 'mlx.gguf');
		const result = await importAdapter({ kind: 'import-adapter', source: join(golden, 'mlx'), bases: [base], output });
		expect(result).toMatchObject({ format: 'peft', base: 0, baseName: 'tiny-llama' });
		const adapted = await scored([{ path: output, scale: 1 }]);
		expect(furthest(adapted, 'mlx')).toBeLessThan(1e-3);
		expect(furthest(adapted, 'base')).toBeGreaterThan(0.05);
	});

	test('exported and imported again, it is the same', async () => {
		const first = join(tiny.folder, 'first.gguf');
		await importAdapter({ kind: 'import-adapter', source: join(golden, 'plain'), bases: [base], output: first });
		const folder = join(tiny.folder, 'exported');
		await exportAdapter({ kind: 'export-adapter', adapter: first, base, baseName: 'assay/tiny', output: folder });
		const config = JSON.parse(readFileSync(join(folder, 'adapter_config.json'), 'utf8')) as object;
		expect(config).toMatchObject({ peft_type: 'LORA', r: 4, lora_alpha: 8, base_model_name_or_path: 'assay/tiny' });
		const second = join(tiny.folder, 'second.gguf');
		await importAdapter({ kind: 'import-adapter', source: folder, bases: [base], output: second });
		expect(await scored([{ path: second, scale: 1 }])).toEqual(await scored([{ path: first, scale: 1 }]));
		const again = { kind: 'export-adapter', adapter: first, base, baseName: '', output: folder } as const;
		expect((await failureOf(() => exportAdapter(again))).code).toBe('output-exists');
	});

	/** A copy of the golden adapter with another configuration. */
	function withConfig(changes: object): string {
		const folder = temporaryFolder();
		cpSync(join(golden, 'plain'), folder, { recursive: true });
		const path = join(folder, 'adapter_config.json');
		writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), ...changes }));
		return folder;
	}

	test('is converted for the first base that it fits, whatever the others are', async () => {
		const foreign = writeTinyGguf(join(tiny.folder, 'foreign.gguf'), {
			metadata: {
				'general.architecture': { type: 'string', value: 'martian' },
				...Object.fromEntries(
					['context_length', 'embedding_length', 'block_count', 'attention.head_count'].map((key, index) => [
						`martian.${key}`,
						{ type: 'uint32', value: [2048, 64, 2, 4][index]! },
					]),
				),
			},
		});
		const output = join(tiny.folder, 'fits.gguf');
		const source = join(golden, 'plain');
		expect(await importAdapter({ kind: 'import-adapter', source, bases: [foreign, base], output })).toMatchObject({
			base: 1,
		});
		expect((await attempt(source, [foreign])).message).toMatch(/architecture “martian”/);
	});

	const attempt = (source: string, bases = [base]): Promise<Failure> =>
		failureOf(() => importAdapter({ kind: 'import-adapter', source, bases, output: join(tiny.folder, 'no.gguf') }));

	test.each<[string, () => string, RegExp]>([
		['that replaces whole weights', () => withConfig({ modules_to_save: ['lm_head'] }), /modules_to_save: lm_head/],
		['trained with DoRA', () => withConfig({ use_dora: true }), /DoRA/],
		['that is no LoRA', () => withConfig({ peft_type: 'IA3' }), /kind “IA3”/],
		['that changed its base', () => withConfig({ init_lora_weights: 'pissa_niter_4' }), /pissa_niter_4, which changes/],
		[
			'with a scale far beyond any',
			() => withConfig({ alpha_pattern: { q_proj: 1e38 } }),
			/not that of a LoRA adapter \(alpha_pattern\.q_proj\)/,
		],
		['with a rank that is none', () => withConfig({ r: 0 }), /not that of a LoRA adapter \(r\)/],
		[
			'with weights of a kind that Assay does not know',
			() => {
				const folder = withConfig({});
				const path = join(folder, 'adapter_model.safetensors');
				const bytes = readFileSync(path, 'latin1').replaceAll('mlp.up_proj', 'mlp.xx_proj');
				writeFileSync(path, bytes, 'latin1');
				return folder;
			},
			/mlp\.xx_proj”, which Assay doesn’t know/,
		],
		[
			'with its weights in a pickle',
			() => {
				const folder = temporaryFolder();
				cpSync(join(golden, 'plain', 'adapter_config.json'), join(folder, 'adapter_config.json'));
				writeFileSync(join(folder, 'adapter_model.bin'), '');
				return folder;
			},
			/adapter_model\.bin, which can run programs/,
		],
		[
			'that MLX-LM trained with DoRA',
			() => {
				const folder = temporaryFolder();
				const config = { fine_tune_type: 'dora', lora_parameters: { rank: 4, scale: 2 } };
				writeFileSync(join(folder, 'adapter_config.json'), JSON.stringify(config));
				return folder;
			},
			/DoRA/,
		],
		['without a configuration', () => temporaryFolder(), /no adapter_config\.json/],
	])('%s is refused with the reason', async (_, source, reason) => {
		const failure = await attempt(source());
		expect(failure.code).toBe('adapter-unsuitable');
		expect(failure.message).toMatch(reason);
		expect(failure.next.join()).toMatch(/folder that PEFT or MLX-LM wrote.*made for/);
	});

	test('of another model is refused; among several models, the one that it fits is found', async () => {
		const other = writeTinyGguf(join(tiny.folder, 'other.gguf'), { layers: 1 });
		expect((await attempt(join(golden, 'plain'), [other])).message).toContain('“blk.1.');
		const output = join(tiny.folder, 'found.gguf');
		const source = join(golden, 'plain');
		const found = await importAdapter({ kind: 'import-adapter', source, bases: [other, base], output });
		expect(found.base).toBe(1);
	});

	test.each<[string, (bytes: Buffer) => void, number | undefined]>([
		['a header of 2^60 bytes', (bytes) => bytes.writeBigUInt64LE(2n ** 60n), undefined],
		['a header beyond its end', (bytes) => bytes.writeBigUInt64LE(1_000_000n), undefined],
		['a header that is no JSON', (bytes) => bytes.write('nonsense', 8), undefined],
		['less than its header says', () => {}, -100],
		['nothing', () => {}, 0],
	])('with %s is refused', async (_, change, end) => {
		const folder = withConfig({});
		const path = join(folder, 'adapter_model.safetensors');
		const bytes = readFileSync(path);
		change(bytes);
		writeFileSync(path, bytes.subarray(0, end));
		expect((await attempt(folder)).code).toBe('safetensors-damaged');
	});

	test('500 mutated files are read or refused, each with a reason', { timeout: 120_000 }, async () => {
		const random = seededRandom(11);
		const whole = readFileSync(join(golden, 'rslora', 'adapter_model.safetensors'));
		const config = readFileSync(join(golden, 'rslora', 'adapter_config.json'));
		const folder = join(tiny.folder, 'mutated');
		mkdirSync(folder);
		const codes = new Map<string, number>();
		for (let round = 0; round < 500; round += 1) {
			const bytes = Buffer.from(whole);
			const text = Buffer.from(config);
			for (let change = 0; change <= round % 4; change += 1) {
				const target = round % 5 === 0 ? text : bytes;
				target[Math.floor(random() * Math.min(target.length, 2_600))] = Math.floor(random() * 256);
			}
			const cut = round % 9 === 0 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes;
			writeFileSync(join(folder, 'adapter_model.safetensors'), cut);
			writeFileSync(join(folder, 'adapter_config.json'), text);
			const output = join(tiny.folder, 'mutated.gguf');
			const outcome = await importAdapter({ kind: 'import-adapter', source: folder, bases: [base], output }).then(
				() => 'read',
				(error: unknown) => (error instanceof Failure ? error.code : `defect: ${String(error)}`),
			);
			codes.set(outcome, (codes.get(outcome) ?? 0) + 1);
		}
		expect([...codes.keys()].filter((code) => code.startsWith('defect'))).toEqual([]);
		expect(codes.get('safetensors-damaged')).toBeGreaterThan(50);
	});

	test('a process of its own does it, and leaves nothing half written', async () => {
		const output = join(tiny.folder, 'apart.gguf');
		const task = { kind: 'import-adapter' as const, source: join(golden, 'plain'), bases: [base], output };
		const { result } = await runNativeTask<'import-adapter'>(task);
		expect(result.sha256).toMatch(/^[0-9a-f]{64}$/);
	});
});
