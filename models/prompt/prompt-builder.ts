import { Failure } from '../contract/failure.ts';
import type { ChatTurn, GenerateRequest, RequestTurn } from '../contract/generation.ts';
import { said } from '../contract/said.ts';
import type { Tool, ToolFormat, ToolUse } from '../contract/tools.ts';
import { TemplateFault } from '../jinja/fault.ts';
import { type ToolGrammar, toolGrammar } from '../tools/tool-grammar.ts';
import { type ToolPrompt, toolPromptOf } from '../tools/tool-prompt.ts';
import { renderTemplate, TemplateEndless } from './chat-template.ts';
import { fitTurns, leadingTokensLeftOut, reservedAnswerTokens } from './context-overflow.ts';
import { noChatTemplate, promptTooLong } from './prompt-failures.ts';
import { opensReasoning, withoutOpening } from './reasoning-tag.ts';
import { splitPrompt } from './special-text.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface Prompt extends RenderedTurns {
	readonly droppedTurns: number;
	/** Its last tokens: the given start of the answer. */
	readonly begun: readonly number[];
}

export interface RenderedTurns {
	readonly tokens: readonly number[];
	/** The template opened the reasoning, so the answer starts inside it. */
	readonly opensReasoning: boolean;
	/** null: no tools were offered. */
	readonly calls?: PromptCalls | null;
}

/** How an answer to a prompt with tools is written. */
export interface PromptCalls {
	readonly format: ToolFormat;
	/** null: calls can't be forced. Made when it is first read: a prompt that is only counted needs none. */
	readonly grammar: ToolGrammar | null;
	/** Texts of the tokens that belong to calls, which are otherwise left out of an answer. */
	readonly shown: ReadonlyMap<number, string>;
}

export interface PromptOptions {
	readonly template: string | null;
	/**
	 * Adds the tokenizer's start token where the template doesn't write it. For a template that was chosen by a person:
	 * a file's own template knows the model's tokens.
	 */
	readonly addStart?: boolean;
	readonly modelName: string;
	readonly contextSize: number;
	/** The longest context that the model was trained for, in tokens; null if unknown. */
	readonly trainedContextLength: number | null;
	readonly vocabulary: Vocabulary;
}

type TemplateOptions = Omit<PromptOptions, 'contextSize' | 'trainedContextLength'>;

/**
 * Moves the system turn into the first message, because templates of models trained without a system prompt refuse one.
 */
function withoutSystemTurn(turns: readonly ChatTurn[]): readonly ChatTurn[] | null {
	const [system, first, ...rest] = turns;
	if (system?.role !== 'system' || first?.role !== 'user') return null;
	return [{ role: 'user', content: `${system.content}\n\n${first.content}` }, ...rest];
}

function templateRefused(error: unknown): Failure {
	if (error instanceof TemplateEndless) return templateEndless(error);
	if (error instanceof TemplateFault) return templateFaulty(error);
	const words = error instanceof Error ? error.message : String(error);
	return new Failure(
		{
			code: 'template-refused',
			message: said`The model’s chat template refuses this conversation: ${words}`,
			next: [said`Remove the system prompt or change the order of the messages`, said`Choose another model`],
		},
		{ cause: error },
	);
}

/** Creates the failure for a template that is no valid Jinja or breaks off, as it does in Python. */
function templateFaulty(fault: TemplateFault): Failure {
	return new Failure(
		{
			code: 'template-refused',
			message: said`The model’s chat template can’t write this conversation: ${fault.message}.`,
			next: [
				said`Remove the system prompt or change the order of the messages`,
				said`Check the template: Models, or assay models inspect`,
				said`Choose another model`,
			],
		},
		{ cause: fault },
	);
}

/** Creates the failure for an endless loop, malicious or by mistake. */
function templateEndless(error: TemplateEndless): Failure {
	return new Failure(
		{
			code: 'template-refused',
			message: said`The model’s chat template was stopped: it had not finished after ${error.ms / 1000} seconds.`,
			next: [
				said`Check the template: Models, or assay models inspect`,
				said`Download the model from another publisher`,
				said`Choose another model`,
			],
		},
		{ cause: error },
	);
}

/**
 * Renders turns of a conversation without tools. transformers sets `tools` to None then, and a template written for
 * tools alone breaks off when it loops over that. Left undefined, as in other engines, there are none to loop over.
 */
