import { createStore, type StoreApi } from 'zustand/vanilla';
import type {
	AttachedText,
	Attachment,
	CountTokensRequest,
	PromptTokens,
} from '../../../electron/contract/conversation/schema.ts';
import type { Connection } from '../../connection/connection.ts';
import { chooseModel, type LibraryStore } from '../../library/library-store.ts';
import { toTurns } from '../thread/temporary-conversation.ts';
import { chosenModelId, shownConversationId, type ThreadState } from '../thread/thread-state.ts';
import type { ThreadStore } from '../thread/thread-store.ts';
import { type AttachmentStore, findAttachmentPlace } from './attachment-store.ts';
import { type DraftStore, shownDraftKey } from './draft-store.ts';

export interface TokenCountState {
	/** The latest count for the shown conversation; null before the first, and if nothing can be counted. */
	readonly known: PromptTokens | null;
	/** Whether something has changed since. */
	readonly stale: boolean;
}

/** Tokens of the context that the next message would take, kept up to date while the user writes. */
export interface TokenCountStore {
	readonly state: StoreApi<TokenCountState>;
	/**
	 * Counts at once instead of after a pause, and resolves when nothing has changed since. null: it can't be counted,
	 * for a reason that sending reports.
	 */
	settle(): Promise<PromptTokens | null>;
	/** Counts an edited message in the place of the one with this parent. Rejects if it can't be counted. */
	measureEdited(message: EditedMessage): Promise<PromptTokens>;
	/** Counts again although nothing here changed, because settings may have. */
	refresh(): void;
}

/** A message that is being edited, and its files. */
export interface EditedMessage {
	readonly parentId: number | null;
	readonly text: string;
	readonly files: readonly EditedFile[];
}

/** A file of a message that is being edited; `part` is the part of it that was chosen, if any. */
export interface EditedFile {
	readonly attachment: Attachment;
	readonly part?: AttachedText | undefined;
}

/** Pause in typing before counting, in ms; long drafts wait longer, because each count sends the whole text. */
const pauseMs = 120;
const charactersPerMs = 4_000;

interface Sources {
	readonly connection: Pick<Connection, 'client' | 'state'>;
	readonly thread: Pick<ThreadStore, 'state'>;
	readonly drafts: Pick<DraftStore, 'state'>;
	readonly attachments: Pick<AttachmentStore, 'state' | 'ready' | 'ownText'>;
	readonly models: Pick<LibraryStore, 'state'>;
}

/** The counted input, in parts that are compared one by one. */
interface Subject {
	readonly input: CountTokensRequest;
	readonly parts: readonly unknown[];
	/** Ids of the messages in `input.before`. */
	readonly ids: readonly number[] | null;
}

