import type {
	ContextKind,
	DocumentChoice,
	DocumentUse,
	LeftOut,
	SourceReference,
} from '../contract/conversation/ledger.ts';
import type { OverflowPolicy } from '../contract/conversation/overflow.ts';
import type { AnswerRound } from '../contract/conversation/steps.ts';
import type { DocumentContext } from '../contract/evaluation/arm-context.ts';

/**
 * A piece of the prompt besides the conversation's own texts: remembered facts, a summary, a passage of a document.
 *
 * `system`: after the system prompt, before everything else. Only for what stays as it is from turn to turn, because a
 * change there makes the model read the whole prompt again.
 *
 * `message`: before the text of the message that is answered. It stays with that message as an attachment does, so that
 * the next prompt begins with exactly this one, and the model finds it in its cache.
 */
export interface ContextPiece {
	readonly kind: ContextKind;
	readonly place: 'system' | 'message';
	/** As the model gets it. Text from elsewhere stands between delimiters that it can't contain. */
	readonly text: string;
	readonly source: SourceReference | null;
	/** The fact that it is: when that is forgotten, the piece goes, too. */
	readonly factId?: number;
}

/** A message of the branch before the one that is answered. */
export interface HistoryMessage {
	readonly id: number;
	readonly role: 'user' | 'assistant';
	/** Its own text. */
	readonly text: string;
	/** As it is sent: with its attachments, and with the pieces that were sent with it. */
	readonly content: string;
	/** Pieces that were sent with it. */
	readonly pieces: readonly ContextPiece[];
	/** Rounds of calls in an answer. */
	readonly rounds?: AnswerRound[];
}

/** How documents are looked up: whole or by passages, how many of them, and by which search. */
export type LookUp = Pick<DocumentContext, 'mode' | 'k' | 'search' | 'rerank'>;

/** What the context of an answer is built from. */
export interface ContextRequest {
	/** null: a conversation that has not begun, or a temporary one. */
	readonly conversationId: number | null;
	/** Whether facts about the person may be used. */
	readonly memory: boolean;
	/** What the conversation was given to look things up in. */
	readonly documents: readonly DocumentChoice[];
	/** What happens with the oldest messages once the context is full. */
	readonly overflow: OverflowPolicy;
	/** How documents are looked up, where it is measured; absent: as chats do. */
	readonly lookUp?: LookUp | undefined;
	readonly systemPrompt: string;
	/** The branch before the message, oldest first, as far as the context could have room for it. */
	readonly history: readonly HistoryMessage[];
	/** Ids of still older messages. */
	readonly tooOld: readonly number[];
	/** A source that fails then fails the request: an answer without its context would be measured as one with it. */
	readonly isMeasured?: true;
	/** What delimiters around texts are made from; absent: from these texts alone. */
	readonly delimiters?: 'by-texts' | 'by-message' | undefined;
	/** Text of the message, without attachments. */
	readonly message: string;
	/** Tokens of prompt and answer together. */
	readonly contextSize: number;
	/** Tokens of texts, without a template. Estimates if the model is not loaded. */
	countTokens(texts: readonly string[]): Promise<readonly number[]>;
	/**
	 * What the context has room for besides what was collected so far, and besides `added` if it is given. Counts the
	 * conversation when first called, and with each other addition.
	 */
	room(added?: Addition): Promise<ContextRoom>;
	readonly signal: AbortSignal | undefined;
}

/** What a prompt is counted with. */
export type Addition = Pick<Contribution, 'pieces' | 'summary'>;

export interface ContextRoom {
	/** Tokens that are free without leaving out any more messages. */
	readonly free: number;
	/** Ids of messages in `history` that are left out because the context is too small, oldest first. */
	readonly dropped: ReadonlySet<number>;
}

/** A summary that stands for the beginning of a branch: the messages up to `untilId`, which are not sent. */
export interface SummaryUse {
	/** null: it is stored nowhere, or was deleted. */
	readonly id: number | null;
	/** Version, from 1 in each conversation. */
	readonly number: number;
	readonly untilId: number;
}

/** Something that was left out, and the fact that it is, if it is one. */
export interface LeftOutPiece extends LeftOut {
	readonly factId?: number;
}

/** What one source puts into the prompt. */
export interface Contribution {
	readonly pieces: readonly ContextPiece[];
	readonly leftOut?: readonly LeftOutPiece[];
	/** The summary that one of the pieces holds; null or absent: none. */
	readonly summary?: SummaryUse | null;
	/** How documents are used, to be said before sending; null or absent: there are none. */
	readonly documentUse?: DocumentUse | null;
}

/**
 * Something that adds to prompts. An error leaves its pieces out, and the ledger says so: the answer is written without
 * them.
 */
export interface ContextSource {
	readonly kind: ContextKind;
	/** Called before a conversation is read: marks what may no longer be sent. */
	prepare?(): void;
	collect(request: ContextRequest): Promise<Contribution>;
}

/** The context of one answer. */
export interface BuiltContext extends Required<Contribution> {
	/** Time of each source that had something to do, ms. */
	readonly times: readonly { readonly kind: ContextKind; readonly ms: number }[];
}

/** Collects context for answers. `context/` implements it; the same builder counts before sending and answers. */
export interface ContextBuilder {
	/** To be called before a conversation is read. */
	prepare(): void;
	build(request: ContextRequest): Promise<BuiltContext>;
}

export const noContext: BuiltContext = { pieces: [], leftOut: [], summary: null, documentUse: null, times: [] };
