import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Connection } from '../../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../../connection/failure.ts';
import { shownConversationId, type ThreadState } from '../thread/thread-state.ts';

/** What is being written, by conversation; 'new' is the one that does not exist yet. */
export interface DraftStore {
	readonly state: StoreApi<Readonly<Record<string, string>>>;
	set(key: string, text: string): void;
	/** Fetches what is kept; what was typed since is newer and stays. */
	refresh(): Promise<void>;
}

/** Typing of a temporary conversation stays in this page. */
const temporaryKey = 'temporary';

const storageKey = 'assay.drafts';

/** Waits for a pause in typing before it writes, ms, and for no longer than `atMost` while typing goes on. */
const pauses = { short: { pause: 300, atMost: 1_500 }, long: { pause: 1_000, atMost: 4_000 } };

/** A draft longer than this takes a moment to hand over, so that is done less often, characters. */
const longDraft = 100_000;

/**
 * Drafts are kept by the application, so that they outlive the page, the window and a crash. What it has not confirmed
 * yet goes into the tab's own storage when the page is left.
 */
export function createDraftStore(
	connection: Connection,
	storage: Storage,
	onFailure: (message: string) => void,
): DraftStore {
	const unsent = new Map(Object.entries(read(storage)));
	const state = createStore<Readonly<Record<string, string>>>(() => Object.fromEntries(unsent));
	let timer: ReturnType<typeof setTimeout> | undefined;
	let waitingSince: number | null = null;
	let failing = false;

	function put(key: string, text: string): void {
		const { [key]: _old, ...rest } = state.getState();
		state.setState(text === '' ? rest : { ...rest, [key]: text }, true);
	}

	async function flush(): Promise<void> {
		clearTimeout(timer);
		waitingSince = null;
		for (const key of [...unsent.keys()]) {
			// What stands there now: it may have changed, or gone, while another one was handed over.
			const text = unsent.get(key);
			if (text === undefined) continue;
			try {
				await connection.client.drafts.set({ conversationId: parseDraftKey(key), text });
				failing = false;
			} catch (error) {
				if (isConnectionLoss(error)) return;
				const failure = toFailure(error);
				// A full disk is told once, not with every key; a conversation that is gone takes its draft along.
				if (failure.code !== 'conversation-unknown') {
					if (!failing) onFailure(`The draft could not be saved. ${failure.message}`);
					failing = true;
					return;
				}
			}
			if (unsent.get(key) === text) unsent.delete(key);
		}
	}

	globalThis.addEventListener?.('pagehide', () => write(storage, unsent));
	return {
		state,
		set(key, text) {
			put(key, text);
			if (key === temporaryKey) return;
			unsent.set(key, text);
			const { pause, atMost } = text.length > longDraft ? pauses.long : pauses.short;
			const now = performance.now();
			waitingSince ??= now;
			clearTimeout(timer);
			timer = setTimeout(() => void flush(), Math.max(0, Math.min(pause, waitingSince + atMost - now)));
		},
		async refresh() {
			try {
				await flush();
				const { drafts } = await connection.client.drafts.list();
				const kept = Object.fromEntries(drafts.map(({ conversationId, text }) => [toDraftKey(conversationId), text]));
				const { [temporaryKey]: temporary } = state.getState();
				const all = { ...kept, ...Object.fromEntries(unsent), ...(temporary ? { [temporaryKey]: temporary } : {}) };
				state.setState(Object.fromEntries(Object.entries(all).filter(([, text]) => text !== '')), true);
				storage.removeItem(storageKey);
			} catch (error) {
				if (!isConnectionLoss(error)) onFailure(toFailure(error).message);
			}
		},
	};
}

function write(storage: Storage, unsent: ReadonlyMap<string, string>): void {
	try {
		if (unsent.size === 0) storage.removeItem(storageKey);
		else storage.setItem(storageKey, JSON.stringify(Object.fromEntries(unsent)));
	} catch {
		// The browser's quota (about 5 MB): the application has all but the last second of it.
		storage.removeItem(storageKey);
	}
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

/** The key of the draft of what is shown. */
export function shownDraftKey(state: ThreadState): string {
	return state.status === 'temporary' ? temporaryKey : toDraftKey(shownConversationId(state));
}

/** The key of a conversation's draft. */
export function toDraftKey(conversationId: number | null): string {
	return conversationId === null ? 'new' : String(conversationId);
}

function parseDraftKey(key: string): number | null {
	return key === 'new' ? null : Number(key);
}
