import type { ConversationContext } from '../conversation/context.ts';
import type { Reader } from '../database/reader/reader.ts';
import { conversationHandlers } from './conversations.ts';
import { generationHandlers } from './generations.ts';
import type { Implementer } from './implementer.ts';
import { type SettingContext, settingHandlers } from './settings.ts';
import { type SystemContext, systemHandlers } from './system.ts';

/** The calls of `models`, implemented; `models.ts` makes them. */
export type ModelHandlers = Parameters<Implementer['router']>[0]['models'];

export interface RouterContext {
	readonly conversation: ConversationContext;
	readonly reader: Reader;
	readonly settings: SettingContext;
	readonly system: SystemContext;
	readonly models: ModelHandlers;
}

/** Every call of the contract. */
export function createRouter(os: Implementer, context: RouterContext) {
	return os.router({
		system: systemHandlers(os, context.system),
		models: context.models,
		conversations: conversationHandlers(os, context.conversation, context.reader),
		generations: generationHandlers(os, context.conversation),
		settings: settingHandlers(os, context.settings),
	});
}

export type Router = ReturnType<typeof createRouter>;
