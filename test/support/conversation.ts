import type {
	GenerationIds,
	GenerationStart,
	GenerationUpdate,
	Message,
	SendInput,
} from '../../electron/contract/conversation/schema.ts';
import { defaultSettings } from '../../electron/contract/settings/defaults.ts';
import type { Settings } from '../../electron/contract/settings/schema.ts';
import { followAnswer } from '../../electron/conversation/answer/follow-answer.ts';
import { createLiveAnswers } from '../../electron/conversation/answer/live-answers.ts';
import type { ConversationContext } from '../../electron/conversation/context.ts';
import type { ConversationTools } from '../../electron/conversation/conversation-tools.ts';
import { sendMessage } from '../../electron/conversation/send-message.ts';
import { createEventBus, type InternalEvent } from '../../electron/events.ts';
import type { ScriptStep } from '../../models/worker/engine-script.ts';
import { createDatabase } from './database.ts';
import { type ScriptedModels, type ScriptedOptions, scriptedModels } from './scripted-models.ts';

export interface ConversationForTest extends ConversationContext {
	readonly models: ScriptedModels;
	readonly path: string;
	readonly published: readonly InternalEvent[];
	readonly logged: readonly string[];
}

/** The context of the conversation use cases, on a real database and a scripted engine. */
export function conversationForTest(
	options: ScriptedOptions & { readonly settings?: Partial<Settings>; readonly tools?: ConversationTools } = {},
): ConversationForTest {
	const { database, path } = createDatabase();
	const published: InternalEvent[] = [];
	const logged: string[] = [];
	const events = createEventBus((error) => {
		throw error;
	});
	events.subscribe((event) => published.push(event));
	let time = Date.UTC(2026, 10, 24);
	return {
		database,
		path,
		events,
		published,
		logged,
		models: scriptedModels({ database }, options),
		answers: createLiveAnswers(),
		...(options.tools === undefined ? {} : { tools: options.tools }),
		settings: () => ({ ...defaultSettings, ...options.settings }),
		clock: () => {
			time += 1;
			return time;
		},
		log: (line) => logged.push(line),
	};
}

/** Makes a script that gives these answers in turn. */
export function answering(...answers: (string | ScriptStep[])[]): ScriptedOptions {
	return {
		script: {
			answers: answers.map((answer) => ({
				steps: typeof answer === 'string' ? [{ type: 'text', text: answer }] : answer,
			})),
		},
	};
}

/** Sends a message and waits for the end of the answer. */
export async function converse(
	context: ConversationContext,
	text: string,
	input: Partial<SendInput> = {},
): Promise<GenerationStart & { readonly answer: Message }> {
	const start = sendMessage(context, { conversationId: null, ...input, text });
	return { ...start, answer: await answerOf(context, start) };
}

/** Waits for the end of an answer. */
export async function answerOf(context: ConversationContext, { generationId }: GenerationIds): Promise<Message> {
	const end = (await collect(followAnswer(context, generationId))).at(-1);
	if (end?.type !== 'end') throw new Error('the stream ended without an end');
	return end.message;
}

export async function collect(updates: AsyncIterable<GenerationUpdate>): Promise<GenerationUpdate[]> {
	const collected: GenerationUpdate[] = [];
	for await (const update of updates) collected.push(update);
	return collected;
}

/** Returns the text that a page shows after these updates; throws if a batch is missing or repeated. */
export function textShown(updates: readonly GenerationUpdate[]): { content: string; reasoning: string } {
	let shown = { content: '', reasoning: '' };
	let last = 0;
	for (const update of updates) {
		if (update.type === 'snapshot') {
			shown = { content: update.message.content, reasoning: update.message.reasoning ?? '' };
			last = update.sequence;
		} else if (update.type === 'tokens') {
			if (update.sequence !== last + 1) throw new Error(`batch ${update.sequence} came after batch ${last}`);
			last = update.sequence;
			shown = { content: shown.content + update.text, reasoning: shown.reasoning + (update.reasoning ?? '') };
		}
	}
	return shown;
}
