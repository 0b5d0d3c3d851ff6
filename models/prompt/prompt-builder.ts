import { Failure } from '../contract/failure.ts';
import type { Turn } from '../contract/generation.ts';
import { renderTemplate, TemplateEndless } from './chat-template.ts';
import { fitTurns, reservedAnswerTokens } from './context-overflow.ts';
import { noChatTemplate, promptTooLong } from './prompt-failures.ts';
import { splitPrompt } from './special-text.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface Prompt {
	readonly tokens: readonly number[];
	readonly droppedTurns: number;
}

export interface PromptOptions {
	readonly template: string | null;
	readonly modelName: string;
	readonly contextSize: number;
	readonly vocabulary: Vocabulary;
}

/**
 * Moves the system turn into the first message, because templates of models trained without a system prompt refuse one.
 */
function withoutSystemTurn(turns: readonly Turn[]): readonly Turn[] | null {
	const [system, first, ...rest] = turns;
	if (system?.role !== 'system' || first?.role !== 'user') return null;
	return [{ role: 'user', content: `${system.content}\n\n${first.content}` }, ...rest];
}

function templateRefused(error: unknown): Failure {
	if (error instanceof TemplateEndless) return templateEndless(error);
	const words = error instanceof Error ? error.message : String(error);
	return new Failure(
		{
			code: 'template-refused',
			message: `The model's chat template refuses this conversation: ${words}`,
			next: ['Remove the system prompt or change the order of the messages', 'Choose another model'],
		},
		{ cause: error },
	);
}

/** Creates the failure for an endless loop, malicious or by mistake. */
function templateEndless(error: TemplateEndless): Failure {
	return new Failure(
		{
			code: 'template-refused',
			message: `The model's chat template was stopped: it had not come to an end after ${error.ms / 1000} seconds.`,
			next: [
				'Look at the template: Models, or assay models inspect',
				'Fetch the model from somebody else',
				'Choose another model',
			],
		},
		{ cause: error },
	);
}

/**
 * Creates a function that tokenises turns, however many: with the model's own template, token for token, keeping
 * people's text plain. The function throws `no-chat-template` and `template-refused`.
 */
export function createTurnTokenizer({
	template,
	modelName,
	vocabulary,
}: Omit<PromptOptions, 'contextSize'>): (turns: readonly Turn[]) => readonly number[] {
	const renderWith = (source: string, turns: readonly Turn[]): readonly number[] => {
		const render = (some: readonly Turn[]): string => renderTemplate(source, some, vocabulary);
		const { parts } = splitPrompt(turns, vocabulary.specialText, render);
		return parts.flatMap((part) => vocabulary.tokenize(part.text, !part.plain));
	};

	const tokensOf = (source: string, turns: readonly Turn[]): readonly number[] => {
		try {
			return renderWith(source, turns);
		} catch (error) {
			const merged = error instanceof TemplateEndless ? null : withoutSystemTurn(turns);
			if (merged === null) throw templateRefused(error);
			try {
				return renderWith(source, merged);
			} catch {
				throw templateRefused(error);
			}
		}
	};

	return (turns) => {
		if (template === null) throw noChatTemplate(modelName);
		return tokensOf(template, turns);
	};
}

/** Builds a prompt from turns and the given start of the answer. */
export type BuildPrompt = (turns: readonly Turn[], prefill?: readonly number[]) => Prompt;

/**
 * Creates a function that builds prompts from as many turns as fit the context; it throws `prompt-too-long` if not even
 * the last one fits.
 */
export function createPromptBuilder(options: PromptOptions): BuildPrompt {
	const { vocabulary, contextSize } = options;
	const limit = contextSize - reservedAnswerTokens(contextSize);
	const tokensOf = createTurnTokenizer(options);

	return (turns, prefill = []) => {
		const fitted = fitTurns(
			turns,
			limit,
			(some) => [...tokensOf(some), ...prefill],
			(tokens) => tokens.length,
			(text) => vocabulary.tokenize(text, false).length,
		);
		if (!fitted.fits) throw promptTooLong(fitted.tokens, limit, contextSize);
		return { tokens: fitted.prompt, droppedTurns: fitted.droppedTurns };
	};
}
