import type {
	AnswerOptions,
	AttachedText,
	Attachment,
	PromptTokens,
} from '../../../electron/contract/conversation/schema.ts';
import type { Document } from '../../../electron/contract/documents/schema.ts';
import { runOrToast } from '../../app/run-or-toast.ts';
import { formatCount } from '../../design/format.ts';
import { t } from '../../messages/t.ts';
import type { Services } from '../../services.ts';
import { takeBeginning } from './attachment-parts.ts';
import type { AttachmentPlace } from './attachment-store.ts';

/** Share of the computed length to keep, because tokens aren't spread evenly over a text. */
const margin = 0.98;

/** Times to cut: each gets closer, and few texts need a second. */
const attempts = 5;

/** The file that takes the most of the message, which is the one to cut. */
export interface LargestFile {
	readonly attachment: Attachment;
	readonly tokens: number;
}

/** Returns the file with the most tokens; null if none is attached. */
export function findLargestFile(
	files: readonly Attachment[],
	{ attachmentTokens }: Pick<PromptTokens, 'attachmentTokens'>,
): LargestFile | null {
	const counted = files.map((attachment) => ({
		attachment,
		tokens: attachmentTokens.find(({ id }) => id === attachment.id)?.tokens ?? 0,
	}));
	return counted.sort((a, b) => b.tokens - a.tokens)[0] ?? null;
}

/** Whether the message fits with only a part of this file. */
export function canBeShortened({ tokens }: LargestFile, { excess }: Pick<PromptTokens, 'excess'>): boolean {
	return tokens - excess > leastTokens;
}

/** Fewer tokens of a file are not worth sending. */
const leastTokens = 32;

/**
 * Returns the longest beginning of the file with which the message fits; null if there is none. `count` counts the
 * message with a file instead of this one.
 */
export async function shortenToFit(
	file: AttachedText,
	known: { readonly tokens: number; readonly excess: number },
	count: (file: AttachedText) => Promise<{ readonly tokens: number; readonly excess: number } | null>,
): Promise<AttachedText | null> {
	let { tokens, excess } = known;
	let cut = file;
	for (let attempt = 0; attempt < attempts && excess > 0; attempt += 1) {
		const length = Math.floor(cut.text.length * Math.max(0, 1 - excess / Math.max(1, tokens)) * margin);
		if (length === 0) return null;
		cut = takeBeginning({ ...file, name: cut.name }, length);
		const counted = await count(cut);
		if (counted === null) return cut;
		({ tokens, excess } = counted);
	}
	return excess > 0 ? null : cut;
}

/** Cuts a waiting file to the beginning that fits, with an undo. */
export async function shortenPending(services: Services, place: AttachmentPlace, key: string): Promise<void> {
	const { attachments, tokenCount } = services;
	const find = () => {
		const one = (attachments.state.getState()[place] ?? []).find((other) => other.key === key);
		return one?.status === 'ready' ? one.attachment : null;
	};
	const countNow = async () => {
		const known = await tokenCount.settle();
		const now = find();
		const tokens = known?.attachmentTokens.find(({ id }) => id === now?.id)?.tokens;
		return known === null || tokens === undefined ? null : { tokens, excess: known.excess };
	};
	await runOrToast(services, async () => {
		const before = find();
		const known = await countNow();
		if (before === null || known === null) return;
		const whole = await attachments.text(before.id);
		await shortenToFit(whole, known, async (cut) => {
			await attachments.replace(place, key, cut);
			return countNow();
		});
		offerWholeAgain(services, place, key, whole);
	});
}

/**
 * Puts a waiting file into a collection of its own: the conversation gets the passages of it that are about each
 * message, however long the file is. `options`: of the conversation.
 */
export async function replaceByPassages(
	services: Services,
	place: AttachmentPlace,
	key: string,
	options: AnswerOptions,
): Promise<void> {
	const { attachments, documents, thread } = services;
	const { client } = services.connection;
	const one = (attachments.state.getState()[place] ?? []).find((other) => other.key === key);
	if (one?.status !== 'ready') return;
	await runOrToast(services, async () => {
		const { name, text } = await attachments.text(one.attachment.id);
		const { id: collectionId } = await documents.create(findFreeName(services, name));
		const { documentIds } = await client.documents.addText({ collectionId, title: name, text });
		// A message sent before it is read would be answered without it.
		for (const id of documentIds) {
			while (isBeingRead(await client.documents.get({ id }))) await sleep(readPollMs);
		}
		await thread.setDocuments([...(options.documents ?? []), { collectionId }], options);
		await attachments.remove(place, key);
	});
}

/** Time between two looks at whether a document has been read, ms. */
const readPollMs = 200;

const isBeingRead = ({ state }: Pick<Document, 'state'>): boolean => state === 'waiting' || state === 'indexing';

const sleep = (ms: number): Promise<void> =>
	new Promise((resolve) => {
		setTimeout(resolve, ms);
	});

/** "notes.md 2", if there is a collection of this name. */
function findFreeName({ documents }: Pick<Services, 'documents'>, name: string): string {
	const taken = new Set(documents.state.getState().collections.map((one) => one.name.toLowerCase()));
	let free = name;
	for (let number = 2; taken.has(free.toLowerCase()); number += 1) free = `${name} ${number}`;
	return free;
}

/** Replaces a waiting file by a part of it, with an undo. */
export async function replacePending(
	services: Services,
	place: AttachmentPlace,
	{ key, whole, part }: { readonly key: string; readonly whole: AttachedText; readonly part: AttachedText },
): Promise<void> {
	await runOrToast(services, async () => {
		await services.attachments.replace(place, key, part);
		offerWholeAgain(services, place, key, whole);
	});
}

function offerWholeAgain(services: Services, place: AttachmentPlace, key: string, whole: AttachedText): void {
	const { attachments, toasts } = services;
	const one = (attachments.state.getState()[place] ?? []).find((other) => other.key === key);
	if (one?.status !== 'ready') return;
	toasts.show({
		text: t('Attached: {name}, {part} of {total, plural, one {# character} other {# characters}}', {
			name: one.name,
			part: formatCount(one.attachment.characters),
			total: whole.text.length,
		}),
		action: {
			label: t('Undo'),
			run: () => void runOrToast(services, () => attachments.replace(place, key, whole)),
		},
	});
}
