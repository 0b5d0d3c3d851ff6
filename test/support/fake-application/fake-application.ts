import type {
	AnswerOptions,
	Conversation,
	GenerationIds,
	GenerationStart,
	Message,
	Thread,
} from '../../../electron/contract/conversation/schema.ts';
import type { ApplicationEvent } from '../../../electron/contract/event.ts';
import { Failure, type FailureFacts } from '../../../models/contract/failure.ts';
import { buildMessage } from '../fixtures/conversation.ts';
import { addConversation, addMessage, emptyData, type FakeData, freshId, generationFacts } from './data.ts';
import { type AnswerScript, FakeGeneration, typing } from './live.ts';

export const noOptions: AnswerOptions = { presetId: null, sampling: {}, contextSize: null };

/** The application in memory; `router.ts` serves it. */
export class FakeApplication {
	readonly data: FakeData = emptyData();
	/** Script of the next answers. */
	script: AnswerScript = typing('This is an answer.');
	readonly generations = new Map<number, FakeGeneration>();
	readonly #listeners = new Set<(event: ApplicationEvent) => void>();

	emit(event: ApplicationEvent): void {
		for (const listener of this.#listeners) listener(event);
	}

	onEvent(listener: (event: ApplicationEvent) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	conversation(id: number): Conversation {
		const found = this.data.conversations.get(id);
		if (found === undefined) {
			throw new Failure({
				code: 'conversation-unknown',
				message: `There is no conversation with the number ${id}.`,
				next: ['Choose another in the list'],
			});
		}
		return found;
	}

	change(id: number, changes: Partial<Conversation>): Conversation {
		const changed = { ...this.conversation(id), ...changes };
		this.data.conversations.set(id, changed);
		this.emit({ type: 'conversation-changed', conversationId: id });
		return changed;
	}

	/** The messages up to `head`, or the last `limit` of them. */
	branch(head: number | null, limit = Number.POSITIVE_INFINITY): Message[] {
		const messages: Message[] = [];
		for (let at = head; at !== null && messages.length < limit; ) {
			const message = this.data.messages.get(at)!;
			messages.push({ ...message, siblings: this.#siblings(message) });
			at = message.parentId;
		}
		return messages.reverse();
	}

	thread(id: number, limit?: number): Thread {
		return {
			conversation: this.conversation(id),
			options: this.data.options.get(id) ?? noOptions,
			origin: this.data.origins.get(id) ?? null,
			messages: this.branch(this.data.heads.get(id) ?? null, limit),
		};
	}

	/** Returns every message with this parent, oldest first. */
	versions(conversationId: number, parentId: number | null): Message[] {
		const messages = [...this.data.messages.values()].filter(
			(one) => one.conversationId === conversationId && one.parentId === parentId,
		);
		const siblings = messages.map(({ id }) => id);
		return messages.map((message) => ({ ...message, siblings }));
	}

	#siblings({ conversationId, parentId }: Message): number[] {
		return [...this.data.messages.values()]
			.filter((one) => one.conversationId === conversationId && one.parentId === parentId)
			.map(({ id }) => id)
			.toSorted((a, b) => a - b);
	}

	/** Selects the branch through `messageId` and on to its newest descendants. */
	select(id: number, messageId: number, limit?: number): Thread {
		let head = messageId;
		for (;;) {
			const child = [...this.data.messages.values()].filter(({ parentId }) => parentId === head).at(-1);
			if (child === undefined) break;
			head = child.id;
		}
		this.data.heads.set(id, head);
		return this.thread(id, limit);
	}

	send(
		conversationId: number | null,
		text: string,
		parentId: number | null | undefined,
		modelFileIds: readonly number[] = [],
	): GenerationIds {
		const conversation =
			conversationId === null
				? addConversation(this.data, text.slice(0, 60), Date.now())
				: this.conversation(conversationId);
		const own = addMessage(this.data, conversation.id, {
			content: text,
			...(parentId === undefined ? {} : { parentId }),
		});
		const [first] = modelFileIds;
		const start = this.begin(conversation.id, own.id, {}, first);
		for (const id of modelFileIds.slice(1)) this.begin(conversation.id, own.id, {}, id);
		this.data.heads.set(conversation.id, start.messageId);
		return { ...start, userMessageId: own.id };
	}

	/** Returns the result of the call that started this answer. */
	started(ids: GenerationIds): GenerationStart {
		const { conversationId, userMessageId, messageId } = ids;
		const stored = [...this.data.messages.values()].filter(({ id, parentId }) =>
			userMessageId === null ? id === messageId : id === userMessageId || parentId === userMessageId,
		);
		return {
			...ids,
			conversation: this.conversation(conversationId),
			options: this.data.options.get(conversationId) ?? noOptions,
			messages: stored.map((message) => ({ ...message, siblings: this.#siblings(message) })),
		};
	}

	/** Begins an answer outside any conversation. */
	beginTemporary(): number {
		const generation = generationFacts({ stopReason: null, completionTokens: 0, ttftMs: 0, tokensPerSecond: null });
		const message = buildMessage(0, {
			conversationId: 0,
			role: 'assistant',
			status: 'streaming',
			createdAt: Date.now(),
			completedAt: null,
			generation,
		});
		const live = new FakeGeneration(-generation.id, message);
		this.generations.set(live.id, live);
		void this.#run(live);
		return live.id;
	}

	/** Begins an answer to a message and runs the script. */
	begin(
		conversationId: number,
		parentId: number,
		changes: Partial<Message> = {},
		modelFileId: number = this.conversation(conversationId).modelFileId ?? 1,
	): GenerationIds {
		const model = this.data.models.find(({ id }) => id === modelFileId);
		const generation = generationFacts({
			stopReason: null,
			completionTokens: 0,
			ttftMs: 0,
			tokensPerSecond: null,
			modelFileId,
			...(model && { modelName: model.name, quantization: model.quantization }),
		});
		const message = addMessage(this.data, conversationId, {
			role: 'assistant',
			status: 'streaming',
			completedAt: null,
			parentId,
			generation,
			...changes,
		});
		const live = new FakeGeneration(generation.id, message);
		this.generations.set(generation.id, live);
		const ids = { conversationId, messageId: message.id, generationId: generation.id };
		this.change(conversationId, { generatingMessageId: message.id, updatedAt: Date.now() });
		this.emit({ type: 'generation-started', ...ids });
		void this.#run(live);
		return { ...ids, userMessageId: null };
	}

	async #run(live: FakeGeneration): Promise<void> {
		const { message, abort } = live;
		try {
			await this.script(live.control(message.generation?.modelName ?? ''));
			message.status = abort.signal.aborted ? 'stopped' : 'complete';
			message.generation!.stopReason = abort.signal.aborted ? 'stopped' : 'end';
		} catch (error) {
			message.status = 'failed';
			message.failure = error instanceof Failure ? error.facts() : (error as FailureFacts);
		}
		message.completedAt = Date.now();
		live.end();
		if (message.conversationId === 0) return;
		this.change(message.conversationId, { generatingMessageId: null });
		this.emit({
			type: 'generation-ended',
			conversationId: message.conversationId,
			messageId: message.id,
			generationId: live.id,
		});
	}

	generation(id: number): FakeGeneration {
		const found = this.generations.get(id);
		if (found === undefined) {
			throw new Failure({ code: 'generation-unknown', message: `There is no answer with the number ${id}.`, next: [] });
		}
		return found;
	}

	nextId(): number {
		return freshId();
	}
}
