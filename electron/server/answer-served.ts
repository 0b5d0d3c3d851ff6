import type { GenerationResult, TokenScore } from '../../models/contract/generation.ts';
import type { ToolCall } from '../../models/contract/tools.ts';
import type { ServerContext } from './context.ts';
import { generateServed, type ServedRequest } from './generate-served.ts';
import { type AnswerReader, createAnswerReader, type MalformedCall, type ServedParts } from './read-answer.ts';

export interface FinishedAnswer {
	/** As the model wrote it, reasoning with its tags. */
	readonly text: string;
	readonly content: string;
	readonly reasoning: string;
	/** The calls of tools that are complete. */
	readonly calls: readonly ToolCall[];
	/** A call that could not be read; its text is content. */
	readonly malformed: MalformedCall | null;
	readonly result: GenerationResult;
	/** One of each token, if they were asked for. */
	readonly scores: readonly TokenScore[];
}

export interface AnswerListener {
	/** The model is ready and starts on the prompt. */
	readonly onPrompt?: (promptTokens: number) => void;
	/** `scores`: of the tokens since the last parts, if they were asked for. */
	readonly onParts?: (parts: ServedParts, scores: readonly TokenScore[]) => void;
	/** The text as the model writes it, reasoning with its tags. */
	readonly onText?: (text: string) => void;
	/** What is waited for, in a few words at the time of the call. */
	readonly onProgress?: (words: () => string) => void;
}

/**
 * How often the engine reports text, ms: of a stream as often as a screen is drawn, so that a fast model doesn't spend its
 * time on passing single tokens on; of a whole answer only for the list of live requests.
 */
const textEveryMs = { stream: 16, whole: 1_000 };

/** Generates one answer and separates its reasoning. Throws what `generateServed` throws. */
export async function answerServed(
	context: ServerContext,
	request: ServedRequest,
	signal: AbortSignal,
	{ onPrompt, onParts, onText, onProgress }: AnswerListener = {},
): Promise<FinishedAnswer> {
	let reader: AnswerReader | null = null;
	let text = '';
	let content = '';
	let reasoning = '';
	const scores: TokenScore[] = [];
	let sent = 0;
	function add(parts: ServedParts): void {
		content += parts.content;
		reasoning += parts.reasoning;
		if (parts.content === '' && parts.reasoning === '' && parts.calls.length === 0) return;
		onParts?.(parts, scores.slice(sent));
		sent = scores.length;
	}
	const isStreamed = onParts !== undefined || onText !== undefined;
	const every = isStreamed ? textEveryMs.stream : textEveryMs.whole;
	for await (const event of generateServed(context, { ...request, textEveryMs: every }, signal)) {
		switch (event.type) {
			case 'progress':
				onProgress?.(event.words);
				break;
			case 'prompt':
				// Sent again and again while a long prompt is processed.
				if (reader !== null) break;
				reader = createAnswerReader(
					event.toolFormat,
					request.tools,
					event.opensReasoning && request.prefill === undefined,
				);
				onPrompt?.(event.promptTokens);
				break;
			case 'text':
				text += event.text;
				onText?.(event.text);
				reader ??= createAnswerReader(undefined, undefined, false);
				scores.push(...event.scores);
				add(reader.push(event.text));
				break;
			case 'done':
				if (reader !== null) add(reader.end());
				context.record.answered({ content, reasoning, calls: [...(reader?.calls ?? [])] });
				return finished(context, request, { text, content, reasoning, result: event.result, scores }, reader);
		}
	}
	throw new Error('the engine ended an answer without its result');
}

function finished(
	{ log }: Pick<ServerContext, 'log'>,
	{ tools, model }: ServedRequest,
	answer: Pick<FinishedAnswer, 'text' | 'content' | 'reasoning' | 'result' | 'scores'>,
	reader: AnswerReader | null,
): FinishedAnswer {
	const { calls = [], malformed = null } = reader ?? {};
	if (tools !== undefined && malformed !== null) {
		log(
			`server: ${model.name} wrote a call that can't be read, at character ${malformed.position}: ${malformed.reason}`,
		);
	}
	return { ...answer, calls, malformed };
}
