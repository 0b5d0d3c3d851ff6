import type { ToolCall, ToolFormat, ToolUse } from '../../models/contract/tools.ts';
import { type AnswerPart, createCallParser } from '../../models/tools/call-parser.ts';
import { type AnswerParts, ReasoningSplitter } from './reasoning-splitter.ts';
import { callId } from './tool-use.ts';

/** More of a call. `id` and `name` come once, with its beginning. */
export interface CallDelta {
	readonly index: number;
	readonly id?: string;
	readonly name?: string;
	readonly arguments: string;
}

/** A call that the model wrote and that can't be read; its text is content. */
export interface MalformedCall {
	/** Characters from the start of the answer. */
	readonly position: number;
	readonly reason: string;
}

export interface ServedParts extends AnswerParts {
	readonly calls: readonly CallDelta[];
}

/** Divides an answer into reasoning, words and calls while it arrives. */
export interface AnswerReader {
	push(text: string): ServedParts;
	end(): ServedParts;
	/** The calls so far that are complete. */
	readonly calls: readonly ToolCall[];
	readonly malformed: MalformedCall | null;
}

/** `insideReasoning`: the prompt opened the reasoning. */
export function createAnswerReader(
	format: ToolFormat | undefined,
	use: ToolUse | undefined,
	insideReasoning: boolean,
): AnswerReader {
	if (format === undefined || use === undefined) {
		const splitter = new ReasoningSplitter(insideReasoning);
		return {
			push: (text) => ({ ...splitter.push(text), calls: [] }),
			end: () => ({ ...splitter.end(), calls: [] }),
			calls: [],
			malformed: null,
		};
	}
	const parser = createCallParser({ format, tools: use.tools, insideReasoning });
	const begun: { id: string; name: string; arguments: string }[] = [];
	const complete = new Set<number>();
	let malformed: MalformedCall | null = null;
	function collect(parts: readonly AnswerPart[]): ServedParts {
		let content = '';
		let reasoning = '';
		const calls: CallDelta[] = [];
		for (const part of parts) {
			switch (part.type) {
				case 'content':
					content += part.text;
					break;
				case 'reasoning':
					reasoning += part.text;
					break;
				case 'call': {
					// Ids of some models are no more than a count; within a conversation they have to differ.
					const id = part.id !== null && part.id.length > 5 ? part.id : callId();
					begun[part.index] = { id, name: part.name, arguments: '' };
					calls.push({ index: part.index, id, name: part.name, arguments: '' });
					break;
				}
				case 'arguments': {
					begun[part.index]!.arguments += part.text;
					const last = calls.at(-1);
					if (last?.index === part.index) calls[calls.length - 1] = { ...last, arguments: last.arguments + part.text };
					else calls.push({ index: part.index, arguments: part.text });
					break;
				}
				case 'call-end':
					complete.add(part.index);
					break;
				case 'malformed':
					malformed ??= { position: part.position, reason: part.reason };
			}
		}
		return { content, reasoning, calls };
	}
	return {
		push: (text) => collect(parser.push(text)),
		end: () => collect(parser.end()),
		get calls() {
			return begun.filter((_, index) => complete.has(index));
		},
		get malformed() {
			return malformed;
		},
	};
}
