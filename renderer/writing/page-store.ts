import { createStore, type StoreApi } from 'zustand/vanilla';
import type { SamplingChoices } from '../../electron/contract/conversation/schema.ts';
import type {
	ContinuationResult,
	ContinuationUpdate,
	Page,
	PageEntry,
	PageTokens,
} from '../../electron/contract/writing/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';
import { t } from '../messages/t.ts';
import {
	noHistory,
	recordStep,
	recordTyping,
	redoStep,
	type TextHistory,
	type TextState,
	undoStep,
} from './text-history.ts';

/** What the model is writing now. */
export interface Writing {
	readonly continuationId: number;
	readonly at: number;
	/** What it does before its first token; null: it writes. */
	readonly phase: Extract<ContinuationUpdate, { type: 'loading' | 'prompt' }> | null;
	/** What it wrote so far. */
	readonly text: string;
	readonly completionTokens: number;
	readonly tokensPerSecond: number | null;
	readonly stopping: boolean;
}

/** What the model wrote last; it can be tried again or taken out until the text is changed. */
export interface Written {
	readonly from: number;
	readonly to: number;
	readonly result: ContinuationResult;
}

export interface PageState {
	readonly status: 'loading' | 'ready' | 'failed';
	readonly failure: FailureFacts | null;
	readonly pages: readonly PageEntry[];
	readonly trash: readonly PageEntry[];
	/** The page on the screen; null: none. */
	readonly page: Page | null;
	/** The text as it is on the screen, without what is being written. */
	readonly text: string;
	readonly history: TextHistory;
	/** A selection for the field to take over; `sequence` tells two equal ones apart. */
	readonly selection: { readonly start: number; readonly end: number; readonly sequence: number };
	readonly saving: 'saved' | 'saving' | 'failed';
	/** The page was changed in another window; the text here is not stored. */
	readonly conflict: boolean;
	readonly writing: Writing | null;
	readonly written: Written | null;
	/** Why the model could not write. */
	readonly problem: FailureFacts | null;
	readonly tokens: PageTokens | null;
}

/** Pages to write on: the list, and the page on the screen. */
export interface PageStore {
	readonly state: StoreApi<PageState>;
	refresh(): Promise<void>;
	/** Shows a page; null: the one changed last, if there is any. */
	open(id: number | null): Promise<void>;
	create(input?: { readonly text?: string; readonly modelFileId?: number | null }): Promise<Page>;
	/** The field changed its text. `before` is the selection before. */
	type(text: string, selection: { start: number; end: number }, before: { start: number; end: number }): void;
	/** The cursor moved. */
	moveTo(at: number): void;
	undo(): void;
	redo(): void;
	/** Lets the model continue at the cursor. */
	continue(): Promise<void>;
	/** Stops the model; what it wrote stays. */
	stop(): Promise<void>;
	/** Replaces what the model wrote last by something new. */
	tryAgain(): Promise<void>;
	/** Takes out what the model wrote last. */
	takeOut(): void;
	/** Keeps what the model wrote last: nothing is marked any more. */
	keep(): void;
	/** After a change in another window: shows that text, or stores this one over it. */
	resolve(keep: 'mine' | 'theirs'): Promise<void>;
	rename(id: number, title: string): Promise<void>;
	setOptions(modelFileId: number | null, sampling: SamplingChoices): Promise<void>;
	remove(id: number): Promise<void>;
	restore(id: number): Promise<void>;
	emptyTrash(): Promise<void>;
	/** An application event: the page, or several, changed. */
	apply(pageId: number | null): void;
	/** Counts tokens again, because a model was loaded or the connection is new. */
	recount(): void;
}

/** Pause in typing before the text is stored, and the longest wait while typing continues; in ms. */
const pauses = { pause: 300, atMost: 1_500 };
/** Pause in typing before tokens are counted, ms. */
const countPauseMs = 150;

const storageKey = 'assay.page';

const closed = {
	page: null,
	text: '',
	history: noHistory,
	saving: 'saved',
	conflict: false,
	writing: null,
	written: null,
	problem: null,
	tokens: null,
} as const;

/**
 * Creates the store of pages. The application keeps the text; what is not confirmed when the page is left goes to the
 * tab's own storage.
 */
