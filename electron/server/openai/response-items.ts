import { randomUUID } from 'node:crypto';
import type { ToolCall } from '../../../models/contract/tools.ts';

/** Makes an id as OpenAI's API has them. */
export const idOf = (kind: string): string => `${kind}_${randomUUID().replaceAll('-', '')}`;

/** Ids of the items of one response. */
export interface ItemIds {
	readonly reasoning: string;
	readonly message: string;
	/** Of the call with this index. */
	call(index: number): string;
}

export function newIds(): ItemIds {
	const calls: string[] = [];
	return {
		reasoning: idOf('rs'),
		message: idOf('msg'),
		call(index) {
			calls[index] ??= idOf('fc');
			return calls[index];
		},
	};
}

export const textPart = (text: string, logprobs: readonly object[] = []) => ({
	type: 'output_text',
	text,
	annotations: [],
	logprobs,
});

export const reasoningPart = (text: string) => ({ type: 'reasoning_text', text });

/** `text` null: it is being written. */
export function reasoningItem(id: string, text: string | null) {
	return {
		id,
		type: 'reasoning',
		status: text === null ? 'in_progress' : 'completed',
		summary: [],
		content: text === null ? [] : [reasoningPart(text)],
	};
}

/** `content` null: it is being written. */
export function messageItem(
	id: string,
	content: readonly object[] | null,
	status = content === null ? 'in_progress' : 'completed',
) {
	return { id, type: 'message', status, role: 'assistant', content: content ?? [] };
}

export function callItem(id: string, { id: callId, name, arguments: json }: ToolCall, status: string) {
	return { id, type: 'function_call', status, call_id: callId, name, arguments: json };
}
