import type {
	AttachedText,
	Attachment,
	Conversation,
	Message,
	TemporaryInput,
} from '../../../electron/contract/conversation/schema.ts';
import type { Client } from '../../connection/connection.ts';
import type { Generations } from '../answer/generations.ts';
import { writtenOf } from '../answer/live-answer.ts';
import { createMessageTree } from './message-tree.ts';

/** Settings for the next answer. */
export type AnswerSettings = Omit<TemporaryInput, 'turns'>;

/** A message kept only in this page. */
export interface MessageInput {
	readonly text: string;
	readonly parentId?: number | null | undefined;
	readonly attachments?: readonly Attachment[];
	/** Parts of files, which are stored with a message of a stored conversation. */
	readonly parts?: readonly AttachedText[];
}

/** A conversation kept only in this page: the application answers it and stores nothing. */
export interface TemporaryConversation {
	branch(): readonly Message[];
	/** Stores it; returns the stored conversation. */
	keep(settings: AnswerSettings): Promise<Conversation>;
	/** Rejects if the application refuses; then nothing has changed. */
	send(input: MessageInput, settings: AnswerSettings): Promise<void>;
	/** Generates another answer next to `messageId`. */
	regenerate(messageId: number, settings: AnswerSettings): Promise<void>;
	select(messageId: number): void;
	/** An answer ended; `message` is the application's version of it. */
	ended(messageId: number, message: Message): void;
	/** The application restarted and no longer knows these answers. */
	lost(): void;
	/** Stops the answers being written and keeps their text so far. */
	stop(): void;
}

/** `onChange` is called on every change of the branch. */
export function createTemporaryConversation(
	client: Client,
	generations: Generations,
	textOf: (attachmentId: number) => AttachedText | undefined,
	onChange: () => void,
): TemporaryConversation {
	const tree = createMessageTree();
	const chat = crypto.randomUUID();

	function pathTo(id: number | null): Message[] {
		const path: Message[] = [];
		for (let at = id; at !== null; ) {
			const message = tree.get(at);
			if (message === undefined) break;
			path.unshift(message);
			at = message.parentId;
		}
		return path;
	}

	function start(messages: readonly TurnMessage[], settings: AnswerSettings) {
		return client.generations.startTemporary({ ...settings, chat, turns: toTurns(messages, textOf) });
	}

	function answer(questionId: number, generationId: number): void {
		const { id } = tree.add({ role: 'assistant', content: '', status: 'streaming', parentId: questionId });
		generations.follow(id, generationId, null);
		onChange();
	}

	return {
		branch: tree.branch,
		keep({ modelFileId, systemPrompt, options, tools }) {
			const messages = tree.all().flatMap((message) => {
				const { status } = message;
				if (status === 'streaming') return [];
				const { id, parentId, role, content, reasoning, reasoningMs, createdAt, completedAt, failure, generation } =
					message;
				const attachments = message.attachments.flatMap((attachment) => textOf(attachment.id) ?? []);
				const facts = { id, parentId, role, content, reasoning, reasoningMs, createdAt, completedAt, failure };
				return [
					{
						...facts,
						...(message.rounds === undefined ? {} : { rounds: message.rounds }),
						status,
						generation,
						attachments,
					},
				];
			});
			const headId = tree.branch().findLast(({ status }) => status !== 'streaming')?.id ?? 0;
			return client.conversations.keep({ modelFileId, systemPrompt, options, tools, chat, messages, headId });
		},
		async send({ text, parentId: asked, attachments: given = [] }, settings) {
			const parentId = asked === undefined ? (tree.branch().at(-1)?.id ?? null) : asked;
			const message = { role: 'user' as const, content: text, attachments: [...given] };
			const { id } = await start([...pathTo(parentId), message], settings);
			const question = tree.add({ ...message, status: 'complete', parentId });
			answer(question.id, id);
		},
		async regenerate(messageId, settings) {
			const message = tree.get(messageId);
			const questionId = message?.role === 'user' ? message.id : (message?.parentId ?? null);
			if (questionId === null) return;
			const { id } = await start(pathTo(questionId), settings);
			answer(questionId, id);
		},
		select(messageId) {
			tree.select(messageId);
			onChange();
		},
		ended(messageId, { content, rounds, reasoning, reasoningMs, status, failure, generation, completedAt }) {
			const steps = rounds === undefined ? {} : { rounds };
			tree.replace(messageId, { content, ...steps, reasoning, reasoningMs, status, failure, generation, completedAt });
			onChange();
		},
		lost() {
			for (const { id, status } of tree.branch()) {
				if (status === 'streaming') tree.replace(id, { status: 'interrupted', completedAt: Date.now() });
			}
			onChange();
		},
		stop() {
			for (const { id, status } of tree.branch()) {
				const live = status === 'streaming' ? generations.live(id) : undefined;
				if (live === undefined) continue;
				const now = writtenOf(live.state.getState());
				const text = now === null ? {} : { content: now.text, reasoning: now.reasoning };
				const rounds = live.rounds.getState();
				tree.replace(id, {
					...text,
					...(rounds.length === 0 ? {} : { rounds: [...rounds] }),
					status: 'stopped',
					completedAt: Date.now(),
				});
				// If the call fails, the application is gone, and the answer with it.
				client.generations.stop({ id: live.generationId }).catch(() => {});
			}
		},
	};
}

type TurnMessage = Pick<Message, 'role' | 'content' | 'attachments' | 'rounds'>;

/** Converts messages that are stored nowhere to turns, including the texts of attached files. */
export function toTurns(
	messages: readonly TurnMessage[],
	textOf: (attachmentId: number) => AttachedText | undefined,
): TemporaryInput['turns'] {
	return messages.map(({ role, content, attachments, rounds }) => {
		const texts = attachments.flatMap(({ id }) => textOf(id) ?? []);
		return {
			role,
			content,
			...(texts.length > 0 ? { attachments: texts } : {}),
			...(rounds === undefined ? {} : { rounds }),
		};
	});
}
