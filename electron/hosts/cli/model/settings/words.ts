import type { ModelOptions } from '../../../../contract/model/own.ts';
import type { ModelFile } from '../../../../contract/model.ts';
import { table } from '../../table.ts';

const onOff = (on: boolean): string => (on ? 'on' : 'off');

function nameOf(files: readonly ModelFile[], path: string): string {
	return files.find((file) => file.path === path)?.name ?? path;
}

function cacheWords({ keyType = 'F16', valueType = keyType }: ModelOptions): string {
	return keyType === valueType ? keyType : `${keyType} for keys, ${valueType} for values`;
}

function draftingWords({ drafting = 'off' }: ModelOptions, files: readonly ModelFile[]): string {
	if (typeof drafting === 'object') return `with ${nameOf(files, drafting.path)}`;
	return drafting === 'lookup' ? 'from the text so far' : 'off';
}

/** Every setting with its value, in the words of the app; * marks what was set. */
export function settingsTable(options: ModelOptions, files: readonly ModelFile[]): string {
	const { rope = {}, adapters = [] } = options;
	const own = (...values: unknown[]): string => (values.some((value) => value !== undefined) ? '*' : '');
	const rows: readonly (readonly [string, string, string])[] = [
		[own(options.gpu), 'runs on', options.gpu ?? 'automatic'],
		[own(options.gpuLayers), 'layers on the GPU', String(options.gpuLayers ?? 'automatic: as many as fit')],
		[
			own(options.contextSize),
			'context size, tokens',
			String(options.contextSize ?? 'automatic: up to 8192, less where memory is short'),
		],
		[own(options.keyType, options.valueType), 'KV cache', cacheWords(options)],
		[own(options.flashAttention), 'flash attention', options.flashAttention ?? 'automatic'],
		[own(options.threads), 'threads', String(options.threads ?? 'automatic')],
		[own(options.parallelAnswers), 'answers at once', String(options.parallelAnswers ?? 'up to 4')],
		[own(options.batchSize), 'batch, tokens', String(options.batchSize ?? 512)],
		[own(options.mapWeights), 'map the weights', onOff(options.mapWeights ?? true)],
		[own(options.lockMemory), 'lock in memory', onOff(options.lockMemory ?? false)],
		[own(rope.frequencyScale), 'frequency scale (RoPE)', String(rope.frequencyScale ?? "the file's")],
		[own(rope.frequencyBase), 'base frequency (RoPE)', String(rope.frequencyBase ?? "the file's")],
		[own(options.drafting), 'guess several tokens at once', draftingWords(options, files)],
		[
			own(options.adapters),
			'LoRA adapters',
			adapters.map(({ path, scale }) => `${nameOf(files, path)} at ${scale}`).join(', ') || 'none',
		],
	];
	return table(['', 'SETTING', 'VALUE'], rows);
}
