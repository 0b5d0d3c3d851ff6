import { engineLabels, engineOfBuild } from '../../models/contract/engine-names.ts';
import { t } from '../messages/t.ts';

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
	return engineOfBuild(build) === 'c-api'
		? t('Engine {version}', { version })
		: `${engineLabels['node-llama-cpp']} ${version}`;
}
