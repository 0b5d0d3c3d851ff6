import type { GenerationResult } from '../../models/contract/generation.ts';
import type { ServerContext } from './context.ts';
import { generateServed, type ServedRequest } from './generate-served.ts';
import { type AnswerParts, ReasoningSplitter } from './reasoning-splitter.ts';

export interface FinishedAnswer {
	readonly content: string;
	readonly reasoning: string;
	readonly result: GenerationResult;
}

export interface AnswerListener {
	/** The model is ready and starts on the prompt. */
	readonly onPrompt?: (promptTokens: number) => void;
	readonly onParts?: (parts: AnswerParts) => void;
	/** The text as the model writes it, reasoning with its tags. */
	readonly onText?: (text: string) => void;
	/** What is waited for, in a few words. */
	readonly onProgress?: (words: string) => void;
}

/** Generates one answer and separates its reasoning. Throws what `generateServed` throws. */
export async function answerServed(
	context: ServerContext,
	request: ServedRequest,
	signal: AbortSignal,
	{ onPrompt, onParts, onText, onProgress }: AnswerListener = {},
): Promise<FinishedAnswer> {
	let splitter: ReasoningSplitter | null = null;
	let content = '';
	let reasoning = '';
	function add(parts: AnswerParts): void {
		content += parts.content;
		reasoning += parts.reasoning;
		if (parts.content !== '' || parts.reasoning !== '') onParts?.(parts);
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
				onText?.(event.text);
				splitter ??= new ReasoningSplitter(false);
				add(splitter.push(event.text));
				break;
			case 'done':
				if (splitter !== null) add(splitter.end());
				return { content, reasoning, result: event.result };
		}
	}
	throw new Error('the engine ended an answer without its result');
}
