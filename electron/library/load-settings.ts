import { isDeepStrictEqual } from 'node:util';
import type { LoadOptions } from '../../models/contract/load.ts';
import { longestContext, needsFlashAttention } from '../../models/contract/load-limits.ts';
import type { ModelFile, ModelOptions } from '../contract/library/schema.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { readChosenTemplate, templateForEngine } from './chat-template.ts';
import type { LibrarySeam } from './model-service.ts';
import { readModelSetting, writeModelSetting } from './store/model-settings.ts';

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
