import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Writes test/models/native/golden/*.json: figures of llama.cpp's own programs, which models/native has to reproduce.
 * Usage: node scripts/write-native-goldens.ts <folder with the programs>, which scripts/reference-programs.ts makes. Takes
 * about ten minutes.
 */

const root = join(import.meta.dirname, '..');
const golden = join(root, 'test', 'models', 'native', 'golden');
const tools = process.argv[2];
if (tools === undefined)
	throw new Error('usage: node scripts/write-native-goldens.ts <folder with llama.cpp programs>');

const work = mkdtempSync(join(tmpdir(), 'assay-goldens-'));
const commands: string[] = [];

/**
 * Runs a program in the work folder and records its command line. Returns both streams, because the program logs to
 * stderr.
 */
function run(program: string, ...parameters: string[]): string {
	const command = [program, ...parameters].join(' ');
	commands.push(command);
	process.stderr.write(`$ ${command}\n`);
	return execFileSync('bash', ['-c', `"$0" "$@" 2>&1`, join(tools ?? '', program), ...parameters], {
		cwd: work,
		encoding: 'utf8',
		maxBuffer: 64 * 1024 * 1024,
	});
}

function sha256(file: string): string {
	return createHash('sha256')
		.update(readFileSync(join(work, file)))
		.digest('hex');
}

function numbers(line: RegExpExecArray | null): number[] {
	return (line ?? []).slice(1).map(Number);
}

/** Reads "[1]12.9557,[2]21.3723," and "Final estimate: PPL = …". */
function perplexityFigures(log: string): { running: number[]; perplexity: number; error: number } {
	const running = [...log.matchAll(/\[\d+\]([\d.]+),/g)].map((match) => Number(match[1]));
	const [perplexity = Number.NaN, error = Number.NaN] = numbers(/PPL = ([\d.]+) \+\/- ([\d.]+)/.exec(log));
	return { running, perplexity, error };
}

/** Reads the summary of --kl-divergence: value and error by printed name, without "±" and "%". */
function divergenceFigures(log: string): Record<string, number[]> {
	const summary = log.slice(log.indexOf('====== Perplexity statistics'));
	const lines = [...summary.matchAll(/^([A-Z0-9 ][^:\n]*?)\s*:\s+(-?[\d.]+)%?(?:\s+±\s+([\d.]+))?/gm)];
	return Object.fromEntries(
		lines.map(([, name = '', value, error]) => [
			name.trim().replace(/\s+/g, ' '),
			error === undefined ? [Number(value)] : [Number(value), Number(error)],
		]),
	);
}

function save(name: string, figures: object): void {
	const systemInfo = /system_info: [^|]*\| (.*)/.exec(
		run('llama-perplexity', '-m', 'f16.gguf', '-f', 'harbour.txt', '-c', '64', '--chunks', '1'),
	);
	commands.pop();
	const content = {
		engine: 'llama.cpp v0.4.0, built from node-llama-cpp 3.21.1 llama/gitRelease.bundle',
		cpu: cpus()[0]?.model ?? '',
		systemInfo: systemInfo?.[1]?.trim() ?? '',
		commands: commands.splice(0),
		...figures,
	};
	writeFileSync(join(golden, `${name}.json`), `${JSON.stringify(content, null, '\t')}\n`);
}

copyFileSync(
	join(homedir(), '.cache', 'assay', 'models', 'SmolLM2-135M-Instruct.Q4_1.gguf'),
	join(work, 'starter.gguf'),
);
copyFileSync(join(root, 'test', 'models', 'native', 'texts', 'harbour.txt'), join(work, 'harbour.txt'));
const wikitext = join(root, '..', 'shared', 'data', 'wikitext2', 'wiki.test.raw');
if (existsSync(wikitext)) copyFileSync(wikitext, join(work, 'wiki.test.raw'));

