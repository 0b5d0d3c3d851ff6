import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import type { LoadOptions, LoraAdapter } from '../../../contract/load.ts';
import { engineBuild } from '../../../library/engine-build.ts';

/**
 * Changes with the content of a file as good as surely, and costs nothing. Not its SHA-256: of a file that was just added
 * that is known only later, and what was saved before would not be found again.
 */
function markOf(path: string): string {
	const stats = statSync(path, { throwIfNoEntry: false });
	return `${path} ${stats?.size} ${stats?.mtimeMs}`;
}

/**
 * What a KV state depends on besides its tokens: hex SHA-256. A state of another identity must not be put back: llama.cpp
 * would take it, and the answers would be wrong.
 */
export function stateIdentity(
	path: string,
	options: LoadOptions,
	adapters: readonly LoraAdapter[],
	gpuLayers = 0,
): string {
	const { keyType = 'F16', valueType = 'F16', flashAttention = 'auto', rope = {} } = options;
	const parts = {
		engineBuild,
		weights: markOf(path),
		keyType,
		valueType,
		flashAttention,
		// Layers elsewhere round differently.
		...(gpuLayers === 0 ? {} : { gpuLayers }),
		rope: [rope.frequencyBase ?? 0, rope.frequencyScale ?? 0],
		adapters: adapters.filter(({ scale }) => scale !== 0).map(({ path, scale }) => [markOf(path), scale]),
	};
	return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
