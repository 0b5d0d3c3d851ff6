import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { ChatTurn } from '../../models/contract/generation.ts';
import type { Tool, ToolCall, ToolUse } from '../../models/contract/tools.ts';
import { badRequest } from './http/errors.ts';

const functionSchema = z.looseObject({
	name: z.string().min(1).max(256),
	description: z.string().nullish(),
	parameters: z.record(z.string(), z.unknown()).nullish(),
});

/** A tool in OpenAI's form; other kinds than functions are the client's own, and nothing here can run them. */
const toolSchema = z.looseObject({ type: z.string().nullish(), function: z.unknown().optional() });

const choiceSchema = z.union([
	z.enum(['auto', 'none', 'required']),
	z.looseObject({ type: z.string().nullish(), function: z.looseObject({ name: z.string() }) }),
]);

const callSchema = z.looseObject({
	id: z.string().nullish(),
	function: z.looseObject({
		name: z.string(),
		// Ollama's clients send an object.
		arguments: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish(),
	}),
});

interface Asked {
	readonly tools?: readonly unknown[] | null | undefined;
	readonly tool_choice?: unknown;
	readonly parallel_tool_calls?: boolean | null | undefined;
}

/** Returns the tools of a request; undefined if the model may call none. Throws HttpError. */
export function toolUseOf({ tools, tool_choice, parallel_tool_calls }: Asked): ToolUse | undefined {
	if (tools === null || tools === undefined || tools.length === 0 || tool_choice === 'none') return undefined;
	const list = tools.flatMap((tool, index) => readTool(tool, index));
	const choice = readChoice(tool_choice, list);
	if (list.length === 0) {
		if (choice === 'auto') return undefined;
		throw badRequest('tools: none of them is a function, and tool_choice asks for a call.', 'tools');
	}
	// A client that names one tool wants one call.
	return { tools: list, choice, parallel: parallel_tool_calls ?? typeof choice !== 'object' };
}

function readTool(tool: unknown, index: number): readonly Tool[] {
	const read = toolSchema.safeParse(tool);
	if (!read.success) throw badRequest(`tools.${index}: an object was expected.`, `tools.${index}`);
	// Built-in tools of other providers are left out: an agent sends them to every server.
	if ((read.data.type ?? 'function') !== 'function') return [];
	const found = functionSchema.safeParse(read.data.function);
	if (!found.success) {
		const [issue] = found.error.issues;
		const field = ['tools', index, 'function', ...(issue?.path ?? [])].join('.');
		throw badRequest(`${field}: ${issue?.message ?? 'invalid'}`, field);
	}
	const { name, description, parameters } = found.data;
	return [
		{
			name,
			...(typeof description === 'string' ? { description } : {}),
			...(parameters === null || parameters === undefined ? {} : { parameters }),
		},
	];
}

function readChoice(value: unknown, tools: readonly Tool[]): ToolUse['choice'] {
	if (value === null || value === undefined) return 'auto';
	const read = choiceSchema.safeParse(value);
	if (!read.success) {
		throw badRequest('tool_choice: "auto", "none", "required" or a function was expected.', 'tool_choice');
	}
	if (typeof read.data === 'string') return read.data;
	const { name } = read.data.function;
	if (tools.some((tool) => tool.name === name)) return { name };
	throw badRequest(`tool_choice: there is no tool "${name.slice(0, 100)}".`, 'tool_choice');
}

/** Returns what a message with calls, or with a tool's result, adds to its turn. Throws HttpError. */
export function toolFieldsOf(
	message: Readonly<Record<string, unknown>>,
	index: number,
	named: ReadonlyMap<string, string>,
): Pick<ChatTurn, 'toolCalls' | 'toolCallId' | 'name'> {
	if (message.role === 'tool' || message.role === 'function') {
		const id = typeof message.tool_call_id === 'string' ? message.tool_call_id : undefined;
		const given = message.name ?? message.tool_name;
		const name = typeof given === 'string' ? given : id === undefined ? undefined : named.get(id);
		return { ...(id === undefined ? {} : { toolCallId: id }), ...(name === undefined ? {} : { name }) };
	}
	const calls = message.tool_calls;
	if (message.role !== 'assistant' || calls === null || calls === undefined) return {};
	const read = z.array(callSchema).max(1_000).safeParse(calls);
	if (!read.success) {
		const [issue] = read.error.issues;
		const field = ['messages', index, 'tool_calls', ...(issue?.path ?? [])].join('.');
		throw badRequest(`${field}: ${issue?.message ?? 'invalid'}`, field);
	}
	if (read.data.length === 0) return {};
	const toolCalls = read.data.map(({ id, function: { name, arguments: args } }, call): ToolCall => {
		const text = typeof args === 'string' ? args : JSON.stringify(args ?? {});
		return { id: id ?? `call_${index}_${call}`, name, arguments: text };
	});
	return { toolCalls };
}

/** Returns the names of the tools that were called, by the ids of the calls. */
export function namesOfCalls(messages: readonly Readonly<Record<string, unknown>>[]): ReadonlyMap<string, string> {
	const calls = messages.flatMap(({ tool_calls: list }) => {
		const read = z.array(callSchema).safeParse(list);
		return read.success ? read.data : [];
	});
	return new Map(calls.flatMap(({ id, function: { name } }) => (typeof id === 'string' ? [[id, name] as const] : [])));
}

/** Returns an id for a call: nine letters and digits at its end, as Mistral's templates want them. */
export function callId(): string {
	return `call_${randomBytes(12)
		.toString('base64url')
		.replaceAll(/[^a-zA-Z0-9]/g, '0')}`;
}
