import { randomBytes } from 'node:crypto';
import type { ToolCall, ToolFormat, ToolUse } from '../../../models/contract/tools.ts';
import { openThinking } from '../../../models/prompt/reasoning-tag.ts';
import { type AnswerPart, createCallParser } from '../../../models/tools/call-parser.ts';

/** Takes the calls out of what a model writes in one round. */
export interface RoundReader {
	/** Returns the rest: words, and reasoning in its tags. A call that can't be read is words too. */
	push(text: string): string;
	end(): string;
	/** Complete calls so far. */
	readonly calls: readonly ToolCall[];
	/** Why a call could not be read; null: all could. */
	readonly malformed: string | null;
}

/**
 * `insideReasoning`: the prompt opened the reasoning, or the text that is continued did. `newId` names calls to which the
 * model gave no id of its own.
 */
export function createRoundReader(
	format: ToolFormat,
	use: Pick<ToolUse, 'tools'>,
	insideReasoning: boolean,
	newId: () => string = randomId,
): RoundReader {
	const parser = createCallParser({ format, tools: use.tools, insideReasoning });
	const begun: { id: string; name: string; arguments: string }[] = [];
	const complete = new Set<number>();
	let malformed: string | null = null;
	let phase: 'start' | 'reasoning' | 'content' = 'start';

	function take(parts: readonly AnswerPart[]): string {
		let text = '';
		for (const part of parts) {
			switch (part.type) {
				case 'reasoning':
					if (phase === 'start') {
						phase = 'reasoning';
						text += openThinking;
					}
					text += part.text;
					break;
				case 'content':
					if (phase === 'reasoning') text += '</think>\n\n';
					phase = 'content';
					text += part.text;
					break;
				case 'call':
					begun[part.index] = { id: callId(part.id, newId), name: part.name, arguments: '' };
					break;
				case 'arguments':
					begun[part.index]!.arguments += part.text;
					break;
				case 'call-end':
					complete.add(part.index);
					break;
				case 'malformed':
					malformed ??= part.reason;
			}
		}
		return text;
	}

	return {
		push: (text) => take(parser.push(text)),
		end: () => take(parser.end()),
		get calls() {
			return begun.filter((_, index) => complete.has(index));
		},
		get malformed() {
			return malformed;
		},
	};
}

/** Ids of some models are no more than a count; within a conversation they have to differ. */
function callId(own: string | null, newId: () => string): string {
	return own !== null && own.length > 5 && own.length < 100 ? own : newId();
}

function randomId(): string {
	return `call_${randomBytes(12).toString('hex')}`;
}
