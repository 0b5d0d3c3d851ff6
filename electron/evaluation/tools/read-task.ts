import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { Tool } from '../../../models/contract/tools.ts';
import {
	expectedCallsSchema,
	type OfferedTool,
	type Recording,
	type ToolTask,
	toolTaskSchema,
} from '../../contract/evaluation/tool-task.ts';
import type { PromptSample } from '../../contract/prompt/schema.ts';
import { isDict, isList, type PythonValue, parsePython, pythonOf } from '../scorers/tool-calls/python-value.ts';

/** One expected call: the tools of which any is right, each with its allowed arguments. */
export type ExpectedCall = ReadonlyMap<string, { readonly [argument: string]: readonly PythonValue[] }>;

/** 'any': at least one call; null: nothing is expected of the calls. */
export type Expected = 'any' | readonly ExpectedCall[] | null;

/** The tools of a sample, and what is expected of the answer to each of its messages. */
export interface ReadTask {
	readonly tools: readonly Tool[];
	readonly recordings: readonly Recording[];
	/** By message; the first is the sample's input. */
	readonly expected: readonly Expected[];
	/** Messages after the first. */
	readonly followUps: readonly string[];
}

/** Reads a sample's metadata. Throws Failure `tool-task-invalid`. */
export function readTask({ metadata }: Pick<PromptSample, 'metadata'>): ReadTask {
	const { tools, calls, recordings, followUps } = metadata;
	const read = toolTaskSchema.safeParse({ tools, calls, recordings, followUps });
	if (!read.success) {
		const [issue] = read.error.issues;
		throw invalid(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
	}
	const task = read.data;
	return {
		tools: task.tools.map(withJsonSchema),
		recordings: task.recordings,
		expected: [task.calls, ...task.followUps.map((one) => one.calls)].map(expectedOf),
		followUps: task.followUps.map(({ input }) => input),
	};
}

function invalid(reason: string): Failure {
	return new Failure({
		code: 'tool-task-invalid',
		message: said`The tools or calls of this sample can’t be read: ${reason}`,
		next: [said`Correct “tools”, “calls”, “recordings” and “followUps” in the sample’s metadata`],
	});
}

function expectedOf(calls: ToolTask['calls']): Expected {
	if (calls === null || calls === 'any') return calls;
	if (typeof calls === 'string') {
		let value: PythonValue;
		try {
			value = parsePython(calls);
		} catch (error) {
			throw invalid(`calls: ${error instanceof Error ? error.message : String(error)}`);
		}
		const plain = expectedCallsSchema.safeParse(JSON.parse(calls));
		if (!plain.success || !isList(value)) throw invalid('calls: no list of calls with lists of allowed values');
		return value.map(entryOf);
	}
	return calls.map((call) => entryOf(pythonOf(call)));
}

function entryOf(value: PythonValue): ExpectedCall {
	const entries = isDict(value) ? Object.entries(value) : [];
	return new Map(
		entries.map(([name, allowed]) => [
			name,
			Object.fromEntries(
				Object.entries(isDict(allowed) ? allowed : {}).map(([key, values]) => [key, isList(values) ? values : []]),
			),
		]),
	);
}

/** BFCL's names of types, which are Python's. */
const jsonTypes: { readonly [name: string]: string } = {
	dict: 'object',
	float: 'number',
	tuple: 'array',
	list: 'array',
	bool: 'boolean',
};

/** Returns a tool as models are offered it: its parameters are JSON Schema, whichever names of types they had. */
export function withJsonSchema(offered: OfferedTool): Tool {
	const { name, description, parameters } = 'function' in offered ? offered.function : offered;
	return {
		name,
		...(description === undefined ? {} : { description }),
		...(parameters === undefined ? {} : { parameters: jsonSchemaOf(parameters) }),
	};
}

function jsonSchemaOf(schema: Record<string, unknown>): Record<string, unknown> {
	const { type, properties, items, ...rest } = schema;
	return {
		// Without a type, anything is allowed.
		...(type === undefined || type === 'any'
			? {}
			: { type: typeof type === 'string' ? (jsonTypes[type] ?? type) : type }),
		...(isObject(properties)
			? {
					properties: Object.fromEntries(
						Object.entries(properties).map(([key, own]) => [key, isObject(own) ? jsonSchemaOf(own) : own]),
					),
				}
			: {}),
		...(isObject(items) ? { items: jsonSchemaOf(items) } : items === undefined ? {} : { items }),
		...rest,
	};
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
