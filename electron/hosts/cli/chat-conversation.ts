import { randomUUID } from 'node:crypto';
import type { AttachedText, GenerationUpdate, Message, TemporaryInput } from '../../contract/conversation/schema.ts';
import type { AnswerStep } from '../../contract/conversation/steps.ts';
import type { Client } from '../transport/rpc-client.ts';
import type { AnswerOptions } from './chat-options.ts';
import { type CallPermission, stepLine } from './chat-tools.ts';
import type { Interrupt } from './interrupt.ts';
import type { Output } from './output.ts';

/**
 * A conversation held by this command: each call sends a message and resolves with the answer, which it has printed.
 */
export interface TerminalConversation {
	readonly saved: boolean;
	say(text: string): Promise<Message>;
}

/**
 * Saves the conversation, as the window does; attachments go with the first message. An interrupt stops the answer and
 * keeps its text.
 */
export function savedConversation(
	client: Client,
	options: AnswerOptions,
	attachments: AttachedText[],
	output: Output,
	interrupt: Interrupt,
	permission: CallPermission,
): TerminalConversation {
	let conversationId: number | null = null;
	return {
		saved: true,
		async say(text) {
			const first = conversationId === null ? { attachments } : {};
			const started = await client.conversations.send({ ...options, ...first, conversationId, text });
			conversationId = started.conversationId;
			return followAnswer(client, started.generationId, output, interrupt, permission);
		},
	};
}

/** Saves nothing: the conversation lives only in this process. */
export function temporaryConversation(
	client: Client,
	options: AnswerOptions,
	attachments: AttachedText[],
	output: Output,
	interrupt: Interrupt,
	permission: CallPermission,
): TerminalConversation {
	const turns: TemporaryInput['turns'] = [];
	const chat = randomUUID();
	return {
		saved: false,
		async say(text) {
			turns.push({ role: 'user', content: text, ...(turns.length === 0 ? { attachments } : {}) });
			const { id } = await client.generations.startTemporary({ ...options, chat, turns });
			const message = await followAnswer(client, id, output, interrupt, permission);
			const { content, rounds } = message;
			turns.push({ role: 'assistant', content, ...(rounds === undefined ? {} : { rounds }) });
			return message;
		},
	};
}

async function followAnswer(
	client: Client,
	id: number,
	output: Output,
	interrupt: Interrupt,
	permission: CallPermission,
): Promise<Message> {
	const ended = new AbortController();
	const seen = new Map<string, AnswerStep['status']>();
	function onStep(step: AnswerStep): void {
		if (seen.get(step.callId) === step.status) return;
		seen.set(step.callId, step.status);
		const line = stepLine(step);
		if (line !== null) output.note(line);
		if (step.status !== 'asking') return;
		permission(step, ended.signal)
			.then((decision) => client.generations.decide({ id, callId: step.callId, decision }))
			// The answer has ended meanwhile.
			.catch(() => {});
	}
	const stop = () => void client.generations.stop({ id }).catch(() => {});
	if (interrupt.signal.aborted) stop();
	interrupt.signal.addEventListener('abort', stop);
	try {
		return await printAnswer(await client.generations.subscribe({ id }), output, onStep);
	} finally {
		ended.abort();
		interrupt.signal.removeEventListener('abort', stop);
	}
}

/** Prints an answer as it arrives and resolves with the final message. Throws if the stream breaks off. */
async function printAnswer(
	updates: AsyncIterable<GenerationUpdate>,
	output: Output,
	onStep: (step: AnswerStep) => void,
): Promise<Message> {
	let shown = 0;
	function showUpTo(content: string): void {
		output.stream(content.slice(shown));
		shown = Math.max(shown, content.length);
	}
	for await (const update of updates) {
		switch (update.type) {
			case 'snapshot':
				showUpTo(update.message.content);
				for (const { steps } of update.message.rounds ?? []) steps.forEach(onStep);
				break;
			case 'round':
				update.round.steps.forEach(onStep);
				break;
			case 'loading':
				output.progress(loadingLine(update));
				break;
			case 'prompt':
				output.progress(`reading the prompt, ${percent(update.processed / Math.max(update.total, 1))}`);
				break;
			case 'tokens':
				output.stream(update.text);
				shown += update.text.length;
				if (update.text === '') output.progress(`thinking, ${update.completionTokens} tokens`);
				break;
			case 'end':
				showUpTo(update.message.content);
				if (shown > 0 && !update.message.content.endsWith('\n')) output.stream('\n');
				output.progress(null);
				return update.message;
		}
	}
	throw new Error('the updates of the answer ended before it did');
}

function loadingLine({ modelName, stage, fraction }: Extract<GenerationUpdate, { type: 'loading' }>): string {
	if (stage === 'queued') return `waiting: ${modelName} is writing other answers`;
	return `loading ${modelName}${fraction === null ? '' : `, ${percent(fraction)}`}`;
}

function percent(fraction: number): string {
	return `${Math.round(fraction * 100)} %`;
}