export function createTokenCountStore({ connection, thread, drafts, attachments, models }: Sources): TokenCountStore {
	const state = createStore<TokenCountState>(() => ({ known: null, stale: false }));
	let asked: readonly unknown[] = [];
	let timer: ReturnType<typeof setTimeout> | undefined;
	let running: Promise<void> | null = null;
	/** Number of changes that this store can't observe itself. */
	let version = 0;

	function subject(): Subject | null {
		const now = thread.state.getState();
		const place = findAttachmentPlace(now);
		const { models: files, states } = models.state.getState();
		const model = chooseModel(files, chosenModelId(now));
		if (place === null || model === undefined || model.problem !== null || !model.chat) return null;
		const text = drafts.state.getState()[shownDraftKey(now)] ?? '';
		const ids = attachments.ready(place).map(({ id }) => id);
		const input: CountTokensRequest = {
			conversationId: shownConversationId(now),
			text,
			attachmentIds: now.status === 'temporary' ? [] : ids,
			modelFileId: model.id,
			...toChoices(now),
			...(now.status === 'temporary'
				? {
						before: toTurns(now.messages, attachments.ownText),
						attachments: ids.flatMap((id) => {
							const attached = attachments.ownText(id);
							return attached === undefined ? [] : { ...attached, id };
						}),
					}
				: {}),
		};
		const loaded = states[model.id]?.state === 'loaded';
		const contents = attachments.ready(place).map(({ id, characters }) => `${id}:${characters}`);
		return {
			input,
			parts: [place, text, contents.join(), model.id, loaded, version, ...listDependencies(now)],
			ids: now.status === 'temporary' ? now.messages.map(({ id }) => id) : null,
		};
	}

	function consider(): void {
		const next = subject();
		if (next === null) {
			asked = [];
			clearTimeout(timer);
			if (state.getState().known !== null) state.setState({ known: null, stale: false });
			return;
		}
		const [placeBefore] = asked;
		if (same(next.parts, asked)) return;
		// Counts of another conversation don't apply to this one.
		if (placeBefore !== next.parts[0]) state.setState({ known: null, stale: false });
		else if (!state.getState().stale) state.setState({ stale: true });
		asked = next.parts;
		clearTimeout(timer);
		timer = setTimeout(() => void count(), pauseMs + next.input.text.length / charactersPerMs);
	}

	/** One count at a time: later changes are counted when this one is done. */
	function count(): Promise<void> {
		running ??= countNow().finally(() => {
			running = null;
		});
		return running;
	}

	async function countNow(): Promise<void> {
		const now = subject();
		if (now === null || connection.state.getState().status !== 'ready') return;
		const { parts } = now;
		try {
			const counted = await connection.client.conversations.measure(now.input);
			const known =
				now.ids === null ? counted : { ...counted, dropped: counted.dropped.flatMap((at) => now.ids?.[at] ?? []) };
			if (parts[0] === asked[0]) state.setState({ known, stale: !same(parts, asked) });
		} catch {
			// Whatever prevents counting also prevents sending, and is reported there.
			if (parts[0] === asked[0]) state.setState({ known: null, stale: false });
		}
		if (!same(parts, asked)) {
			clearTimeout(timer);
			timer = setTimeout(() => void count(), pauseMs);
		}
	}

	async function settle(): Promise<PromptTokens | null> {
		const settled = (): boolean => state.getState().known !== null && !state.getState().stale;
		while (!settled()) {
			// A count that began before the last change is followed by another.
			await running;
			if (settled()) break;
			clearTimeout(timer);
			await count();
			if (state.getState().known === null || connection.state.getState().status !== 'ready') return null;
		}
		return state.getState().known;
	}

	async function measureEdited({ parentId, text, files }: EditedMessage): Promise<PromptTokens> {
		const now = thread.state.getState();
		const model = chooseModel(models.state.getState().models, chosenModelId(now));
		const stored = files.flatMap(({ attachment, part }) =>
			part === undefined && attachment.id > 0 ? attachment.id : [],
		);
		const own = files.flatMap(({ attachment, part }) => {
			const content = part ?? attachments.ownText(attachment.id);
			return content === undefined ? [] : { ...content, id: attachment.id };
		});
		const before =
			now.status === 'temporary'
				? now.messages.slice(0, now.messages.findIndex(({ id }) => id === parentId) + 1)
				: undefined;
		return connection.client.conversations.measure({
			conversationId: shownConversationId(now),
			...(before === undefined ? { parentId } : { before: toTurns(before, attachments.ownText) }),
			text,
			attachmentIds: stored,
			attachments: own,
			...(model === undefined ? {} : { modelFileId: model.id }),
			...toChoices(now),
		});
	}

	for (const { subscribe } of [thread.state, drafts.state, attachments.state, models.state]) subscribe(consider);
	return {
		state,
		settle,
		measureEdited,
		refresh() {
			version += 1;
			consider();
		},
	};
}

function same(a: readonly unknown[], b: readonly unknown[]): boolean {
	return a.length === b.length && a.every((part, index) => part === b[index]);
}

/** Returns the options chosen for a conversation that is not stored. */
function toChoices(now: ThreadState): Partial<CountTokensRequest> {
	if (now.status !== 'new' && now.status !== 'temporary') return {};
	return {
		...(now.systemPrompt === null ? {} : { systemPrompt: now.systemPrompt }),
		...(now.options === null ? {} : { options: now.options }),
		...(now.tools === null ? {} : { tools: [...now.tools] }),
	};
}

/** Lists everything before the message that affects the count. A streaming answer counts once it has ended. */
function listDependencies(now: ThreadState): readonly unknown[] {
	if (now.status === 'new') return [now.systemPrompt, now.options, now.tools];
	if (now.status !== 'ready' && now.status !== 'temporary') return [];
	const last = now.messages.at(-1);
	const options =
		now.status === 'ready' ? [now.conversation.systemPrompt, now.options] : [now.systemPrompt, now.options, now.tools];
	return [last?.id, last?.status, now.messages.length, ...options];
}
