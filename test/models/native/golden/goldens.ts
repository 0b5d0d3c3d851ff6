import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { NativeConditions } from '../../../../models/contract/native/tasks.ts';

type Made = { cpu: string; systemInfo: string };
type Quantized = { sha256: string; fallbacks: number };

export type QuantizeGoldens = Made & {
	f16: { sha256: string };
	plain: Record<string, Quantized>;
	matrix: Record<string, Quantized>;
	legacy: Quantized;
	imatrix: { sha256: string; perplexity: number };
};

type GoldenModel = {
	type: string;
	running: number[];
	perplexity: number;
	error: number;
	/** Value and, if printed, error, by llama-perplexity's name. */
	divergence: Record<string, number[]>;
};

export type GoldenSetting = {
	text: string;
	contextSize: number;
	chunks: number;
	reference: { running: number[]; perplexity: number; error: number };
	models: GoldenModel[];
};

export type PerplexityGoldens = Made & { settings: GoldenSetting[] };

export function goldens<T>(name: 'quantize' | 'perplexity'): T {
	return JSON.parse(readFileSync(join(import.meta.dirname, `${name}.json`), 'utf8')) as T;
}

/** Returns whether figures were made on a CPU like this one, so that every digit must agree. */
export function sameKernels(made: Made, conditions: NativeConditions): boolean {
	return made.cpu === cpus()[0]?.model && made.systemInfo === conditions.systemInfo;
}

export const harbour = join(import.meta.dirname, '..', 'texts', 'harbour.txt');
