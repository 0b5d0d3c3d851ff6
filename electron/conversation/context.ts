import type { Settings } from '../contract/settings/schema.ts';
import type { WritableDatabase } from '../database/database.ts';
import type { EventBus } from '../events.ts';
import type { ModelService } from '../library/model-service.ts';
import type { ParserPool } from '../parsing/parser-pool.ts';
import type { LiveAnswers } from './answer/live-answers.ts';
import type { ContextBuilder } from './context-builder.ts';
import type { ConversationTools } from './conversation-tools.ts';

/** Dependencies of every use case of conversations. */
export interface ConversationContext {
	readonly database: WritableDatabase;
	readonly events: EventBus;
	readonly models: ModelService;
	readonly answers: LiveAnswers;
	/** Processes that read attachments; if omitted, each file starts a new process. */
	readonly readingPool?: ParserPool;
	/** Collects documents, memory and the like for answers; if absent, prompts hold only the conversation itself. */
	readonly contextBuilder?: ContextBuilder;
	/** Tools that answers may call; if absent, none. */
	readonly tools?: ConversationTools;
	readonly settings: () => Settings;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
	readonly log: (line: string) => void;
}
