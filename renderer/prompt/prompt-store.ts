import { createStore, type StoreApi } from 'zustand/vanilla';
import type {
	Prompt,
	PromptContent,
	PromptId,
	PromptText,
	PromptVersion,
	PromptVersionId,
} from '../../electron/contract/prompt/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';
import { t } from '../messages/t.ts';

/** Two versions of the prompt on the screen, by id. */
export interface ComparedVersions {
	readonly fromId: PromptVersionId;
	readonly toId: PromptVersionId;
}

export interface PromptState {
	status: 'loading' | 'ready' | 'failed';
	failure: FailureFacts | null;
	/** By name, the user's own before those that come with Assay. */
	prompts: readonly Prompt[];
	/** In the trash. */
	deleted: readonly Prompt[];
	/** Id of the one on the screen; null: none chosen yet, so the first is shown. */
	openId: number | null;
	/** Versions of the one on the screen, newest first; empty until fetched. */
	versions: readonly PromptVersion[];
	/** Unsaved text, by prompt. */
	drafts: Readonly<Record<PromptId, PromptText>>;
	/** Versions whose difference is shown; null: the editor is shown. */
	compared: ComparedVersions | null;
}

export interface PromptStore {
	readonly state: StoreApi<PromptState>;
	refresh(): Promise<void>;
	/** Opens a prompt; null keeps the current one. */
	open(id: number | null): Promise<void>;
	compare(compared: ComparedVersions | null): void;
	/** Changes the draft of the prompt on the screen; text equal to the newest version is not a draft. */
	write(content: PromptText): void;
	/** Discards the draft of the prompt on the screen. */
	drop(): void;
	create(name: string, content: PromptText): Promise<Prompt>;
	rename(id: number, name: string): Promise<void>;
	/** Saves the draft as a version. Rejects with the reason if it is invalid. */
	save(note: string): Promise<PromptVersion | null>;
	/** Deletes a prompt for good unless something depends on it. */
	discard(id: number): Promise<void>;
	remove(id: number): Promise<void>;
	restore(id: number): Promise<void>;
}

/** Pause in typing before a draft is stored, in ms. */
const storePauseMs = 400;

/** Where the tab keeps what it could not send before it was left. */
const unsentKey = 'assay.prompt.unsent';

/** Changed drafts that the application does not have yet; null: dropped. */
type Unsent = Map<PromptId, PromptText | null>;

/**
 * Creates the store of prompts. The application keeps drafts, so that they survive the page. When the page is left,
 * drafts not yet confirmed go to the tab's own storage.
 */
