import { createStore, type StoreApi } from 'zustand/vanilla';
import { attachmentTooLarge, maxAttachmentBytes } from '../../../electron/contract/conversation/attachment-limits.ts';
import type { AttachedText, Attachment } from '../../../electron/contract/conversation/schema.ts';
import type { TextEncoding } from '../../../electron/contract/text-encoding.ts';
import type { FailureFacts } from '../../../models/contract/failure.ts';
import type { Connection } from '../../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../../connection/failure.ts';
import { t } from '../../messages/t.ts';
import type { ThreadState } from '../thread/thread-state.ts';

/** A file waiting to go with the next message. */
export type PendingAttachment = { readonly key: string; readonly name: string } & (
	| { readonly status: 'reading'; readonly sizeBytes: number }
	| { readonly status: 'failed'; readonly failure: FailureFacts }
	| { readonly status: 'ready'; readonly attachment: Attachment }
);

/**
 * Where pending files are kept: with the draft of a stored conversation, with the next new one, or only in this page.
 */
export type AttachmentPlace = number | 'new' | 'temporary';

export interface AttachmentStore {
	readonly state: StoreApi<Readonly<Partial<Record<AttachmentPlace, readonly PendingAttachment[]>>>>;
	/** Fetches the pending files after a reload or a change of conversation. */
	show(place: AttachmentPlace): Promise<void>;
	/** Reads and stores files; each shows its own result. */
	add(place: AttachmentPlace, files: readonly File[]): Promise<void>;
	/** Reads a file that was refused once more, in an encoding. */
	readAs(place: AttachmentPlace, key: string, encoding: TextEncoding): Promise<void>;
	/** Removes a file, or cancels its reading. */
	remove(place: AttachmentPlace, key: string): Promise<void>;
	/** Replaces a file by a part of it, or by the whole of it again. */
	replace(place: AttachmentPlace, key: string, text: AttachedText): Promise<void>;
	/** Keeps a text in this page only, as a temporary conversation does with its files. */
	keepOwn(text: AttachedText): Attachment;
	/** Returns the files that are ready to send. */
	ready(place: AttachmentPlace): readonly Attachment[];
	isReading(place: AttachmentPlace): boolean;
	/** Forgets the files still pending there; the place is left for good. */
	forget(place: AttachmentPlace): void;
	/** Removes files that were sent. */
	clear(place: AttachmentPlace, sent: readonly Attachment[]): void;
	/** Fetches the text of a pending or sent file. */
	text(id: number): Promise<AttachedText>;
	/** Returns the text of a file kept only in this page; its id is negative. */
	ownText(id: number): AttachedText | undefined;
}

const none: readonly PendingAttachment[] = [];

/** Returns where the pending files of the shown conversation are kept; null while unknown. */
export function findAttachmentPlace(state: ThreadState): AttachmentPlace | null {
	switch (state.status) {
		case 'new':
		case 'temporary':
			return state.status;
		case 'ready':
			return state.conversation.id;
		case 'loading':
		case 'failed':
			return null;
	}
}

