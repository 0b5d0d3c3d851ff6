import type { ChatTurn } from '../contract/generation.ts';
import type { Tool, ToolFormat } from '../contract/tools.ts';
import { renderMessages, TemplateEndless } from '../prompt/chat-template.ts';
import { type DerivedFormat, deriveFormat, type TemplateMessage } from './derive-format.ts';
import { describedFormat, describeResult, describeTools, writeCalls } from './write-calls.ts';

interface TemplateTokens {
	readonly bosToken: string;
	readonly eosToken: string;
	/** Tokens that end an answer. */
	readonly endTexts: readonly string[];
}

/** How one chat template is used with tools. */
export interface ToolPrompt {
	readonly format: ToolFormat;
	/** Renders turns with the tools; the turns may have calls and results in them. */
	render(turns: readonly ChatTurn[], tools: readonly Tool[]): string;
}

let last: { readonly template: string; readonly derived: DerivedFormat } | undefined;

/** Deriving renders a template a dozen times, and a worker has only one. */
function derivedOf(template: string, { endTexts, ...tokens }: TemplateTokens): DerivedFormat {
	if (last?.template === template) return last.derived;
	let endless: TemplateEndless | undefined;
	const derived = deriveFormat(
		template,
		(messages, tools, addGenerationPrompt) => {
			// A template that ran out of time once isn't tried a dozen times.
			if (endless !== undefined) throw endless;
			try {
				return renderMessages(template, messages, { ...tokens, addGenerationPrompt, variables: { tools } });
			} catch (error) {
				if (error instanceof TemplateEndless) endless = error;
				throw error;
			}
		},
		endTexts,
	);
	if (endless !== undefined) throw endless;
	last = { template, derived };
	return derived;
}

/**
 * Returns how tools are offered with a template: by the template itself; by words before the conversation and the calls
 * that the template knows; or by words and calls in a form that a grammar forces, for models that know none.
 */
export function toolPromptOf(template: string, tokens: TemplateTokens): ToolPrompt {
	const derived = derivedOf(template, tokens);
	const native = derived.listsTools || derived.writesCalls ? derived.format : null;
	const format = native ?? { ...describedFormat, reasoning: derived.reasoning };
	const isNative = native !== null;
	const values = { bosToken: tokens.bosToken, eosToken: tokens.eosToken };
	return {
		format,
		render(turns, tools) {
			const lists = isNative && derived.listsTools;
			const described = lists || tools.length === 0 ? turns : withSystem(turns, describeTools(tools, format));
			const written = isNative && derived.writesCalls ? described : described.map((turn) => asText(turn, format));
			const messages = alternating(written, isNative).map((turn) => messageOf(turn, derived.argumentsAsText, template));
			const listed = lists && tools.length > 0 ? tools.map(functionOf) : isNative ? null : undefined;
			return renderMessages(template, messages, { ...values, variables: { tools: listed } });
		},
	};
}

/** OpenAI's form, which templates take. */
function functionOf({ name, description = '', parameters = { type: 'object', properties: {} } }: Tool): object {
	return { type: 'function', function: { name, description, parameters } };
}

function withSystem(turns: readonly ChatTurn[], text: string): readonly ChatTurn[] {
	const [first, ...rest] = turns;
	if (first?.role === 'system') return [{ ...first, content: `${first.content}\n\n${text}` }, ...rest];
	return [{ role: 'system', content: text }, ...turns];
}

/** Writes calls and results as text, where the template has no place for them. */
function asText(turn: ChatTurn, format: ToolFormat): ChatTurn {
	if (turn.role === 'tool') return { role: 'user', content: describeResult(turn.name, turn.content) };
	if (turn.toolCalls === undefined || turn.toolCalls.length === 0) return turn;
	const calls = writeCalls(format, turn.toolCalls);
	return { role: turn.role, content: turn.content === '' ? calls : `${turn.content}\n${calls}` };
}

/** Joins neighbouring messages of the person, which results become: templates want the roles to alternate. */
function alternating(turns: readonly ChatTurn[], isNative: boolean): readonly ChatTurn[] {
	if (isNative) return turns;
	const joined: ChatTurn[] = [];
	for (const turn of turns) {
		const before = joined.at(-1);
		if (before?.role === 'user' && turn.role === 'user') {
			joined[joined.length - 1] = { ...before, content: `${before.content}\n\n${turn.content}` };
		} else joined.push(turn);
	}
	return joined;
}

function messageOf(turn: ChatTurn, argumentsAsText: boolean, template: string): TemplateMessage {
	const { role, content, toolCalls, toolCallId, name } = turn;
	const id = (text: string): string => (wantsShortIds(template) ? shortId(text) : text);
	if (role === 'tool') {
		return {
			role,
			content,
			...(toolCallId === undefined ? {} : { tool_call_id: id(toolCallId) }),
			...(name === undefined ? {} : { name }),
		};
	}
	if (toolCalls === undefined || toolCalls.length === 0) return { role, content };
	return {
		role,
		content,
		tool_calls: toolCalls.map((call) => ({
			id: id(call.id),
			type: 'function',
			function: { name: call.name, arguments: argumentsAsText ? call.arguments : parsed(call.arguments) },
		})),
	};
}

function parsed(json: string): unknown {
	try {
		const value: unknown = JSON.parse(json === '' ? '{}' : json);
		return typeof value === 'object' && value !== null ? value : {};
	} catch {
		return {};
	}
}

/** Mistral's templates refuse ids that don't have nine letters and digits. */
const wantsShortIds = (template: string): boolean => /length\s*(?:!=|==)\s*9\b/.test(template);

function shortId(id: string): string {
	if (/^[a-zA-Z0-9]{9}$/.test(id)) return id;
	let hash = 0;
	for (const character of id) hash = (Math.imul(hash, 31) + character.codePointAt(0)!) >>> 0;
	return hash.toString(36).padStart(9, '0').slice(-9);
}