export function createPromptStore(
	{ client }: Connection,
	storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
	onFailure: (message: string) => void,
): PromptStore {
	const unsent = readUnsent(storage);
	let timer: ReturnType<typeof setTimeout> | undefined;
	const state = createStore<PromptState>(() => ({
		status: 'loading',
		failure: null,
		prompts: [],
		deleted: [],
		openId: null,
		versions: [],
		compared: null,
		drafts: Object.fromEntries([...unsent].filter((entry): entry is [PromptId, PromptText] => entry[1] !== null)),
	}));

	async function fetchList(): Promise<void> {
		try {
			const [{ prompts }, trash] = await Promise.all([client.prompts.list({}), client.prompts.list({ deleted: true })]);
			const own = prompts.filter(({ starterId }) => starterId === null);
			const starters = prompts.filter(({ starterId }) => starterId !== null);
			state.setState({ status: 'ready', failure: null, prompts: [...own, ...starters], deleted: trash.prompts });
		} catch (error) {
			if (!isConnectionLoss(error)) state.setState({ status: 'failed', failure: toFailure(error) });
		}
	}

	async function fetchVersions(): Promise<void> {
		const shown = shownPrompt(state.getState());
		if (shown === undefined) return state.setState({ versions: [], compared: null });
		try {
			const { versions } = await client.prompts.get({ id: shown.id });
			if (shownPrompt(state.getState())?.id === shown.id) state.setState({ versions });
		} catch (error) {
			if (!isConnectionLoss(error)) await fetchList();
		}
	}

	async function fetchDrafts(): Promise<void> {
		try {
			await sendDrafts();
			const { drafts } = await client.prompts.drafts();
			storage.removeItem(unsentKey);
			const kept = new Map<PromptId, PromptText>(drafts.map((draft) => [draft.promptId, toContent(draft)]));
			for (const [id, content] of unsent) {
				if (content === null) kept.delete(id);
				else kept.set(id, content);
			}
			state.setState({ drafts: Object.fromEntries(kept) });
		} catch (error) {
			if (!isConnectionLoss(error)) onFailure(toFailure(error).message);
		}
	}

	async function sendDrafts(): Promise<void> {
		clearTimeout(timer);
		for (const [id, draft] of [...unsent]) {
			try {
				await client.prompts.setDraft({ id, draft });
			} catch (error) {
				if (isConnectionLoss(error)) return;
				// The draft of a deleted prompt goes with it.
				const failure = toFailure(error);
				if (failure.code !== 'prompt-unknown')
					return onFailure(t('Couldn’t save the draft. {message}', { message: failure.message }));
			}
			if (unsent.get(id) === draft) unsent.delete(id);
		}
	}

	globalThis.addEventListener?.('pagehide', () => {
		writeUnsent(storage, unsent);
		void sendDrafts();
	});

	async function refresh(): Promise<void> {
		await Promise.all([fetchList(), fetchDrafts()]);
		await fetchVersions();
	}

	function keepDraft(id: PromptId, content: PromptText | null): void {
		const { [id]: _, ...rest } = state.getState().drafts;
		state.setState({ drafts: content === null ? rest : { ...rest, [id]: content } });
		unsent.set(id, content);
		clearTimeout(timer);
		timer = setTimeout(() => void sendDrafts(), storePauseMs);
	}

	const drop = (id: PromptId): void => keepDraft(id, null);

	return {
		state,
		refresh,
		async open(id) {
			if (id !== null) state.setState({ openId: id });
			const [known] = state.getState().versions;
			if (known !== undefined && known.promptId === shownPrompt(state.getState())?.id) return;
			state.setState({ versions: [], compared: null });
			await fetchVersions();
		},
		compare: (compared) => state.setState({ compared }),
		write(content) {
			const shown = shownPrompt(state.getState());
			if (shown === undefined) return;
			if (sameContent(content, shown.latest)) drop(shown.id);
			else keepDraft(shown.id, toContent(content));
		},
		drop() {
			const shown = shownPrompt(state.getState());
			if (shown !== undefined) drop(shown.id);
		},
		async create(name, content) {
			const prompt = await client.prompts.create({ ...content, name });
			await fetchList();
			return prompt;
		},
		async rename(id, name) {
			await client.prompts.rename({ id, name });
			await fetchList();
		},
		async save(note) {
			const shown = shownPrompt(state.getState());
			const draft = shown === undefined ? undefined : state.getState().drafts[shown.id];
			if (shown === undefined || draft === undefined) return null;
			const { latest } = await client.prompts.addVersion({ ...draft, note, id: shown.id });
			// Text written during the save stays a draft.
			if (state.getState().drafts[shown.id] === draft) drop(shown.id);
			await refresh();
			return latest;
		},
		async discard(id) {
			const { discarded } = await client.prompts.discard({ id });
			if (discarded) await refresh();
		},
		async remove(id) {
			await client.prompts.remove({ id });
			await refresh();
		},
		async restore(id) {
			await client.prompts.restore({ id });
			await fetchList();
		},
	};
}

function writeUnsent(storage: Pick<Storage, 'setItem' | 'removeItem'>, unsent: Unsent): void {
	try {
		if (unsent.size === 0) storage.removeItem(unsentKey);
		else storage.setItem(unsentKey, JSON.stringify([...unsent]));
	} catch {
		// The browser's quota (about 5 MB) is full; the application has all but the last moment of the draft.
		storage.removeItem(unsentKey);
	}
}

function readUnsent(storage: Pick<Storage, 'getItem'>): Unsent {
	try {
		const kept = JSON.parse(storage.getItem(unsentKey) ?? '[]') as [PromptId, PromptContent | null][];
		return new Map(kept.map(([id, content]) => [id, content === null ? null : toContent(content)]));
	} catch {
		return new Map();
	}
}

/** Whether nothing is written in it yet: its only version is empty, and the first text replaces it. */
export function isBlank({ latest }: Pick<Prompt, 'latest'>): boolean {
	return latest.template === '';
}

/** Returns the prompt on the screen: the chosen one, else the first. */
export function shownPrompt({ prompts, openId }: Pick<PromptState, 'prompts' | 'openId'>): Prompt | undefined {
	const open = prompts.find(({ id }) => id === openId);
	if (open !== undefined) return open;
	// If there are only prompts that come with Assay, choose one that any sample fills.
	const [first] = prompts;
	if (first === undefined || first.starterId === null) return first;
	return prompts.find(({ latest }) => latest.variables.every((name) => name === 'input')) ?? first;
}

/** Returns the editor's text: the draft, else the newest version. */
export function shownContent(state: PromptState): PromptContent | undefined {
	const shown = shownPrompt(state);
	return shown === undefined ? undefined : (state.drafts[shown.id] ?? toContent(shown.latest));
}

/** Whether there is unsaved text. */
export function isChanged(state: PromptState): boolean {
	const shown = shownPrompt(state);
	return shown !== undefined && state.drafts[shown.id] !== undefined;
}

/** Returns only the texts of a version or draft, without its ids: what a new version is made of. */
export function toContent({ system, template, example }: Omit<PromptContent, 'id'>): PromptText {
	return { system, template, example };
}

function sameContent(a: PromptContent, b: PromptContent): boolean {
	return a.system === b.system && a.template === b.template && a.example === b.example;
}
