import type { ModelHandlers } from '../../electron/api/router.ts';
import type { ApplicationModels } from '../../electron/application/application.ts';
import type { ModelFile } from '../../electron/contract/library/schema.ts';
import { run } from '../../electron/database/sql.ts';
import type { AcquireHooks, AcquireOptions, LibrarySeam, ModelLibrary } from '../../electron/library/model-service.ts';
import { Failure } from '../../models/contract/failure.ts';
import type { Engine } from '../../models/engine.ts';
import type { Script } from '../../models/worker/engine-script.ts';
import { createScriptedEngine } from '../../models/worker/scripted-engine.ts';
import { buildModelFile } from './fixtures/model.ts';

export interface ScriptedModels extends ModelLibrary {
	readonly file: ModelFile;
	/** How often an engine was requested, and the options of the last request. */
	readonly acquired: { count: number; last: AcquireOptions };
}

/** Options for the one model of the library. */
export interface ScriptedOptions {
	readonly script?: Script;
	readonly engine?: Engine;
	/** Changes to the file of the model. */
	readonly file?: Partial<ModelFile>;
	/** false for an empty library. */
	readonly model?: boolean;
	/** false if no model is in memory yet, so that `loaded` knows none. */
	readonly inMemory?: boolean;
	/** Scripts of further models, by their ids from 2 on. */
	readonly others?: Readonly<Record<number, Script>>;
	/** Returns the hash of a model file by its id, as evaluation runs need it. */
	readonly sha256?: (id: number) => string;
	/** Runs before an engine is handed out. */
	readonly load?: (hooks: AcquireHooks) => Promise<void>;
}

/** A library with one model whose engine follows the script. */
export function scriptedModels(
	{ database }: Pick<LibrarySeam, 'database'>,
	options: ScriptedOptions = {},
): ScriptedModels {
	const file = scriptedFile(1, options.file);
	const has = options.model !== false;
	if (has) insertModelFile(database, file);
	const engine = options.engine ?? createScriptedEngine(options.script);
	const others = new Map(
		Object.entries(options.others ?? {}).map(([id, script]) => {
			const other = scriptedFile(Number(id), { name: `Scripted ${id}`, path: `/models/${id}.gguf` });
			insertModelFile(database, other);
			return [other.id, { file: other, engine: createScriptedEngine(script) }] as const;
		}),
	);
	const acquired: ScriptedModels['acquired'] = { count: 0, last: {} };
	return {
		file,
		acquired,
		modelFile(id) {
			const found = has && id === file.id ? file : others.get(id)?.file;
			if (found !== undefined) return { ...found, sha256: options.sha256?.(id) ?? found.sha256 };
			throw new Failure({ code: 'model-unknown', message: `There is no model ${id}.`, next: ['Choose another'] });
		},
		defaultModelFile: () => (has ? file : null),
		async acquire(id, wanted, hooks = {}) {
			acquired.count += 1;
			acquired.last = wanted;
			await options.load?.(hooks);
			hooks.signal?.throwIfAborted();
			return others.get(id)?.engine ?? engine;
		},
		hasRoom: () => true,
		loaded: () => (options.inMemory === false ? null : engine),
		inBackground: () => (options.inMemory === false ? null : engine),
		engine: async () => ({ build: 'scripted', available: true, detail: 'scripted', gpus: [] }),
		engineBuild: () => 'scripted',
		options: () => ({}),
		measuringObstacle: () => null,
		chatTemplate: () => null,
		count: () => (has ? 1 : 0),
		all: () => (has ? [file] : []),
		add: async () => file,
		unload: async (modelFileId) => ({ state: 'unloaded', modelFileId, failure: null }),
		unloadAll: async () => {},
		close: () => engine.stop(),
	};
}

/** The same for `createApplication`; without the calls of `models`. */
export function scriptedApplicationModels(options: ScriptedOptions = {}): (seam: LibrarySeam) => ApplicationModels {
	return (seam) => ({ library: scriptedModels(seam, options), handlers: {} as ModelHandlers });
}

function scriptedFile(id: number, changes: Partial<ModelFile> = {}): ModelFile {
	return buildModelFile(id, {
		name: 'Scripted',
		path: '/models/scripted.gguf',
		sizeBytes: 1,
		sha256: null,
		architecture: 'scripted',
		parameters: 0,
		quantization: 'F32',
		contextLength: 4096,
		license: null,
		tokensPerSecond: null,
		addedAt: 1,
		...changes,
	});
}

function insertModelFile(database: LibrarySeam['database'], file: ModelFile): void {
	run(
		database,
		`INSERT INTO model_files (id, path, name, size_bytes, modified_at, architecture, parameters, quantization, added_at)
		 VALUES (:id, :path, :name, :sizeBytes, 1, :architecture, :parameters, :quantization, :addedAt)
		 ON CONFLICT (id) DO NOTHING`,
		{
			id: file.id,
			path: file.path,
			name: file.name,
			sizeBytes: file.sizeBytes,
			architecture: file.architecture,
			parameters: file.parameters,
			quantization: file.quantization,
			addedAt: file.addedAt,
		},
	);
}