export function createPageStore(
	connection: Connection,
	storage: Storage,
	onFailure: (message: string) => void,
): PageStore {
	const state = createStore<PageState>(() => ({
		status: 'loading',
		failure: null,
		pages: [],
		trash: [],
		selection: { start: 0, end: 0, sequence: 0 },
		...closed,
	}));
	const { getState: now, setState: set } = state;
	const { writing: calls } = connection.client;
	/** Where the cursor is; the text before it is what the model is given. */
	let cursor = 0;
	let saveTimer: ReturnType<typeof setTimeout> | undefined;
	let waitingSince: number | null = null;
	let saves: Promise<void> = Promise.resolve();
	let countTimer: ReturnType<typeof setTimeout> | undefined;
	let counting = 0;
	let opening = 0;
	let following: AbortController | null = null;

	const isUnsaved = (): boolean => {
		const { page, text } = now();
		return page !== null && page.text !== text;
	};

	function select(start: number, end = start): void {
		cursor = end;
		set({ selection: { start, end, sequence: now().selection.sequence + 1 } });
	}

	/** Stores the text on the screen unless it is stored, one save after the other. */
	function save(): Promise<void> {
		clearTimeout(saveTimer);
		waitingSince = null;
		saves = saves.then(storeText);
		return saves;
	}

	async function storeText(): Promise<void> {
		const { page, text, conflict, writing } = now();
		if (page === null || page.text === text || conflict || writing !== null) return;
		set({ saving: 'saving' });
		try {
			const { revision, title, updatedAt } = await calls.save({ id: page.id, text, revision: page.revision });
			const { page: shown } = now();
			if (shown?.id !== page.id) return;
			set({ page: { ...shown, revision, title, updatedAt, text }, saving: now().text === text ? 'saved' : 'saving' });
			if (now().text !== text) schedule();
			else storage.removeItem(storageKey);
		} catch (error) {
			if (isConnectionLoss(error)) return;
			const failure = toFailure(error);
			if (failure.code === 'page-changed') set({ conflict: true, saving: 'failed' });
			else if (failure.code !== 'page-busy') {
				if (now().saving !== 'failed') onFailure(t('Couldn’t save the page. {message}', { message: failure.message }));
				set({ saving: 'failed' });
			}
		}
	}

	function schedule(): void {
		const at = performance.now();
		waitingSince ??= at;
		clearTimeout(saveTimer);
		const wait = Math.max(0, Math.min(pauses.pause, waitingSince + pauses.atMost - at));
		saveTimer = setTimeout(() => void save(), wait);
	}

	globalThis.addEventListener?.('pagehide', () => {
		const { page, text } = now();
		try {
			if (page === null || !isUnsaved()) storage.removeItem(storageKey);
			else storage.setItem(storageKey, JSON.stringify({ id: page.id, revision: page.revision, text }));
		} catch {
			// The browser's quota is full; the application has all but the last second of the text.
		}
		void save();
	});

	function count(): void {
		clearTimeout(countTimer);
		countTimer = setTimeout(() => void countNow(), countPauseMs);
	}

	async function countNow(): Promise<void> {
		const { page, text, writing } = now();
		if (page === null || writing !== null) return;
		counting += 1;
		const turn = counting;
		try {
			const { modelFileId } = page;
			const tokens = await calls.countTokens({
				modelFileId,
				before: text.slice(0, cursor),
				after: text.slice(cursor),
			});
			if (turn === counting && now().page?.id === page.id) set({ tokens });
		} catch {
			// Without a model there is nothing to count with; the page says so.
			if (turn === counting) set({ tokens: null });
		}
	}

	/** Shows a page as the application has it, with text that a page left behind. */
	function show(page: Page): void {
		const left = takeLeftText(storage, page);
		set({ ...closed, page, text: left ?? page.text, saving: left === null ? 'saved' : 'saving' });
		select((left ?? page.text).length);
		if (left !== null) schedule();
		count();
		if (page.continuationId !== null) void follow(page.id, page.continuationId);
	}

	async function list(): Promise<void> {
		const [pages, trash] = await Promise.all([calls.list({}), calls.list({ trash: true })]);
		set({ status: 'ready', failure: null, pages: pages.pages, trash: trash.pages });
	}

	/** Adopts the application's version of the page on the screen, unless the text here is newer. */
	async function refreshShown(): Promise<void> {
		const { page, writing } = now();
		if (page === null || writing !== null) return;
		try {
			const fresh = await calls.get({ id: page.id });
			// What was read may be the result of a save from here.
			await saves;
			const { page: shown, text, writing: busy } = now();
			if (shown?.id !== page.id || busy !== null) return;
			if (fresh.revision > shown.revision) {
				if (shown.text === text) adopt(fresh);
				else if (text === fresh.text) set({ page: fresh, saving: 'saved' });
				else set({ conflict: true, saving: 'failed' });
			}
			if (fresh.continuationId !== null && now().text === fresh.text) void follow(page.id, fresh.continuationId);
		} catch (error) {
			if (isConnectionLoss(error)) return;
			if (toFailure(error).code === 'page-unknown') set(closed);
		}
	}

	/** Shows the page as it was changed elsewhere; what was here can be had back by undo. */
	function adopt(fresh: Page): void {
		set({
			page: fresh,
			text: fresh.text,
			conflict: false,
			saving: 'saved',
			written: null,
			history: recordStep(now().history, current()),
		});
		select(Math.min(cursor, fresh.text.length));
		count();
	}

	const current = (): TextState => ({ text: now().text, start: cursor, end: cursor });

	/** Shows what the model writes, from whichever window it was started. */
	async function follow(pageId: number, continuationId: number): Promise<void> {
		if (now().writing?.continuationId === continuationId) return;
		following?.abort();
		const mine = new AbortController();
		following = mine;
		const began = current();
		set({
			writing: {
				continuationId,
				at: cursor,
				phase: null,
				text: '',
				completionTokens: 0,
				tokensPerSecond: null,
				stopping: false,
			},
			written: null,
			problem: null,
		});
		try {
			for await (const update of await calls.follow({ continuationId }, { signal: mine.signal })) {
				if (now().page?.id !== pageId) break;
				applyUpdate(update, began);
				if (update.type === 'end') return;
			}
			if (following === mine) set({ writing: null });
		} catch (error) {
			if (mine.signal.aborted || now().page?.id !== pageId) return;
			set({ writing: null });
			if (!isConnectionLoss(error)) set({ problem: toFailure(error) });
			void refreshShown();
		}
	}

	function applyUpdate(update: ContinuationUpdate, began: TextState): void {
		const { writing, page, text, history } = now();
		if (writing === null || page === null) return;
		switch (update.type) {
			case 'snapshot':
				set({ writing: { ...writing, at: update.at, text: update.text } });
				break;
			case 'loading':
			case 'prompt':
				set({ writing: { ...writing, phase: update } });
				break;
			case 'tokens': {
				const { completionTokens, tokensPerSecond } = update;
				set({
					writing: { ...writing, phase: null, text: writing.text + update.text, completionTokens, tokensPerSecond },
				});
				break;
			}
			case 'end': {
				const { at } = writing;
				const whole = text.slice(0, at) + update.text + text.slice(at);
				const to = at + update.text.length;
				set({
					writing: null,
					text: whole,
					page: {
						...page,
						continuationId: null,
						// Without a revision it could not be stored: the next save tries again.
						...(update.revision === null ? {} : { text: whole, revision: update.revision }),
					},
					problem: update.result.failure,
					...(update.text === ''
						? {}
						: {
								history: recordStep(history, { ...began, text }),
								written: { from: at, to, result: update.result },
							}),
				});
				select(to);
				count();
				if (isUnsaved()) schedule();
				break;
			}
		}
	}

	function change(next: TextState, history: TextHistory): void {
		set({ text: next.text, history, written: null, problem: null, saving: 'saving' });
		select(next.start, next.end);
		schedule();
		count();
	}

	async function start(at: number): Promise<void> {
		const { page, writing } = now();
		if (page === null || writing !== null) return;
		set({ problem: null });
		await save();
		const { page: saved, conflict } = now();
		if (saved === null || conflict || isUnsaved()) return;
		try {
			const { continuationId } = await calls.continue({ id: saved.id, revision: saved.revision, at });
			await follow(saved.id, continuationId);
		} catch (error) {
			set({ problem: toFailure(error) });
		}
	}

	/** Takes what the model wrote last out of the text; returns where it was. */
	function withoutWritten(): { readonly at: number } | null {
		const { written, text, history } = now();
		if (written === null) return null;
		const { from, to } = written;
		const before = { text, start: to, end: to };
		change({ text: text.slice(0, from) + text.slice(to), start: from, end: from }, recordStep(history, before));
		return { at: from };
	}

	return {
		state,
		async refresh() {
			try {
				await list();
				await refreshShown();
				if (isUnsaved()) void save();
			} catch (error) {
				if (!isConnectionLoss(error)) set({ status: 'failed', failure: toFailure(error) });
			}
		},
		async open(id) {
			const { page, pages } = now();
			const wanted = id ?? pages[0]?.id ?? null;
			if (wanted === page?.id) return;
			opening += 1;
			const turn = opening;
			if (page !== null) await save();
			following?.abort();
			if (wanted === null) return void set(closed);
			try {
				const opened = await calls.get({ id: wanted });
				if (turn === opening) show(opened);
			} catch (error) {
				if (turn !== opening) return;
				set(closed);
				if (!isConnectionLoss(error)) onFailure(toFailure(error).message);
			}
		},
		async create({ text = '', modelFileId } = {}) {
			if (now().page !== null) await save();
			const page = await calls.create({ text, ...(modelFileId === undefined ? {} : { modelFileId }) });
			opening += 1;
			following?.abort();
			show(page);
			return page;
		},
		type(text, { start, end }, before) {
			const { text: old, history, writing } = now();
			if (writing !== null || text === old) return;
			const from = { text: old, ...before };
			// A paste or a deletion of more than a character is a step of its own.
			const one = Math.abs(text.length - old.length) <= 1 && before.start === before.end;
			const next = one ? recordTyping(history, from, performance.now()) : recordStep(history, from);
			change({ text, start, end }, next);
		},
		moveTo(at) {
			if (at === cursor) return;
			cursor = at;
			count();
		},
		undo() {
			const undone = now().writing === null ? undoStep(now().history, current()) : null;
			if (undone !== null) change(undone.state, undone.history);
		},
		redo() {
			const redone = now().writing === null ? redoStep(now().history, current()) : null;
			if (redone !== null) change(redone.state, redone.history);
		},
		continue: () => start(cursor),
		async stop() {
			const { writing } = now();
			if (writing === null || writing.stopping) return;
			set({ writing: { ...writing, stopping: true } });
			try {
				await calls.stop({ continuationId: writing.continuationId });
			} catch (error) {
				if (!isConnectionLoss(error)) onFailure(toFailure(error).message);
			}
		},
		async tryAgain() {
			const out = withoutWritten();
			if (out !== null) await start(out.at);
		},
		takeOut: () => void withoutWritten(),
		keep: () => set({ written: null }),
		async resolve(keep) {
			const { page, text } = now();
			if (page === null) return;
			try {
				if (keep === 'mine') await calls.save({ id: page.id, text, revision: null });
				const fresh = await calls.get({ id: page.id });
				if (keep === 'theirs') adopt(fresh);
				else set({ page: fresh, conflict: false, saving: 'saved' });
				if (isUnsaved()) schedule();
			} catch (error) {
				onFailure(toFailure(error).message);
			}
		},
		async rename(id, title) {
			const { title: named, titleSource } = await calls.rename({ id, title });
			const { page } = now();
			if (page?.id === id) set({ page: { ...page, title: named, titleSource } });
		},
		async setOptions(modelFileId, sampling) {
			const { page } = now();
			if (page === null) return;
			set({ page: { ...page, modelFileId, sampling } });
			try {
				await calls.setOptions({ id: page.id, modelFileId, sampling });
				count();
			} catch (error) {
				if (now().page?.id === page.id) set({ page: { ...now().page!, ...page } });
				throw error;
			}
		},
		async remove(id) {
			if (now().page?.id === id) {
				await save();
				following?.abort();
			}
			await calls.remove({ id });
			if (now().page?.id === id) set(closed);
			await list();
		},
		async restore(id) {
			await calls.restore({ id });
			await list();
		},
		async emptyTrash() {
			await calls.emptyTrash({});
			await list();
		},
		apply(pageId) {
			list().then(
				() => {
					const { page, pages, trash } = now();
					if (page === null || (pageId !== null && pageId !== page.id)) return;
					const entry = [...pages, ...trash].find(({ id }) => id === page.id);
					if (entry === undefined || entry.updatedAt !== page.updatedAt || entry.continuationId !== null)
						void refreshShown();
					else if (entry.title !== page.title) set({ page: { ...page, title: entry.title } });
				},
				() => {},
			);
		},
		recount: count,
	};
}

/** Takes the text of a page that a closed tab could not store, if nothing newer is stored. */
function takeLeftText(storage: Storage, page: Page): string | null {
	try {
		const left: unknown = JSON.parse(storage.getItem(storageKey) ?? 'null');
		if (typeof left !== 'object' || left === null) return null;
		const { id, revision, text } = left as { id?: unknown; revision?: unknown; text?: unknown };
		if (id !== page.id) return null;
		storage.removeItem(storageKey);
		return revision === page.revision && typeof text === 'string' && text !== page.text ? text : null;
	} catch {
		return null;
	}
}
