import type { Implementer } from '../../../electron/api/implementer.ts';
import type { AttachedText, Attachment } from '../../../electron/contract/conversation/schema.ts';
import type { TextEncoding } from '../../../electron/contract/text-encoding.ts';
import { decodeText } from '../../../electron/conversation/attachment/decode-text.ts';
import { mediaTypeOf } from '../../../electron/conversation/attachment/media-type.ts';
import { Failure } from '../../../models/contract/failure.ts';
import type { FakeApplication } from './fake-application.ts';

/** An attached file with its text and the conversation where it waits. */
export interface FakeAttachment {
	readonly attachment: Attachment;
	readonly text: string;
	/** null for the new conversation; undefined once sent. */
	waitsIn: number | null | undefined;
}

export function addAttachment(
	fake: FakeApplication,
	waitsIn: number | null | undefined,
	name: string,
	text: string,
	changes: Partial<Attachment> = {},
): Attachment {
	const attachment = {
		id: fake.nextId(),
		name,
		mediaType: mediaTypeOf(name),
		sizeBytes: Buffer.byteLength(text),
		characters: text.length,
		pages: null,
		createdAt: Date.now(),
		...changes,
	};
	fake.data.attachments.set(attachment.id, { attachment, text, waitsIn });
	return attachment;
}

/** Moves waiting files to a sent message. */
export function attach(fake: FakeApplication, messageId: number | null, ids: readonly number[] = []): void {
	const message = messageId === null ? undefined : fake.data.messages.get(messageId);
	for (const id of ids) {
		const waiting = fake.data.attachments.get(id);
		if (waiting === undefined || message === undefined) continue;
		waiting.waitsIn = undefined;
		message.attachments.push(waiting.attachment);
	}
}

/** Counts tokens in the fake's way. */
const tokens = (text: string): number => Math.ceil(text.length / 4);

export function attachmentHandlers(fake: FakeApplication, { attachments }: Implementer) {
	const { data } = fake;
	async function read({ file, encoding }: { file: File; encoding?: TextEncoding | undefined }): Promise<AttachedText> {
		await data.reading;
		const text = decodeText(file.name, new Uint8Array(await file.arrayBuffer()), encoding);
		return { name: file.name, mediaType: mediaTypeOf(file.name), sizeBytes: file.size, pages: null, text };
	}
	return {
		add: attachments.add.handler(async ({ input }) => {
			const { text, name } = await read(input);
			return addAttachment(fake, input.conversationId, name, text);
		}),
		read: attachments.read.handler(({ input }) => read(input)),
		waiting: attachments.waiting.handler(({ input }) => ({
			attachments: [...data.attachments.values()]
				.filter(({ waitsIn }) => waitsIn === input.conversationId)
				.map(({ attachment }) => attachment),
		})),
		remove: attachments.remove.handler(({ input }) => ({ removed: data.attachments.delete(input.id) })),
		setText: attachments.setText.handler(({ input: { id, name, pages, text } }) => {
			const found = data.attachments.get(id);
			if (found === undefined) throw new Failure({ code: 'attachment-unknown', message: 'It is gone.', next: [] });
			const attachment = { ...found.attachment, name, pages, characters: text.length };
			data.attachments.set(id, { ...found, attachment, text });
			return attachment;
		}),
		text: attachments.text.handler(({ input }) => {
			const found = data.attachments.get(input.id);
			if (found === undefined) throw new Failure({ code: 'attachment-unknown', message: 'It is gone.', next: [] });
			return { ...found.attachment, text: found.text };
		}),
	};
}

const usedPassages = [1, 2, 3, 4].map((documentId) => ({
	title: `Document ${documentId % 2}`,
	documentId: documentId % 2,
	whole: false,
	tokens: 160,
}));

export function measureHandler(fake: FakeApplication, { conversations }: Implementer) {
	const { data } = fake;
	return conversations.measure.handler(({ input }) => {
		const contextSize = 4_096;
		const answerRoom = 512;
		const messages = input.conversationId === null ? [] : fake.thread(input.conversationId).messages;
		const sizes = messages.map(({ content }) => tokens(content));
		const attachmentTokens = [
			...input.attachmentIds.map((id) => ({ id, tokens: tokens(data.attachments.get(id)?.text ?? '') })),
			...input.attachments.map(({ id, text }) => ({ id, tokens: tokens(text) })),
		];
		const attachments = attachmentTokens.reduce((sum, one) => sum + one.tokens, 0);
		const documents = data.options.get(input.conversationId ?? 0)?.documents ?? [];
		const draft = tokens(input.text);
		const template = 12 + messages.length * 5;
		const history = sizes.reduce((sum, size) => sum + size, 0);
		const total = history + attachments + draft + template;
		let sent = total;
		let left = 0;
		while (left < messages.length && sent > contextSize - answerRoom) sent -= (sizes[left++] ?? 0) + 5;
		return {
			exact: data.states.get(1)?.state === 'loaded',
			contextSize,
			answerRoom,
			system: 0,
			history,
			attachments,
			draft,
			template,
			total,
			sent,
			...(documents.length === 0
				? {}
				: {
						documentUse: { mode: 'passages' as const, documents: 3, waiting: 0, nothingRelevant: false },
						...(input.text === '' ? {} : { documents: usedPassages }),
					}),
			attachmentTokens,
			dropped: messages.slice(0, left).map(({ id }) => id),
			excess: Math.max(0, sent - (contextSize - answerRoom)),
		};
	});
}
