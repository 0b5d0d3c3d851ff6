import { Failure } from '../contract/failure.ts';
import type { KvType } from '../contract/load.ts';
import { usualContext } from '../contract/load-limits.ts';
import { said } from '../contract/said.ts';
import { readGgufFacts } from '../gguf/read-gguf.ts';
import { tensorTypes } from '../gguf/tensor-types.ts';
import type { CacheShape } from './cache-type.ts';

/** Facts that determine the size of a context. */
export interface ContextNeeds {
	/** 'auto' or a requested size in tokens. */
	readonly wanted: number | 'auto';
	readonly trainedLength: number | null;
	/** KV cache bytes per token of context. */
	readonly bytesPerToken: number;
	/** Bytes of the weights, if they are not yet in memory. */
	readonly weightBytes: number;
	/** Memory still available on this computer, bytes. */
	readonly availableBytes: number;
}

/** A smaller context is useless for a conversation. */
const smallestAuto = 512;

/** For llama.cpp's compute buffers and this process itself. */
const reserveBytes = 256 * 2 ** 20;

/** Memory kept free for everything else on the computer. */
const usableShare = 0.9;

function gigabytes(bytes: number): string {
	return `${(bytes / 2 ** 30).toFixed(bytes < 10 * 2 ** 30 ? 1 : 0)} GiB`;
}

/** Returns the KV cache bytes per token: keys and values of every layer, whose heads take this many bytes each. */
export function kvBytesPerToken(layers: number, keyBytes: number, valueBytes: number, kvHeads: number): number {
	return layers * kvHeads * (keyBytes + valueBytes);
}

/** Returns the bytes per value of a cache type. */
function bytesOf(type: KvType): number {
	const { block, bytes } = Object.values(tensorTypes).find(({ name }) => name === type) ?? { block: 1, bytes: 2 };
	return bytes / block;
}

/** Returns the maximum over all layers: they may differ, and llama.cpp reports only the first. */
async function mostKvHeads({ facts }: CacheShape): Promise<number> {
	const header = await readGgufFacts(facts.path).catch(() => null);
	return Math.max(facts.kvHeads, header?.headCountKv ?? 0);
}

/** Returns the KV cache bytes per token of a loaded model: keys and values of every layer. */
export async function cacheBytesPerToken(
	model: CacheShape,
	{ keyType = 'F16', valueType = 'F16' }: { keyType?: KvType | undefined; valueType?: KvType | undefined } = {},
): Promise<number> {
	const { facts } = model;
	const headLength = facts.embeddingLength / Math.max(1, facts.heads);
	const keys = (model.numberOf('attention.key_length') ?? headLength) * bytesOf(keyType);
	const values = (model.numberOf('attention.value_length') ?? headLength) * bytesOf(valueType);
	return kvBytesPerToken(facts.layers, keys, values, await mostKvHeads(model));
}

/** Throws if the weights exceed memory: they would be read from disk for every token, or end the process. */
export function checkWeightsFit(weightBytes: number, availableBytes: number): void {
	if (weightBytes <= availableBytes) return;
	throw new Failure({
		code: 'not-enough-memory',
		message: said`The weights take ${gigabytes(weightBytes)}, and ${gigabytes(availableBytes)} of memory are available.`,
		next: [said`Close other programs`, said`Choose a smaller quantisation of it`, said`Choose a smaller model`],
	});
}

/**
 * Chooses the size of the context in tokens before any call to llama.cpp: its own estimate allocates, and a context
 * larger than memory ends the process.
 */
export function chooseContextSize(needs: ContextNeeds): number {
	const { wanted, trainedLength, bytesPerToken, weightBytes, availableBytes } = needs;
	const free = availableBytes * usableShare - weightBytes - reserveBytes;
	const fitting = bytesPerToken === 0 ? Number.POSITIVE_INFINITY : Math.floor(free / bytesPerToken);
	const memory = said`${gigabytes(availableBytes)} are available, and the weights take ${gigabytes(weightBytes)}`;
	if (wanted === 'auto') {
		const most = Math.min(usualContext, trainedLength ?? usualContext);
		if (fitting >= most) return most;
		const whole = Math.floor(fitting / 256) * 256;
		if (whole >= Math.min(smallestAuto, most)) return whole;
		throw new Failure({
			code: 'not-enough-memory',
			message: said`This model does not fit into memory: ${memory}.`,
			next: [said`Close other programs`, said`Choose a smaller quantisation of it`, said`Choose a smaller model`],
		});
	}
	if (trainedLength !== null && wanted > trainedLength) {
		throw new Failure({
			code: 'context-too-large',
			message: said`A context of ${wanted} tokens is larger than what the model was trained for: ${trainedLength} tokens.`,
			next: [
				said`Choose a context of at most ${trainedLength} tokens, or “auto”`,
				said`Stretch its positions with a RoPE frequency scale below 1`,
				said`Choose a model that was trained for more`,
			],
		});
	}
	if (wanted > fitting) {
		const most = Math.max(0, Math.floor(fitting / 256) * 256);
		throw new Failure({
			code: 'context-too-large',
			message: said`A context of ${wanted} tokens needs ${gigabytes(wanted * bytesPerToken)} of memory; ${memory}.`,
			next: [
				most >= 128 ? said`Choose a context of at most ${most} tokens, or “auto”` : said`Choose a smaller model`,
				said`Use Q8_0 for the KV cache, which halves it`,
				said`Close other programs`,
			],
		});
	}
	return wanted;
}
