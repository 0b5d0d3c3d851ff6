import { engineLabels, engineOfBuild } from '../../models/contract/engine-names.ts';

/** Shortens a name for a chip: "SmolLM2 135M Instruct" → "SmolLM2 135M"; the list shows the kind of model. */
export function shortenModelName(name: string): string {
	return name
		.replace(/[\s_-](?:instruct|chat|it)$/i, '')
		.replaceAll(/[-_]/g, ' ')
		.replace(/\.gguf$/i, '')
		.trim();
}

/**
 * Formats the engine for the status bar: "node-llama-cpp 3.21.1 (llama.cpp v0.4.0)" becomes "Engine 0.4.0", and with
 * node-llama-cpp's own API "node-llama-cpp 0.4.0".
 */
export function formatEngineName(build: string): string {
	const version = /llama\.cpp v?([\w.-]+)/.exec(build)?.[1];
	if (version === undefined) return build;
	return engineOfBuild(build) === 'c-api' ? `Engine ${version}` : `${engineLabels['node-llama-cpp']} ${version}`;
}

/** Describes the purpose of a quantisation in a word, from its name. */
export function describeQuantization(quantization: string): string | null {
	const name = quantization.toUpperCase();
	if (/^(F32|F16|BF16)$/.test(name)) return 'Reference';
	// Same groups, by bits per weight, as in the list of downloads (models/hub/quantization-names.ts).
	if (/^Q[68]/.test(name)) return 'Large';
	if (/^(Q[45]|IQ4|MXFP4|NVFP4)/.test(name)) return 'Balanced';
	if (/^I?Q3/.test(name)) return 'Small';
	return /^(I?Q[12]|TQ)/.test(name) ? 'Tiny' : null;
}
