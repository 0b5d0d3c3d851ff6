import { isDeepStrictEqual } from 'node:util';
import type { LoadOptions, LoraAdapter } from '../../models/contract/load.ts';
import { longestContext, needsFlashAttention } from '../../models/contract/load-limits.ts';
import { maxAdapters } from '../contract/adapters/schema.ts';
import type { ModelFile, ModelOptions } from '../contract/library/schema.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { readChosenTemplate, templateForEngine } from './chat-template.ts';
import type { LibrarySeam } from './model-service.ts';
import { modelsWithSetting, readModelSetting, writeModelSetting } from './store/model-settings.ts';

type Store = Pick<LibrarySeam, 'database' | 'clock'>;

/** Drops options that are 'auto', which is the same as missing. */
function withoutAutomatic(options: ModelOptions): ModelOptions {
	return Object.fromEntries(
		Object.entries(options).filter(([, value]) => value !== undefined && value !== 'auto'),
	) as ModelOptions;
}

/** Returns the load settings that the user chose; missing ones are decided at each load. */
export function readLoadSettings(
	{ database }: { readonly database: ReadableDatabase },
	modelFileId: number,
): ModelOptions {
	return readModelSetting(database, modelFileId, 'load-options') ?? {};
}

/**
 * Returns the load settings within the file's limits: native code is never asked for a context that the model does not
 * have.
 */
export function usableLoadOptions(
	store: Pick<Store, 'database'>,
	{ id, contextLength }: Pick<ModelFile, 'id' | 'contextLength'>,
): Partial<LoadOptions> {
	const { contextSize, valueType, flashAttention, ...rest } = readLoadSettings(store, id);
	const chatTemplate = readChosenTemplate(store, id);
	const most = longestContext(contextLength, rest.rope) ?? Number.POSITIVE_INFINITY;
	const kept = {
		...rest,
		...(typeof contextSize === 'number' ? { contextSize: Math.min(contextSize, most) } : {}),
		...(needsFlashAttention(valueType) && flashAttention === 'off' ? {} : { valueType }),
		flashAttention,
		...(chatTemplate === null ? {} : { chatTemplate: templateForEngine(chatTemplate) }),
	};
	// Undefined values would override the defaults.
	return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined)) as Partial<LoadOptions>;
}

/** Stores the settings; returns whether they changed. */
export function writeLoadSettings(store: Store, modelFileId: number, options: ModelOptions): boolean {
	const before = readLoadSettings(store, modelFileId);
	const after = withoutAutomatic(options);
	writeModelSetting(store.database, modelFileId, 'load-options', after, store.clock());
	return !isDeepStrictEqual(before, after);
}

/** The place of an adapter in the load settings of a model. */
export interface AdapterPlace {
	readonly modelFileId: number;
	readonly index: number;
	readonly adapter: LoraAdapter;
}

/** Returns the adapters in the load settings of all models. */
export function listAdapterPlaces(store: Pick<Store, 'database'>): readonly AdapterPlace[] {
	return modelsWithSetting(store.database, 'load-options').flatMap((modelFileId) => {
		const { adapters = [] } = readLoadSettings(store, modelFileId);
		return adapters.map((adapter, index) => ({ modelFileId, index, adapter }));
	});
}

/** Takes an adapter out of the load settings of all models. Returns where it was. */
export function clearAdapter(store: Store, path: string): readonly AdapterPlace[] {
	const places = listAdapterPlaces(store).filter(({ adapter }) => adapter.path === path);
	for (const { modelFileId } of places) {
		const settings = readLoadSettings(store, modelFileId);
		const kept = settings.adapters?.filter((one) => one.path !== path) ?? [];
		writeLoadSettings(store, modelFileId, { ...settings, adapters: kept.length === 0 ? undefined : kept });
	}
	return places;
}

/** Undoes `clearAdapter`, where the adapter was not chosen again. */
export function putAdapterBack(store: Store, places: readonly AdapterPlace[]): void {
	for (const { modelFileId, index, adapter } of places) {
		const settings = readLoadSettings(store, modelFileId);
		const { adapters = [] } = settings;
		if (adapters.length >= maxAdapters || adapters.some(({ path }) => path === adapter.path)) continue;
		writeLoadSettings(store, modelFileId, { ...settings, adapters: adapters.toSpliced(index, 0, adapter) });
	}
}
