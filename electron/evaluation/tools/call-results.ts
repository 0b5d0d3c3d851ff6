import { isDeepStrictEqual } from 'node:util';
import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { Tool } from '../../../models/contract/tools.ts';
import { type BuiltInContext, findBuiltIn } from '../../context/tools/built-in/built-in-tools.ts';
import type { Technique } from '../../contract/evaluation/technique.ts';
import type { Recording } from '../../contract/evaluation/tool-task.ts';
import type { PromptSample } from '../../contract/prompt/schema.ts';
import { argumentsOf } from '../../conversation/answer/tool-calls.ts';
import { type ReadTask, readTask, withJsonSchema } from './read-task.ts';

export type ToolTechnique = Extract<Technique, { kind: 'tools' }>;

/** What a tool returns to the model. */
export interface CallResult {
	readonly result: string;
	readonly isError: boolean;
}

/** Returns the tools that a technique offers besides those of a sample. */
export function techniqueTools({ tools, builtIn }: ToolTechnique): readonly Tool[] {
	const computed = builtIn.flatMap((name) => {
		const definition = findBuiltIn(name)?.definition;
		return definition === undefined
			? []
			: [{ name, description: definition.description, parameters: definition.inputSchema }];
	});
	return [...tools.map(withJsonSchema), ...computed];
}

/** Returns what a sample offers, with the tools of the technique. Throws Failure `tools-missing`, `tool-task-invalid`. */
export function toolsOf(
	sample: Pick<PromptSample, 'metadata'>,
	technique: ToolTechnique,
): { readonly task: ReadTask; readonly tools: readonly Tool[] } {
	const task = readTask(sample);
	const own = new Set(task.tools.map(({ name }) => name));
	const tools = [...task.tools, ...techniqueTools(technique).filter(({ name }) => !own.has(name))];
	if (tools.length > 0) return { task, tools };
	throw new Failure({
		code: 'tools-missing',
		message: said`This sample has no tools to offer.`,
		next: [said`Add “tools” to its metadata`, said`Offer tools to all samples in the technique`],
	});
}

/** Whether calls get results, so that there is more than one round. */
export function canRun({ recordings }: ReadTask, technique: ToolTechnique): boolean {
	return recordings.length + technique.recordings.length + technique.builtIn.length > 0;
}

export interface CallSources {
	/** The sample's own come before those of the technique. */
	readonly recordings: readonly Recording[];
	readonly technique: ToolTechnique;
	/** All tools that are offered. */
	readonly tools: readonly Tool[];
	readonly runScript: BuiltInContext['runScript'];
	readonly signal: AbortSignal;
}

/** Returns a call's result without side effects: a recorded one, or that of a built-in tool. No server is ever called. */
export async function resultOf(call: { name: string; arguments: string }, sources: CallSources): Promise<CallResult> {
	const { recordings, technique, tools, runScript, signal } = sources;
	const failed = (result: string): CallResult => ({ result, isError: true });
	if (!tools.some(({ name }) => name === call.name))
		return failed(`There is no tool “${call.name}”. Tools: ${tools.map(({ name }) => name).join(', ')}.`);
	const args = argumentsOf(call.arguments);
	if (args === null) return failed('The arguments are not a JSON object.');
	const own = recordings.filter(({ name }) => name === call.name);
	const recorded =
		own.find((one) => one.arguments !== undefined && isDeepStrictEqual(comparable(one.arguments), comparable(args))) ??
		own.find((one) => one.arguments === undefined);
	if (recorded !== undefined) return { result: recorded.result, isError: recorded.isError };
	const builtIn = technique.builtIn.find((name) => name === call.name);
	if (builtIn === undefined) return failed('Nothing is known for these arguments.');
	const fixed = call.name === 'current_time' && args.time_zone === undefined ? { time_zone: 'UTC' } : {};
	const { content, isError } = await findBuiltIn(builtIn)!.run(
		{ ...args, ...fixed },
		context(technique, runScript),
		signal,
	);
	return { result: content, isError };
}

function context({ now }: ToolTechnique, runScript: BuiltInContext['runScript']): BuiltInContext {
	return {
		clock: () => Date.parse(now),
		runScript,
		files: () => {
			throw new Error('a run reads no files');
		},
		searchDocuments: () => Promise.reject(new Error('a run searches no documents')),
	};
}

/** Texts compare as expected arguments do: without case, spaces and small marks. */
function comparable(value: unknown): unknown {
	if (typeof value === 'string') return value.replace(/[ ,./\-_*^]/g, '').toLowerCase();
	if (Array.isArray(value)) return value.map(comparable);
	if (typeof value === 'object' && value !== null)
		return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, comparable(own)]));
	return value;
}