function renderWithoutTools(source: string, turns: readonly ChatTurn[], vocabulary: Vocabulary): string {
	try {
		return renderTemplate(source, turns, vocabulary);
	} catch (error) {
		if (!(error instanceof TemplateFault)) throw error;
		try {
			const { bosToken, eosToken } = vocabulary;
			const variables = { tools: undefined, documents: undefined };
			return renderTemplate(source, turns, { bosToken, eosToken, variables });
		} catch {
			throw error;
		}
	}
}

/**
 * Creates a function that renders and tokenises any number of turns with the model's own template, token for token,
 * keeping people's text plain. The function throws `no-chat-template` and `template-refused`.
 */
export function createTurnRenderer({
	template,
	addStart = false,
	modelName,
	vocabulary,
}: TemplateOptions): (turns: readonly ChatTurn[], use?: ToolUse) => RenderedTurns {
	const renderWith = (source: string, turns: readonly ChatTurn[], use?: ToolUse): RenderedTurns => {
		const hasCalls = turns.some(({ role, toolCalls }) => role === 'tool' || toolCalls !== undefined);
		const prompt = use === undefined && !hasCalls ? null : toolPromptOf(source, vocabulary);
		const { text, parts } =
			prompt === null
				? splitPrompt(turns, vocabulary.specialText, (some) => renderWithoutTools(source, some, vocabulary))
				: splitToolPrompt(prompt, turns, use?.tools ?? [], vocabulary);
		const tokens = parts.flatMap((part) => vocabulary.tokenize(part.text, !part.plain));
		const { startToken } = vocabulary;
		const lacksStart = addStart && startToken !== null && tokens[0] !== startToken;
		return {
			tokens: lacksStart ? [startToken, ...tokens] : tokens,
			...(prompt === null || use === undefined
				? { opensReasoning: opensReasoning(text, source) }
				: withCalls(prompt.format, use, text, source, vocabulary)),
		};
	};

	const renderOrMerge = (source: string, turns: readonly ChatTurn[], use?: ToolUse): RenderedTurns => {
		try {
			return renderWith(source, turns, use);
		} catch (error) {
			// A tool's schema that no grammar can express is no fault of the template.
			if (error instanceof Failure) throw error;
			const merged = error instanceof TemplateEndless ? null : withoutSystemTurn(turns);
			if (merged === null) throw templateRefused(error);
			try {
				return renderWith(source, merged, use);
			} catch {
				throw templateRefused(error);
			}
		}
	};

	return (turns, use) => {
		if (template === null) throw noChatTemplate(modelName);
		return renderOrMerge(template, turns, use);
	};
}

/**
 * Renders turns with tools and keeps everything plain that comes from elsewhere: besides the turns' text, the tools
 * themselves, the arguments of calls, and results.
 */
function splitToolPrompt(
	prompt: ToolPrompt,
	turns: readonly ChatTurn[],
	tools: readonly Tool[],
	{ specialText }: Vocabulary,
): ReturnType<typeof splitPrompt> {
	const calls = turns.flatMap(({ toolCalls = [] }) => toolCalls);
	const texts = [JSON.stringify(tools), ...calls.map((call) => call.arguments)];
	const also = texts.map((content): ChatTurn => ({ role: 'user', content }));
	return splitPrompt([...turns, ...also], specialText, (some) => {
		const [listed, ...args] = some.slice(turns.length).map(({ content }) => content);
		let next = 0;
		const own = some.slice(0, turns.length).map((turn): ChatTurn => {
			if (turn.toolCalls === undefined) return turn;
			const toolCalls = turn.toolCalls.map((call) => {
				next += 1;
				return { ...call, arguments: args[next - 1] ?? call.arguments };
			});
			return { ...turn, toolCalls };
		});
		return prompt.render(own, JSON.parse(listed ?? '[]') as Tool[]);
	});
}

