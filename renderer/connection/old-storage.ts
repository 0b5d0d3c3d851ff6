import type { PromptDraftContent, PromptId } from '../../electron/contract/prompt/schema.ts';
import type { Settings } from '../../electron/contract/settings/schema.ts';
import type { Client } from './connection.ts';

/** Data that earlier versions kept in the browser. Each address has its own, until it is moved to the application. */
export interface OldStorage {
	readonly settings: Partial<Pick<Settings, 'openFolderIds' | 'comparisonColumns' | 'lastDatasetId'>>;
	readonly promptDrafts: readonly (readonly [promptId: PromptId, PromptDraftContent])[];
}

const keys = {
	folders: 'assay.open-folders',
	columns: 'assay-comparison-columns',
	dataset: 'assay.dataset.added-to',
	promptDrafts: 'assay.prompt.drafts',
} as const;

/** Reads what an earlier version stored; null: nothing. Values that can't be read are left out. */
export function readOldStorage(local: Storage, session: Storage): OldStorage | null {
	const folders = parse(local.getItem(keys.folders));
	const columns = parse(local.getItem(keys.columns));
	const dataset = parse(local.getItem(keys.dataset));
	const drafts = parse(session.getItem(keys.promptDrafts));
	const switched = entriesOf(columns).filter((entry): entry is [string, boolean] => typeof entry[1] === 'boolean');
	const settings: OldStorage['settings'] = {
		...(Array.isArray(folders) ? { openFolderIds: folders.filter((id) => Number.isInteger(id)) } : {}),
		...(switched.length > 0 ? { comparisonColumns: Object.fromEntries(switched) } : {}),
		...(Number.isInteger(dataset) ? { lastDatasetId: dataset as number } : {}),
	};
	const promptDrafts = entriesOf(drafts).flatMap(([id, draft]) =>
		isContent(draft)
			? [[Number(id) as PromptId, { system: draft.system, template: draft.template, example: draft.example }] as const]
			: [],
	);
	return Object.keys(settings).length === 0 && promptDrafts.length === 0 ? null : { settings, promptDrafts };
}

/** Moves it to the application. What the application has by now is newer and stays. */
export async function moveToApplication(client: Client, old: OldStorage): Promise<void> {
	const [now, { drafts }] = await Promise.all([client.settings.get(), client.prompts.drafts()]);
	const missing: OldStorage['settings'] = {
		...(now.openFolderIds.length === 0 ? { openFolderIds: old.settings.openFolderIds } : {}),
		...(Object.keys(now.comparisonColumns).length === 0 ? { comparisonColumns: old.settings.comparisonColumns } : {}),
		...(now.lastDatasetId === null ? { lastDatasetId: old.settings.lastDatasetId } : {}),
	};
	if (Object.values(missing).some((value) => value !== undefined)) await client.settings.set(missing);
	const kept = new Set(drafts.map(({ promptId }) => promptId));
	for (const [id, draft] of old.promptDrafts) {
		// A prompt that was deleted since takes its draft along.
		if (!kept.has(id)) await client.prompts.setDraft({ id, draft }).catch(() => {});
	}
}

/** Called once the application has it, or at once if there was none. */
export function removeOldStorage(local: Storage, session: Storage): void {
	for (const key of [keys.folders, keys.columns, keys.dataset]) local.removeItem(key);
	session.removeItem(keys.promptDrafts);
}

/**
 * Has the host remove what other programs left in the browser at this address: service workers, databases, caches.
 * Browsers differ in whether that includes a tab's own storage, so what is Assay's is put back.
 */
export async function cleanOrigin(): Promise<void> {
	const own = [localStorage, sessionStorage].map((storage) => ({
		storage,
		entries: Object.entries({ ...storage }).filter(([key]) => key.startsWith('assay')),
	}));
	await fetch('/clean', { method: 'POST' }).catch(() => {});
	for (const { storage, entries } of own) for (const [key, value] of entries) storage.setItem(key, value);
}

function parse(text: string | null): unknown {
	try {
		return JSON.parse(text ?? 'null');
	} catch {
		return null;
	}
}

function entriesOf(value: unknown): [string, unknown][] {
	return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

function isContent(value: unknown): value is PromptDraftContent {
	const content = value as Partial<PromptDraftContent> | null;
	return [content?.system, content?.template, content?.example].every((text) => typeof text === 'string');
}
