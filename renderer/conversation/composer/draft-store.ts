import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Connection } from '../../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../../connection/failure.ts';
import { t } from '../../messages/t.ts';
import { shownConversationId, type ThreadState } from '../thread/thread-state.ts';

/** Unsent drafts by conversation; 'new' is the conversation that does not exist yet. */
export interface DraftStore {
	readonly state: StoreApi<Readonly<Record<string, string>>>;
	set(key: string, text: string): void;
	/** Fetches the stored drafts; text typed since is newer and stays. */
	refresh(): Promise<void>;
}

/** The draft of a temporary conversation stays in this page. */
const temporaryKey = 'temporary';

const storageKey = 'assay.drafts';

/** Pause in typing before a draft is stored, and the longest wait (`atMost`) while typing continues; in ms. */
const pauses = { short: { pause: 300, atMost: 1_500 }, long: { pause: 1_000, atMost: 4_000 } };

/** A draft longer than this takes a moment to transfer, so it is stored less often; in characters. */
const longDraft = 100_000;

/**
 * Creates the store of drafts. The application keeps them, so that they survive the page, the window and a crash. When
 * the page is left, drafts not yet confirmed go to the tab's own storage.
 */
export function createDraftStore(
	connection: Connection,
	storage: Storage,
	onFailure: (message: string) => void,
): DraftStore {
	const unsent = new Map(Object.entries(readDrafts(storage)));
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
			// Read the current text: it may have changed or gone while another draft was being stored.
			const text = unsent.get(key);
			if (text === undefined) continue;
			try {
				await connection.client.drafts.set({ conversationId: parseDraftKey(key), text });
				failing = false;
			} catch (error) {
				if (isConnectionLoss(error)) return;
				const failure = toFailure(error);
				// Report a full disk once, not on every key. The draft of a deleted conversation goes with it.
				if (failure.code !== 'conversation-unknown') {
					if (!failing) onFailure(t('Couldn’t save the draft. {message}', { message: failure.message }));
					failing = true;
					return;
				}
			}
			if (unsent.get(key) === text) unsent.delete(key);
		}
	}

	globalThis.addEventListener?.('pagehide', () => {
		writeDrafts(storage, unsent);
		void flush();
	});
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

function writeDrafts(storage: Storage, unsent: ReadonlyMap<string, string>): void {
	try {
		if (unsent.size === 0) storage.removeItem(storageKey);
		else storage.setItem(storageKey, JSON.stringify(Object.fromEntries(unsent)));
	} catch {
		// The browser's quota (about 5 MB) is full; the application has all but the last second of the draft.
		storage.removeItem(storageKey);
	}
}

function readDrafts(storage: Storage): Record<string, string> {
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

/** Returns the draft key of the shown conversation. */
export function shownDraftKey(state: ThreadState): string {
	return state.status === 'temporary' ? temporaryKey : toDraftKey(shownConversationId(state));
}

/** Returns the draft key of a conversation. */
export function toDraftKey(conversationId: number | null): string {
	return conversationId === null ? 'new' : String(conversationId);
}

function parseDraftKey(key: string): number | null {
	return key === 'new' ? null : Number(key);
}