const plainTypes =
	'Q8_0 Q6_K Q5_K_M Q5_K_S Q5_1 Q5_0 Q4_K_M Q4_K_S Q4_1 Q4_0 IQ4_NL IQ4_XS MXFP4_MOE Q3_K_L Q3_K_M Q3_K_S IQ3_M IQ3_S IQ3_XS Q2_K Q2_0 TQ2_0 TQ1_0 BF16 F32';
const matrixTypes = 'Q8_0 Q4_K_M Q4_0 Q3_K_M IQ4_XS IQ3_XXS Q2_K Q2_K_S IQ2_M IQ2_S IQ2_XS IQ2_XXS IQ1_M IQ1_S';
/** Files kept on disk, because the perplexities need them too. */
const kept = new Set(['Q8_0', 'Q6_K', 'Q5_K_M', 'Q4_K_M', 'Q3_K_M', 'Q4_0', 'Q2_K']);

function quantizeFigures(type: string, ...matrix: string[]): { sha256: string; fallbacks: number } {
	const file = `${type}.gguf`;
	const target = matrix.length > 0 ? 'with-matrix.gguf' : file;
	const log = run('llama-quantize', ...matrix, 'f16.gguf', target, type, '2');
	const [fallbacks = 0] = numbers(/WARNING: (\d+) of \d+ tensor/.exec(log));
	const figures = { sha256: sha256(target), fallbacks };
	if (target !== file || !kept.has(type)) rmSync(join(work, target));
	return figures;
}

run('llama-quantize', '--allow-requantize', 'starter.gguf', 'f16.gguf', 'F16', '2');
const plain = Object.fromEntries(plainTypes.split(' ').map((type) => [type, quantizeFigures(type)]));
const matrixOf = ['-m', 'f16.gguf', '-f', 'harbour.txt', '-c', '256', '-b', '256', '-t', '2'];
const matrixLog = run('llama-imatrix', ...matrixOf, '-o', 'imatrix.gguf');
run('llama-imatrix', ...matrixOf, '--output-format', 'dat', '-o', 'imatrix.dat');
const matrix = Object.fromEntries(
	matrixTypes.split(' ').map((type) => [type, quantizeFigures(type, '--imatrix', 'imatrix.gguf')]),
);
const legacy = quantizeFigures('Q4_K_M', '--imatrix', 'imatrix.dat');
save('quantize', {
	f16: { sha256: sha256('f16.gguf') },
	plain,
	matrix,
	legacy,
	imatrix: { sha256: sha256('imatrix.gguf'), ...perplexityFigures(matrixLog) },
});

type Setting = { text: string; contextSize: number; chunks: number; types: string[] };

function measure({ text, contextSize, chunks, types }: Setting): object {
	const common = ['-t', '2', '-c', String(contextSize)];
	const limit = ['-f', text, '--chunks', String(chunks)];
	const base = perplexityFigures(
		run('llama-perplexity', '-m', 'f16.gguf', ...limit, ...common, '--kl-divergence-base', 'base.bin'),
	);
	const models = types.map((type) => {
		const log = run('llama-perplexity', '-m', `${type}.gguf`, ...limit, ...common);
		const compared = run(
			'llama-perplexity',
			'-m',
			`${type}.gguf`,
			...common,
			'--kl-divergence-base',
			'base.bin',
			'--kl-divergence',
		);
		return { type, ...perplexityFigures(log), divergence: divergenceFigures(compared) };
	});
	return { text, contextSize, chunks, reference: { type: 'F16', ...base }, models };
}

const settings: Setting[] = [{ text: 'harbour.txt', contextSize: 256, chunks: 4, types: ['Q8_0', 'Q4_K_M', 'Q2_K'] }];
if (existsSync(wikitext)) {
	settings.push({ text: 'wiki.test.raw', contextSize: 512, chunks: 4, types: [...kept] });
}
save('perplexity', { settings: settings.map(measure) });
rmSync(work, { recursive: true });
