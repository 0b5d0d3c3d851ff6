import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeTinyLora } from '../../../support/tiny-lora.ts';
import { makeFolders } from './folders.ts';
import { documentOf, runCli } from './run-cli.ts';

interface Document {
	readonly adapter?: { readonly id: number; readonly name: string; readonly path: string };
	readonly adapters?: readonly unknown[];
	readonly model?: { readonly name: string; readonly quantization: string; readonly path: string };
}

test('an adapter is imported, used in a chat, merged, exported and removed', { timeout: 120_000 }, async () => {
	const { data, model, folder } = makeFolders();
	const run = async (...args: string[]) => documentOf(await runCli([...args, '--json', '--data', data])) as Document;
	await run('models', 'add', model);
	const source = writeTinyLora(join(folder, 'json.gguf'));
	const { adapter } = await run('adapters', 'import', source);
	expect(adapter).toMatchObject({ id: 1, name: 'json', origin: 'gguf', base: { name: 'tiny' }, rank: 4 });
	expect(adapter?.path.startsWith(data)).toBe(true);

	const chat = (...more: string[]) =>
		run('chat', 'the cat and the dog', '--temperature', '0', '--max-tokens', '8', '--no-save', ...more);
	const plain = await chat();
	expect(await chat('--adapter', 'json')).not.toMatchObject({ text: (plain as { text?: string }).text });
	expect(await chat('--adapter', 'json=0')).toMatchObject({ text: (plain as { text?: string }).text });

	const merged = await run(
		'adapters',
		'merge',
		'tiny',
		'--adapter',
		'json=0.01',
		'--type',
		'f32',
		'--quantise',
		'Q8_0',
	);
	expect(merged.model).toMatchObject({ name: 'tiny json 0.01', quantization: 'F32' });
	const file = merged.model?.path ?? '';
	expect(existsSync(file)).toBe(true);
	const questions = join(folder, 'questions.jsonl');
	writeFileSync(questions, JSON.stringify({ context: 'the cat', continuations: [' and the dog', ' ran'] }));
	const likelihood = async (of: string, ...more: string[]) => {
		const { rows } = (await run('loglikelihood', of, '--input', questions, ...more)) as {
			rows?: { logLikelihoods: number[] }[];
		};
		return rows?.[0]?.logLikelihoods ?? [];
	};
	const base = await likelihood(model);
	const adapted = await likelihood(model, '--adapter', 'json=0.01');
	expect(adapted).not.toEqual(base);
	expect(await likelihood(model, '--adapter', 'none')).toEqual(base);
	const written = await likelihood(file);
	for (const [index, value] of adapted.entries()) expect(written[index]).toBeCloseTo(value, 3);

	const text = join(folder, 'notes.txt');
	writeFileSync(text, 'the cat and the dog ran to the house '.repeat(20));
	const chunks = ['--text', text, '--context', '64', '--chunks', '2'];
	const near = await run('perplexity', model, '--reference', model, '--adapter', 'json=0.01', ...chunks);
	expect((near as { reference?: { klDivergence: { mean: number } } }).reference?.klDivergence.mean).toBeGreaterThan(0);
	const { models } = (await run('models', 'list')) as { models?: { quantization: string }[] };
	expect(models?.map(({ quantization }) => quantization).sort()).toEqual(['F32', 'F32', 'Q8_0']);

	const out = join(folder, 'peft');
	await run('adapters', 'export', 'json', out, '--format', 'peft');
	expect(JSON.parse(readFileSync(join(out, 'adapter_config.json'), 'utf8'))).toMatchObject({ r: 4, lora_alpha: 4 });
	expect(await run('adapters', 'import', out, '--base', 'tiny', '--name', 'again')).toMatchObject({
		adapter: { name: 'again', origin: 'peft', base: { quantization: 'F32' } },
	});

	await run('server', 'aliases', 'set', 'gpt-4o', '--model', model, '--adapter', 'json=0.5');
	expect(await run('server', 'aliases', 'list')).toMatchObject({
		aliases: [{ name: 'gpt-4o', recipe: { adapters: [{ id: 1, scale: 0.5 }] } }],
	});

	const listed = async () => (await runCli(['adapters', 'list', '--data', data])).stdout.split('\n');
	expect(await listed()).not.toContainEqual(expect.stringContaining('IN USE'));
	await run('models', 'add', adapter?.path ?? '');
	await run('models', 'settings', model, '--lora', `${adapter?.path}:0.5`);
	const [head, ...rows] = await listed();
	expect(head).toContain('IN USE BY');
	expect(rows.filter((row) => row.includes('tiny F32, scale 0.5'))).toEqual([expect.stringMatching(/^ *1 +json/)]);

	await run('adapters', 'remove', 'json');
	expect((await run('adapters', 'list')).adapters).toHaveLength(1);
	expect(existsSync(source)).toBe(true);
});

test('what can’t be done ends with the reason: no adapter of that name, a wrong file, a wrong scale', async () => {
	const { data, model, folder } = makeFolders();
	await runCli(['models', 'add', model, '--data', data]);
	const failed = await runCli(['chat', 'hello', '--adapter', 'none-such', '--data', data]);
	expect(failed).toMatchObject({ code: 1 });
	expect(failed.stderr).toContain('The library has no adapter named “none-such”');
	expect(failed.stderr).toContain('assay adapters import');
	const wrong = await runCli([
		'adapters',
		'import',
		writeTinyLora(join(folder, 'w.gguf'), { width: 32 }),
		'--data',
		data,
	]);
	expect(wrong).toMatchObject({ code: 1 });
	expect(wrong.stderr).toContain('has 32 × 32 weights, the model’s 64 × 64');
	expect(await runCli(['adapters', 'merge', 'tiny', '--adapter', 'x', '--type', 'Q4_0', '--data', data])).toMatchObject(
		{ code: 2 },
	);
});
