import { createStore, type StoreApi } from 'zustand/vanilla';

/** What is being written, by conversation; 'new' is the one that does not exist yet. */
export interface Drafts {
	readonly state: StoreApi<Readonly<Record<string, string>>>;
	set(key: string, text: string): void;
}

const storageKey = 'assay.drafts';

/** Waits for a pause in typing before it writes, ms. */
const writePauseMs = 300;

/** Drafts live as long as the tab: a reload or a lost connection keeps them, closing the tab forgets them. */
export function createDrafts(storage: Storage): Drafts {
	const state = createStore<Readonly<Record<string, string>>>(() => read(storage));
	let timer: ReturnType<typeof setTimeout> | undefined;
	function write(): void {
		clearTimeout(timer);
		try {
			storage.setItem(storageKey, JSON.stringify(state.getState()));
		} catch {
			// The browser's quota (about 5 MB): a draft that large still lives in memory.
			storage.removeItem(storageKey);
		}
	}
	globalThis.addEventListener?.('pagehide', write);
	return {
		state,
		set(key, text) {
			const { [key]: _old, ...rest } = state.getState();
			state.setState(text === '' ? rest : { ...rest, [key]: text }, true);
			clearTimeout(timer);
			timer = setTimeout(write, writePauseMs);
		},
	};
}

function read(storage: Storage): Record<string, string> {
	try {
		const stored: unknown = JSON.parse(storage.getItem(storageKey) ?? '{}');
		if (typeof stored !== 'object' || stored === null) return {};
		return Object.fromEntries(
			Object.entries(stored).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
		);
	} catch {
		return {};
	}
}

/** The key of a conversation's draft. */
export function draftKey(conversationId: number | null): string {
	return conversationId === null ? 'new' : String(conversationId);
}
