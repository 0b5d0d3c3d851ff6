import { join } from 'node:path';

/** A folder where another program usually keeps model files. */
export interface UsualPlace {
	readonly app: string;
	readonly path: string;
}

export interface PlaceContext {
	readonly platform: NodeJS.Platform;
	readonly home: string;
	readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Returns the folder for programs' data on each system. */
function dataFolder({ platform, home, environment }: PlaceContext): string {
	if (platform === 'win32') return environment.APPDATA ?? join(home, 'AppData', 'Roaming');
	if (platform === 'darwin') return join(home, 'Library', 'Application Support');
	return environment.XDG_CONFIG_HOME ?? join(home, '.config');
}

function cacheFolder({ platform, home, environment }: PlaceContext): string {
	if (platform === 'win32') return environment.LOCALAPPDATA ?? join(home, 'AppData', 'Local');
	if (platform === 'darwin') return join(home, 'Library', 'Caches');
	return environment.XDG_CACHE_HOME ?? join(home, '.cache');
}

/** Removes empty variables, which count as unset according to the XDG specification. */
function withoutEmpty(environment: PlaceContext['environment']): PlaceContext['environment'] {
	return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
}

/**
 * Lists where other programs keep models by default and according to their own variables: LM Studio (the default models
 * folder of its settings), Jan's data folder, OLLAMA_MODELS, LLAMA_CACHE of llama.cpp's common/common.cpp, HF_HUB_CACHE
 * and HF_HOME of huggingface_hub. Does not check that they exist.
 */
export function usualPlaces(given: PlaceContext): readonly UsualPlace[] {
	const context = { ...given, environment: withoutEmpty(given.environment) };
	const { home, environment } = context;
	const cache = cacheFolder(context);
	const hub =
		environment.HF_HUB_CACHE ??
		(environment.HF_HOME === undefined ? null : join(environment.HF_HOME, 'hub')) ??
		join(environment.XDG_CACHE_HOME ?? join(home, '.cache'), 'huggingface', 'hub');
	return [
		{ app: 'LM Studio', path: join(home, '.lmstudio', 'models') },
		{ app: 'LM Studio', path: join(home, '.cache', 'lm-studio', 'models') },
		{ app: 'Jan', path: join(dataFolder(context), 'Jan', 'data', 'llamacpp', 'models') },
		{ app: 'Jan', path: join(dataFolder(context), 'Jan', 'data', 'models') },
		{ app: 'Jan', path: join(home, 'jan', 'models') },
		{ app: 'Ollama', path: environment.OLLAMA_MODELS ?? join(home, '.ollama', 'models') },
		{ app: 'llama.cpp', path: environment.LLAMA_CACHE ?? join(cache, 'llama.cpp') },
		{ app: 'Hugging Face', path: hub },
	];
}
