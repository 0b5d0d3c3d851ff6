import type { GenerationResult, TokenScore } from '../../models/contract/generation.ts';
import type { ServerContext } from './context.ts';
import { generateServed, type ServedRequest } from './generate-served.ts';
import { type AnswerParts, ReasoningSplitter } from './reasoning-splitter.ts';

export interface FinishedAnswer {
	readonly content: string;
	readonly reasoning: string;
	readonly result: GenerationResult;
	/** One of each token, if they were asked for. */
	readonly scores: readonly TokenScore[];
}

export interface AnswerListener {
	/** The model is ready and starts on the prompt. */
	readonly onPrompt?: (promptTokens: number) => void;
	/** `scores`: of the tokens since the last parts, if they were asked for. */
	readonly onParts?: (parts: AnswerParts, scores: readonly TokenScore[]) => void;
	/** What is waited for, in a few words at the time of the call. */
	readonly onProgress?: (words: () => string) => void;
}

/** Generates one answer and separates its reasoning. Throws what `generateServed` throws. */
export async function answerServed(
	context: ServerContext,
	request: ServedRequest,
	signal: AbortSignal,
	{ onPrompt, onParts, onProgress }: AnswerListener = {},
): Promise<FinishedAnswer> {
	let splitter: ReasoningSplitter | null = null;
	let content = '';
	let reasoning = '';
	const scores: TokenScore[] = [];
	let sent = 0;
	function add(parts: AnswerParts): void {
		content += parts.content;
		reasoning += parts.reasoning;
		if (parts.content === '' && parts.reasoning === '') return;
		onParts?.(parts, scores.slice(sent));
		sent = scores.length;
	}
	for await (const event of generateServed(context, request, signal)) {
		switch (event.type) {
			case 'progress':
				onProgress?.(event.words);
				break;
			case 'prompt':
				// It comes again while a long prompt is processed.
				if (splitter !== null) break;
				splitter = new ReasoningSplitter(event.opensReasoning && request.prefill === undefined);
				onPrompt?.(event.promptTokens);
				break;
			case 'text':
				splitter ??= new ReasoningSplitter(false);
				scores.push(...event.scores);
				add(splitter.push(event.text));
				break;
			case 'done':
				if (splitter !== null) add(splitter.end());
				context.record.answered({ content, reasoning });
				return { content, reasoning, result: event.result, scores };
		}
	}
	throw new Error('the engine ended an answer without its result');
}
