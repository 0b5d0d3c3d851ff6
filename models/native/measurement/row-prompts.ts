import { basename } from 'node:path';
import { Failure, failureFacts } from '../../contract/failure.ts';
import type { ChatTemplate } from '../../contract/load.ts';
import type { MeasurePrompt, MeasureRow } from '../../contract/native/tasks.ts';
import { said } from '../../contract/said.ts';
import { reservedAnswerTokens } from '../../prompt/context-overflow.ts';
import { createTurnRenderer, type RenderedTurns } from '../../prompt/prompt-builder.ts';
import { vocabularyOf } from '../../prompt/vocabulary.ts';
import type { NativeModel } from '../model.ts';
import { createSampler } from '../sampler.ts';

/** Returns the template that turns go through; null for a base model. */
export function templateOf(model: NativeModel, chosen?: ChatTemplate): string | null {
	return chosen?.source ?? model.meta('tokenizer.chat_template');
}

/** A tokenised prompt; `calls` if it offers tools. */
export type RenderedPrompt = Pick<RenderedTurns, 'tokens'> & Partial<Pick<RenderedTurns, 'calls' | 'opensReasoning'>>;

/** Tokenises a prompt. Throws Failure `no-chat-template` and `template-refused`. */
export type TokenizePrompt = (prompt: MeasurePrompt) => RenderedPrompt;

/** `chosen`: a template that replaces the file's own. */
export function createPromptTokenizer(model: NativeModel, chosen?: ChatTemplate): TokenizePrompt {
	const render = createTurnRenderer({
		template: templateOf(model, chosen),
		addStart: chosen !== undefined,
		modelName: basename(model.facts.path),
		vocabulary: vocabularyOf(model),
	});
	return (prompt) => {
		if ('turns' in prompt) return render(prompt.turns, prompt.tools);
		const tokens = [...model.tokenize(Buffer.from(prompt.text, 'utf8'), true)];
		// An empty text gives nothing to predict from if the tokenizer adds no start token.
		return { tokens: tokens.length > 0 ? tokens : [model.prefixToken] };
	};
}

function promptTooLong(tokens: number, room: number, contextSize: number): Failure {
	const size = (value: number): string => value.toLocaleString('en');
	return new Failure({
		code: 'prompt-too-long',
		message: said`This prompt has ${size(tokens)} tokens, and a context of ${size(contextSize)} has room for ${size(room)} beside the answer.`,
		next: [said`Use fewer or shorter examples`, said`Give the run a larger context`, said`Leave this sample out`],
	});
}

/** A row with its tokenised prompt. */
export type PreparedRow = {
	/** Index of the row. */
	index: number;
	row: MeasureRow;
	tokens: readonly number[];
	rendered: RenderedPrompt;
	/** The most tokens of the answer. */
	maxTokens: number;
};

function withStops(row: MeasureRow, stops: readonly string[]): MeasureRow {
	if (stops.length === 0) return row;
	return { ...row, sampling: { ...row.sampling, stop: [...row.sampling.stop, ...stops] } };
}

/**
 * Prepares rows with their prompts, and separates those that fail before any computation. Never shortens a prompt: the
 * result would look like a measurement of the whole prompt.
 */
export function prepareRows(
	model: NativeModel,
	rows: readonly MeasureRow[],
	tokenize: TokenizePrompt,
	contextSize: number,
	templateStops: readonly string[] = [],
): { prepared: PreparedRow[]; failed: { index: number; failure: Failure }[] } {
	const prepared: PreparedRow[] = [];
	const failed: { index: number; failure: Failure }[] = [];
	const grammars = new Set<string>();
	for (const [index, asked] of rows.entries()) {
		const row = 'turns' in asked.prompt ? withStops(asked, templateStops) : asked;
		try {
			const rendered = tokenize(row.prompt);
			const { tokens } = rendered;
			const calls = rendered.calls?.grammar;
			const grammar = row.grammar ?? (calls?.isForced === true ? calls.write('') : undefined);
			if (grammar !== undefined && !grammars.has(grammar)) {
				createSampler(model, { ...row.sampling, seed: row.seed }, { grammar }).free();
				grammars.add(grammar);
			}
			const maxTokens = row.sampling.maxTokens ?? contextSize;
			const room = contextSize - Math.min(reservedAnswerTokens(contextSize), maxTokens + 1);
			if (tokens.length > room) throw promptTooLong(tokens.length, room, contextSize);
			prepared.push({ index, row, tokens, rendered, maxTokens: Math.min(maxTokens, contextSize - 1 - tokens.length) });
		} catch (error) {
			failed.push({ index, failure: error instanceof Failure ? error : new Failure(failureFacts(error)) });
		}
	}
	return { prepared, failed };
}