export function createAttachmentStore({ client }: Pick<Connection, 'client'>): AttachmentStore {
	const state: AttachmentStore['state'] = createStore(() => ({}));
	const reading = new Map<string, AbortController>();
	/** Files that were refused: by key, until they are dismissed or sent away. */
	const refused = new Map<string, File>();
	/** By id. A temporary conversation needs them as long as it exists. */
	const ownTexts = new Map<number, AttachedText>();
	let lastKey = 0;

	const at = (place: AttachmentPlace): readonly PendingAttachment[] => state.getState()[place] ?? none;
	const readyAt = (place: AttachmentPlace): readonly Attachment[] =>
		at(place).flatMap((one) => (one.status === 'ready' ? one.attachment : []));
	const put = (place: AttachmentPlace, list: readonly PendingAttachment[]): void => state.setState({ [place]: list });

	function keepOwn(text: AttachedText): Attachment {
		lastKey += 1;
		const { text: content, ...facts } = text;
		const attachment = { ...facts, id: -lastKey, characters: content.length, createdAt: Date.now() };
		ownTexts.set(attachment.id, text);
		return attachment;
	}

	function settle(place: AttachmentPlace, key: string, become: PendingAttachment | null): void {
		put(
			place,
			at(place).flatMap((one) => (one.key === key ? (become ?? []) : one)),
		);
	}

	async function read(place: AttachmentPlace, key: string, file: File, encoding?: TextEncoding): Promise<void> {
		const controller = new AbortController();
		reading.set(key, controller);
		const { signal } = controller;
		const { name } = file;
		const as = encoding === undefined ? {} : { encoding };
		try {
			// Larger than one message of the connection, or something that only the file system can open.
			if (file.size > maxAttachmentBytes) throw attachmentTooLarge(name, file.size);
			await assertReadable(file);
			if (place === 'temporary') {
				const text = await client.attachments.read({ file, ...as }, { signal });
				settle(place, key, { key, name: text.name, status: 'ready', attachment: keepOwn(text) });
			} else {
				const conversationId = place === 'new' ? null : place;
				const attachment = await client.attachments.add({ ...as, conversationId, file }, { signal });
				// The user removed it just as it was stored.
				if (signal.aborted) await client.attachments.remove({ id: attachment.id });
				else settle(place, key, { key, name: attachment.name, status: 'ready', attachment });
			}
		} catch (error) {
			if (!signal.aborted) refused.set(key, file);
			settle(place, key, signal.aborted ? null : { key, name, status: 'failed', failure: toFailure(error) });
		} finally {
			reading.delete(key);
		}
	}

	return {
		state,
		async show(place) {
			if (place === 'temporary') return;
			const idsAt = (): Set<number> => new Set(readyAt(place).map(({ id }) => id));
			const before = idsAt();
			try {
				const { attachments } = await client.attachments.waiting({ conversationId: place === 'new' ? null : place });
				const known = new Map(at(place).map((one) => [one.status === 'ready' ? one.attachment.id : null, one]));
				const now = idsAt();
				// Files may have been added, removed or sent since the list was read.
				const there = attachments.filter(({ id }) => now.has(id) || !before.has(id));
				const added = at(place).filter((one) => one.status !== 'ready' || !before.has(one.attachment.id));
				const waiting = there.map((attachment): PendingAttachment => {
					lastKey += 1;
					const { name } = attachment;
					return known.get(attachment.id) ?? { key: String(lastKey), name, status: 'ready', attachment };
				});
				put(place, [...waiting, ...added.filter((one) => !waiting.includes(one))]);
			} catch (error) {
				// Keep what is shown; the connection reports its own loss, and a deleted conversation shows that
				// itself.
				if (!isConnectionLoss(error) && toFailure(error).code === 'internal') throw error;
			}
		},
		async add(place, files) {
			const started = files.map((file) => {
				lastKey += 1;
				return { key: String(lastKey), file };
			});
			put(place, [
				...at(place),
				...started.map(({ key, file }) => ({ key, name: file.name, status: 'reading' as const, sizeBytes: file.size })),
			]);
			// One after the other: each is read by a process of its own, and there may be dozens.
			for (const { key, file } of started) {
				if (at(place).some((one) => one.key === key)) await read(place, key, file);
			}
		},
		async readAs(place, key, encoding) {
			const file = refused.get(key);
			if (file === undefined) return;
			refused.delete(key);
			settle(place, key, { key, name: file.name, status: 'reading', sizeBytes: file.size });
			await read(place, key, file, encoding);
		},
		async remove(place, key) {
			refused.delete(key);
			const one = at(place).find((other) => other.key === key);
			reading.get(key)?.abort();
			settle(place, key, null);
			if (one?.status !== 'ready') return;
			if (!ownTexts.delete(one.attachment.id)) await client.attachments.remove({ id: one.attachment.id });
		},
		async replace(place, key, text) {
			const one = at(place).find((other) => other.key === key);
			if (one?.status !== 'ready') return;
			const { id } = one.attachment;
			const { name, pages } = text;
			const attachment = ownTexts.delete(id)
				? keepOwn(text)
				: await client.attachments.setText({ id, name, pages, text: text.text });
			settle(place, key, { key, name: attachment.name, status: 'ready', attachment });
		},
		keepOwn,
		ready: readyAt,
		isReading: (place) => at(place).some(({ status }) => status === 'reading'),
		clear(place, sent) {
			const ids = new Set(sent.map(({ id }) => id));
			for (const one of at(place)) refused.delete(one.key);
			put(
				place,
				// Unreadable files were reported; they don't stay for the next message.
				at(place).filter((one) => one.status === 'reading' || (one.status === 'ready' && !ids.has(one.attachment.id))),
			);
		},
		forget(place) {
			for (const one of at(place)) {
				reading.get(one.key)?.abort();
				refused.delete(one.key);
				if (one.status === 'ready') ownTexts.delete(one.attachment.id);
			}
			put(place, none);
		},
		text: async (id) => ownTexts.get(id) ?? client.attachments.text({ id }),
		ownText: (id) => ownTexts.get(id),
	};
}

/** Throws if the file can't be read: a dropped folder looks like a file until then. */
async function assertReadable(file: File): Promise<void> {
	try {
		await file.slice(0, 1).arrayBuffer();
	} catch {
		const failure: FailureFacts = {
			code: 'file-not-readable',
			message: t('{name} can’t be read: it is a folder, or the file was moved or locked.', { name: file.name }),
			next: [t('Choose the files in it instead')],
		};
		throw failure;
	}
}