/** Returns how an answer begins and how its calls are written. */
function withCalls(
	format: ToolFormat,
	use: ToolUse,
	prompt: string,
	source: string,
	vocabulary: Vocabulary,
): Pick<RenderedTurns, 'opensReasoning' | 'calls'> {
	const end = prompt.trimEnd();
	const open = format.reasoning?.open.trim() ?? '';
	const inside = opensReasoning(prompt, source) || (open !== '' && end.endsWith(open));
	const { start, end: close, call, ignored, reasoning } = format;
	const texts = [
		...[start, close, format.separator, ...ignored, reasoning?.open ?? '', reasoning?.close ?? ''],
		...(call.shape === 'json' ? [call.start, call.end] : []),
		...(call.shape === 'text' ? call.parts.map((part) => (typeof part === 'object' ? part.text : '')) : []),
		...(call.shape === 'text' ? stylesTexts(call.arguments) : []),
		...(call.shape === 'harmony' ? harmonyTexts : []),
	];
	let made: { readonly grammar: ToolGrammar | null } | undefined;
	return {
		opensReasoning: inside,
		calls: {
			format,
			shown: vocabulary.specialIn(texts),
			get grammar() {
				made ??= { grammar: toolGrammar(format, use, inside) };
				return made.grammar;
			},
		},
	};
}

const harmonyTexts = ['<|channel|>', '<|message|>', '<|start|>', '<|end|>', '<|constrain|>', '<|call|>', '<|return|>'];

function stylesTexts(style: Extract<ToolFormat['call'], { shape: 'text' }>['arguments']): readonly string[] {
	switch (style.style) {
		case 'tagged':
			return [style.keyStart, ...style.keyEnd, style.valueEnd];
		case 'gemma':
			return ['<|"|>'];
		case 'named-tags':
			return [style.tag];
		case 'json':
		case 'python':
			return [];
	}
}

/** Creates a function that tokenises turns like `createPromptBuilder`, but never drops any. */
export function createTurnTokenizer(
	options: TemplateOptions,
): (turns: readonly ChatTurn[], use?: ToolUse) => readonly number[] {
	const render = createTurnRenderer(options);
	return (turns, use) => render(turns, use).tokens;
}

/** Builds a prompt from turns and the given start of the answer. */
export type BuildPrompt = (
	turns: readonly RequestTurn[],
	prefill?: GenerateRequest['prefill'],
	use?: ToolUse,
) => Prompt;

/** Builds the prompt of a text that the model continues as it is. */
export type BuildTextPrompt = (text: string) => Prompt;

/**
 * Creates a function that tokenises a text to continue: all of it as plain text, after the tokenizer's start token. Of a
 * text that exceeds the context, it takes the end.
 */
export function createTextPromptBuilder({
	vocabulary,
	contextSize,
}: Pick<PromptOptions, 'vocabulary' | 'contextSize'>): BuildTextPrompt {
	const { startToken, prefixToken } = vocabulary;
	const start = startToken === null ? [] : [startToken];
	const limit = contextSize - reservedAnswerTokens(contextSize) - start.length;
	return (text) => {
		const all = vocabulary.tokenize(text, false);
		const tokens = [...start, ...all.slice(leadingTokensLeftOut(all.length, limit))];
		return { tokens: tokens.length > 0 ? tokens : [prefixToken], opensReasoning: false, droppedTurns: 0, begun: [] };
	};
}

/**
 * Creates a function that builds prompts from as many turns as fit the context; it throws `prompt-too-long` if not even
 * the last one fits.
 */
export function createPromptBuilder(options: PromptOptions): BuildPrompt {
	const { vocabulary, contextSize, trainedContextLength } = options;
	const limit = contextSize - reservedAnswerTokens(contextSize);
	const render = createTurnRenderer(options);

	return (turns, prefill, use) => {
		const begin = (opened: boolean): readonly number[] => {
			if (prefill === undefined) return [];
			return prefill.tokens ?? vocabulary.tokenize(opened ? withoutOpening(prefill.text) : prefill.text, false);
		};
		const fitted = fitTurns(
			turns,
			limit,
			(some) => {
				const rendered = render(some, use);
				const begun = begin(rendered.opensReasoning);
				return { ...rendered, begun, tokens: [...rendered.tokens, ...begun] };
			},
			({ tokens }) => tokens.length,
			(text) => vocabulary.tokenize(text, false).length,
		);
		if (!fitted.fits) throw promptTooLong(fitted.tokens, limit, contextSize, trainedContextLength);
		return { ...fitted.prompt, droppedTurns: fitted.droppedTurns };
	};
}
