import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readGgufFacts } from '../../../../models/gguf/read-gguf.ts';
import { runNativeTask } from '../../../../models/native/run-task.ts';
import { vectorOf } from '../../../../models/vectors.ts';
import { failureOf } from '../../../support/failure.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { tinyRuntime } from '../../../support/tiny-runtime.ts';

const shape = { width: 64, heads: 2, feedForward: 96, context: 64, blocks: 2 } as const;

const words = [
	...['[PAD]', '[unused0]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'],
	...'the cat dog sat on a mat ##s ##ting sit'.split(' '),
];

interface TestTensor {
	readonly name: string;
	readonly shape: readonly number[];
}

/** The tensors of a BERT encoder, as PyTorch names them. */
function bertTensors(): TestTensor[] {
	const { width, feedForward, context, blocks } = shape;
	const both = (name: string, rows: number, columns: number): TestTensor[] => [
		{ name: `${name}.weight`, shape: [rows, columns] },
		{ name: `${name}.bias`, shape: [rows] },
	];
	const norm = (name: string): TestTensor[] =>
		['weight', 'bias'].map((kind) => ({ name: `${name}.LayerNorm.${kind}`, shape: [width] }));
	return [
		{ name: 'embeddings.word_embeddings.weight', shape: [words.length, width] },
		{ name: 'embeddings.position_embeddings.weight', shape: [context, width] },
		{ name: 'embeddings.token_type_embeddings.weight', shape: [2, width] },
		...norm('embeddings'),
		...Array.from({ length: blocks }, (_, index) => `encoder.layer.${index}`).flatMap((block) => [
			...['query', 'key', 'value'].flatMap((name) => both(`${block}.attention.self.${name}`, width, width)),
			...both(`${block}.attention.output.dense`, width, width),
			...norm(`${block}.attention.output`),
			...both(`${block}.intermediate.dense`, feedForward, width),
			...both(`${block}.output.dense`, width, feedForward),
			...norm(`${block}.output`),
		]),
		{ name: 'pooler.dense.weight', shape: [width, width] },
	];
}

function writeSafetensors(path: string, tensors: readonly TestTensor[], cutBytes = 0): string {
	let offset = 0;
	let state = 1;
	const parts: Buffer[] = [];
	const entries = tensors.map(({ name, shape: dimensions }) => {
		const count = dimensions.reduce((product, one) => product * one, 1);
		const numbers = Float32Array.from({ length: count }, () => {
			state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
			return name.includes('LayerNorm.weight') ? 1 : (state / 2 ** 32 - 0.5) / 4;
		});
		parts.push(Buffer.from(numbers.buffer));
		const from = offset;
		offset += count * 4;
		return [name, { dtype: 'F32', shape: dimensions, data_offsets: [from, offset] }] as const;
	});
	const header = Buffer.from(JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(entries) }));
	const length = Buffer.alloc(8);
	length.writeBigUInt64LE(BigInt(header.length));
	const bytes = Buffer.concat([length, header, ...parts]);
	writeFileSync(path, bytes.subarray(0, bytes.length - cutBytes));
	return path;
}

function filesIn(folder: string, tensors = bertTensors()) {
	const vocabulary = join(folder, 'vocab.txt');
	writeFileSync(vocabulary, `${words.join('\n')}\n`);
	return { input: writeSafetensors(join(folder, 'model.safetensors'), tensors), vocabulary };
}

async function convert(folder: string, type: 'F16' | 'Q8_0', name: string, tensors = bertTensors()) {
	const output = join(folder, name);
	const { result } = await runNativeTask<'convert'>({
		...{ kind: 'convert', ...filesIn(folder, tensors), output, type, heads: shape.heads },
		...{ name: 'Tiny BERT', license: 'mit' },
	});
	return result;
}

describe('the weights of a BERT encoder', () => {
	test.each(['F16', 'Q8_0'] as const)('become a GGUF file of type %s, the same bytes every time', async (type) => {
		const folder = temporaryFolder();
		const first = await convert(folder, type, 'first.gguf');
		const second = await convert(folder, type, 'second.gguf');
		expect(second.sha256).toBe(first.sha256);
		expect(readFileSync(first.path).length).toBe(first.sizeBytes);
		const facts = await readGgufFacts(first.path);
		expect(facts).toMatchObject({ architecture: 'bert', kind: 'embedding', quantization: type });
	});

	test('gives vectors that are nearly the same in both types', async () => {
		const folder = temporaryFolder();
		const tiny = tinyRuntime();
		const texts = ['the cat sat on a mat', 'the dogs', 'sitting'];
		const vectors: Float32Array[][] = [];
		for (const type of ['F16', 'Q8_0'] as const) {
			const engine = await tiny.loadFile((await convert(folder, type, `${type}.gguf`)).path);
			// A word that continues another is one token of it.
			expect(await engine.tokenize('dogs')).toEqual([words.indexOf('dog'), words.indexOf('##s')]);
			expect(await engine.tokenize('zebra')).toEqual([words.indexOf('[UNK]')]);
			vectors.push((await engine.embed({ inputs: texts })).vectors.map(vectorOf));
		}
		await tiny.close();
		for (const [index, vector] of vectors[0]!.entries()) {
			const cosine = vector.reduce((sum, value, at) => sum + value * vectors[1]![index]![at]!, 0);
			expect(cosine).toBeGreaterThan(0.999);
		}
	});

	test('are refused where they are another model’s, or not whole', async () => {
		const folder = temporaryFolder();
		const foreign = await failureOf(() => convert(folder, 'F16', 'a.gguf', bertTensors().slice(0, 12)));
		expect(foreign.code).toBe('convert-unsupported');
		const { vocabulary } = filesIn(folder);
		const input = writeSafetensors(join(folder, 'cut.safetensors'), bertTensors(), 100);
		const options = { kind: 'convert', vocabulary, output: join(folder, 'b.gguf'), type: 'F16', heads: 2 } as const;
		const cut = await failureOf(() => runNativeTask<'convert'>({ ...options, input, name: 'x', license: 'mit' }));
		expect(cut.code).toBe('safetensors-unreadable');
		writeFileSync(input, 'no safetensors at all');
		const text = await failureOf(() => runNativeTask<'convert'>({ ...options, input, name: 'x', license: 'mit' }));
		expect(text.code).toBe('safetensors-unreadable');
	});
});
