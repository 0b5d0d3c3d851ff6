import type { StoreApi } from 'zustand/vanilla';
import type { AnswerOptions } from '../../electron/contract/conversation/options.ts';
import type { Conversation } from '../../electron/contract/conversation.ts';
import type { Generations } from './generations.ts';
import type { ConversationChoices } from './pending-options.ts';
import type { AnswerVersions } from './side-by-side/versions.ts';
import type { MessageInput } from './temporary/temporary-conversation.ts';
import type { Outgoing, ThreadState } from './thread-state.ts';

/** The conversation on the screen, stored or temporary, and everything that can be done in it. */
export interface ThreadStore {
	readonly state: StoreApi<ThreadState>;
	/** The message on its way to the application. */
	readonly outgoing: StoreApi<Outgoing>;
	readonly generations: Generations;
	/** Answers looked at beside each other. */
	readonly versions: AnswerVersions;
	/** Models that answer the next message beside the chosen one. */
	readonly additionalModelIds: StoreApi<readonly number[]>;
	/** Shows a conversation; null: a new one. */
	open(conversationId: number | null): Promise<void>;
	/** Shows a conversation that is kept nowhere; an empty one, unless one is shown already. */
	openTemporary(): void;
	/** What would bring the temporary conversation on the screen back once it has been left; null where it is empty. */
	wayBack(): (() => void) | null;
	/** Fetches what is shown afresh; keeps unchanged messages as they are. */
	refresh(): Promise<void>;
	/** Sends and shows the answer. False where it failed (`outgoing` says why). */
	send(input: MessageInput): Promise<boolean>;
	regenerate(messageId: number, modelFileId?: number): Promise<void>;
	/** A further answer that begins with this one's text. */
	continue(messageId: number): Promise<void>;
	/** A new conversation that begins as a copy up to this message. */
	branch(messageId: number): Promise<Conversation>;
	/** Stops every answer being written here. */
	stop(): Promise<void>;
	selectBranch(messageId: number): Promise<void>;
	setSystemPrompt(systemPrompt: string): Promise<void>;
	setModel(modelFileId: number): Promise<void>;
	/** Takes effect at once and is stored after a short pause. */
	setOptions(choices: ConversationChoices, base: AnswerOptions): void;
	/** `systemPrompt` is the preset's. */
	applyPreset(presetId: number | null, systemPrompt: string): Promise<void>;
	clearFailure(): void;
}
