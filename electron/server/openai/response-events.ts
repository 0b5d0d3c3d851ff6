import type { ToolCall } from '../../../models/contract/tools.ts';
import type { AnswerStream } from '../http/answer-stream.ts';
import type { CallDelta } from '../read-answer.ts';
import { callItem, type ItemIds, messageItem, reasoningItem, reasoningPart, textPart } from './response-items.ts';

/** An item of a stream that is being written. */
type OpenItem =
	| {
			readonly kind: 'reasoning' | 'message';
			readonly id: string;
			readonly index: number;
			text: string;
			readonly logprobs: object[];
	  }
	| {
			readonly kind: 'call';
			readonly id: string;
			readonly index: number;
			text: string;
			readonly call: Pick<ToolCall, 'id' | 'name'>;
	  };

/** The events of a streamed response: each item is added, written and done before the next one begins. */
export interface ResponseEvents {
	/** Whether the first event was sent. */
	readonly began: boolean;
	/** The kind of the item that is being written. */
	readonly writing: OpenItem['kind'] | null;
	send(type: string, data: object): void;
	/** Sends what every stream begins with, once. */
	begin(): void;
	write(kind: 'reasoning' | 'message', text: string, logprobs: readonly object[]): void;
	writeCall(call: CallDelta): void;
	/** Ends the item that is being written. */
	end(status?: string): void;
}

/** `head`: what every form of the response begins with. */
export function createResponseEvents(events: Pick<AnswerStream, 'send'>, head: object, ids: ItemIds): ResponseEvents {
	let sequence = 0;
	function send(type: string, data: object): void {
		events.send({ type, sequence_number: sequence, ...data }, type);
		sequence += 1;
	}
	/** The item being written, with its text so far. */
	let open: OpenItem | null = null;
	let began = false;
	function begin(): void {
		if (began) return;
		began = true;
		const unfinished = { ...head, status: 'in_progress', output: [], usage: null };
		send('response.created', { response: unfinished });
		send('response.in_progress', { response: unfinished });
	}
	function end(status = 'completed'): void {
		if (open === null) return;
		const { index, text } = open;
		const at = { item_id: open.id, output_index: index };
		let item: object;
		if (open.kind === 'call') {
			send('response.function_call_arguments.done', { ...at, name: open.call.name, arguments: text });
			item = callItem(open.id, { ...open.call, arguments: text }, status);
		} else {
			const isMessage = open.kind === 'message';
			const part = isMessage ? textPart(text, open.logprobs) : reasoningPart(text);
			if (isMessage) send('response.output_text.done', { ...at, content_index: 0, text, logprobs: open.logprobs });
			else send('response.reasoning_text.done', { ...at, content_index: 0, text });
			send('response.content_part.done', { ...at, content_index: 0, part });
			item = isMessage ? messageItem(open.id, [part], status) : reasoningItem(open.id, text);
		}
		send('response.output_item.done', { output_index: index, item });
		open = null;
	}
	let written = 0;
	function start(kind: 'reasoning' | 'message'): OpenItem {
		begin();
		if (open?.kind === kind) return open;
		end();
		const started: OpenItem = { kind, id: ids[kind], index: written, text: '', logprobs: [] };
		open = started;
		written += 1;
		const item = kind === 'message' ? messageItem(started.id, null) : reasoningItem(started.id, null);
		send('response.output_item.added', { output_index: started.index, item });
		send('response.content_part.added', {
			...{ item_id: started.id, output_index: started.index, content_index: 0 },
			part: kind === 'message' ? textPart('') : reasoningPart(''),
		});
		return started;
	}
	function write(kind: 'reasoning' | 'message', text: string, logprobs: readonly object[]): void {
		const item = start(kind);
		if (item.kind === 'call') return;
		item.text += text;
		item.logprobs.push(...logprobs);
		if (text === '') return;
		const at = { item_id: item.id, output_index: item.index, content_index: 0 };
		if (kind === 'message') send('response.output_text.delta', { ...at, delta: text, logprobs });
		else send('response.reasoning_text.delta', { ...at, delta: text });
	}
	function writeCall({ index, id, name, arguments: json }: CallDelta): void {
		begin();
		if (id !== undefined && name !== undefined) {
			end();
			open = { kind: 'call', id: ids.call(index), index: written, text: '', call: { id, name } };
			written += 1;
			const item = callItem(open.id, { id, name, arguments: '' }, 'in_progress');
			send('response.output_item.added', { output_index: open.index, item });
		}
		if (open?.kind !== 'call' || json === '') return;
		open.text += json;
		send('response.function_call_arguments.delta', { item_id: open.id, output_index: open.index, delta: json });
	}
	return {
		get began() {
			return began;
		},
		get writing() {
			return open?.kind ?? null;
		},
		send,
		begin,
		write,
		writeCall,
		end,
	};
}
