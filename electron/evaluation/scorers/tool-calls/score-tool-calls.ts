import { z } from 'zod';
import { type Tool, toolSchema } from '../../../../models/contract/tools.ts';
import type { Score, Scorer } from '../../../contract/evaluation/scorer.ts';
import { type MadeCall, type ToolRound, toolRoundSchema } from '../../../contract/evaluation/tool-task.ts';
import { lowerCase } from '../../../contract/lower-case.ts';
import { type Expected, type ExpectedCall, readTask } from '../../tools/read-task.ts';
import { compileSchema, problemsOf } from '../json-schema.ts';
import { noTarget, quoted, rightIf, type ScoreInput, scored, unscored } from '../score-outcome.ts';
import { isSameTool, mismatch, type ReadCall } from './match-call.ts';
import { isDict, parsePython } from './python-value.ts';

/** What a row of the `tools` technique stores. */
const detailSchema = z.object({
	rounds: z.array(toolRoundSchema),
	/** Tools that were offered besides the sample's own. */
	offered: z.array(toolSchema).default([]),
});

/** One message with the calls that were made for it. */
interface Answered {
	readonly expected: Expected;
	readonly calls: readonly MadeCall[];
}

/**
 * Scores one part of an answer that calls tools. Throws Failure `tool-task-invalid`; a row of another technique is
 * unscored.
 */
export function scoreToolCalls({ part }: Extract<Scorer, { kind: 'tool-calls' }>, input: ScoreInput): Score {
	const detail = detailSchema.safeParse(input.detail);
	if (!detail.success) return unscored('No tools were offered. Ask with the technique “Tools”.');
	const { rounds, offered } = detail.data;
	if (part === 'result') return scoreResult(input);
	const task = readTask(input.sample);
	const tools = [...task.tools, ...offered];
	const messages = task.expected.map((expected, message) => ({ expected, calls: callsFor(rounds, message) }));
	const scoredMessages = messages.filter(({ expected }) => expected !== null);
	if (scoredMessages.length === 0) return unscored('The sample does not say which calls are right.');
	switch (part) {
		case 'call':
			return whole(scoredMessages, (message) => callProblem(message, tools), rounds);
		case 'tool':
			return whole(scoredMessages, toolProblem, rounds);
		case 'schema':
			return whole(scoredMessages, (message) => schemaProblem(message, tools), rounds);
		case 'arguments': {
			const counts = scoredMessages.map((message) => argumentCounts(message, tools));
			const right = counts.reduce((sum, one) => sum + one.right, 0);
			const all = counts.reduce((sum, one) => sum + one.all, 0);
			return all === 0 ? rightIf(true, 'No call was expected, and none was made.') : share(right, all);
		}
		case 'steps':
			return scoreSteps(scoredMessages);
	}
}

function callsFor(rounds: readonly ToolRound[], message: number): readonly MadeCall[] {
	return rounds.filter((round) => round.message === message).flatMap(({ calls }) => calls);
}

/** All messages have to be right, as in BFCL's conversations. */
function whole(
	messages: readonly Answered[],
	problemOf: (message: Answered) => string | null,
	rounds: readonly ToolRound[],
): Score {
	for (const [index, message] of messages.entries()) {
		const problem = problemOf(message);
		if (problem === null) continue;
		const unread = rounds.find(({ malformed }) => malformed !== undefined)?.malformed;
		const why = unread === undefined ? problem : `${problem} A call could not be read: ${unread}`;
		return rightIf(false, messages.length === 1 ? why : `Message ${index + 1}: ${why}`);
	}
	const [{ expected } = { expected: null }] = messages;
	return rightIf(true, Array.isArray(expected) && expected.length === 0 ? 'No call, as expected.' : 'As expected.');
}

/** The reason in a sentence; null: right. */
function countProblem({ expected, calls }: Answered): string | null {
	if (expected === 'any') return calls.length > 0 ? null : 'It made no call.';
	const wanted = expected?.length ?? 0;
	if (calls.length === wanted) return null;
	if (wanted === 0) return `It called ${names(calls)}, though no tool fits.`;
	if (calls.length === 0) return 'It made no call.';
	return `It made ${calls.length} ${calls.length === 1 ? 'call' : 'calls'}, not ${wanted}.`;
}

function callProblem(message: Answered, tools: readonly Tool[]): string | null {
	const counted = countProblem(message);
	if (counted !== null) return counted;
	if (message.expected === 'any') {
		const strange = message.calls.find(({ name }) => findTool(tools, name) === undefined);
		return strange === undefined ? null : `There is no tool ${quoted(strange.name)}.`;
	}
	const { problems } = matched(message, tools);
	return problems[0] ?? null;
}

/**
 * Takes the expected calls in their order, and for each the first call that fits and is not taken yet, as BFCL does:
 * calls may come in any order.
 */
function matched(
	{ expected, calls }: Answered,
	tools: readonly Tool[],
): { readonly right: number; readonly problems: readonly string[] } {
	const left = calls.map(readCall);
	const problems: string[] = [];
	let right = 0;
	for (const one of Array.isArray(expected) ? (expected as readonly ExpectedCall[]) : []) {
		let reason: string | null = null;
		const at = left.findIndex((call) => {
			const problem = typeof call === 'string' ? call : problemOf(call, one, tools);
			// Among several calls, the reason for one to the right tool says most.
			if (problem !== null && (reason === null || (typeof call === 'object' && one.has(call.name)))) reason = problem;
			return problem === null;
		});
		if (at === -1) problems.push(reason === null ? `${[...one.keys()].join(' or ')} was not called.` : `It ${reason}.`);
		else {
			right += 1;
			left.splice(at, 1);
		}
	}
	return { right, problems };
}

function problemOf(call: ReadCall, one: ExpectedCall, tools: readonly Tool[]): string | null {
	let reason: string | null = null;
	for (const [name, allowed] of one) {
		const problem = mismatch(call, name, allowed, findTool(tools, name));
		if (problem === null) return null;
		if (reason === null || isSameTool(call.name, name))
			reason = problem.startsWith('called') ? problem : `called ${call.name}, but ${problem}`;
	}
	return reason;
}

/** A text: why its arguments can't be read. */
function readCall({ name, arguments: json }: MadeCall): ReadCall | string {
	try {
		const value = parsePython(json.trim() === '' ? '{}' : json);
		return isDict(value) ? { name, arguments: value } : `called ${name} with arguments that are no object`;
	} catch {
		return `called ${name} with arguments that are no JSON`;
	}
}

function findTool(tools: readonly Tool[], name: string): Tool | undefined {
	return tools.find((tool) => isSameTool(name, tool.name) || isSameTool(tool.name, name));
}

function names(calls: readonly MadeCall[]): string {
	return calls.map(({ name }) => name).join(', ');
}

function toolProblem(message: Answered): string | null {
	const counted = countProblem(message);
	if (counted !== null) return counted;
	const { expected, calls } = message;
	const left = [...calls];
	for (const one of Array.isArray(expected) ? (expected as readonly ExpectedCall[]) : []) {
		const wanted = [...one.keys()];
		const at = left.findIndex(({ name }) => wanted.some((own) => isSameTool(name, own)));
		if (at === -1) return `It called ${names(calls)}, not ${wanted.join(' or ')}.`;
		left.splice(at, 1);
	}
	return null;
}

function schemaProblem({ expected, calls }: Answered, tools: readonly Tool[]): string | null {
	const mayBeNone = Array.isArray(expected) && expected.length === 0;
	if (calls.length === 0) return mayBeNone ? null : 'It made no call.';
	if (mayBeNone) return `It called ${names(calls)}, though no tool fits.`;
	for (const { name, arguments: json } of calls) {
		const tool = findTool(tools, name);
		if (tool === undefined) return `There is no tool ${quoted(name)}.`;
		let value: unknown;
		try {
			value = JSON.parse(json.trim() === '' ? '{}' : json);
		} catch {
			return `The arguments of ${name} are no JSON.`;
		}
		const validate = compileSchema({ type: 'object', ...(tool.parameters ?? {}) });
		if (validate(value) !== true) return `The arguments of ${name} don’t follow its schema: ${problemsOf(validate)}.`;
	}
	return null;
}

function argumentCounts(message: Answered, tools: readonly Tool[]): { readonly right: number; readonly all: number } {
	const { expected, calls } = message;
	if (expected === 'any') return { right: callProblem(message, tools) === null ? 1 : 0, all: 1 };
	return { right: matched(message, tools).right, all: Math.max(expected?.length ?? 0, calls.length) };
}

function share(right: number, all: number): Score {
	return scored(right / all, `Calls with the right arguments: ${right} of ${all}.`);
}

function scoreSteps(messages: readonly Answered[]): Score {
	const made = messages.reduce((sum, { calls }) => sum + calls.length, 0);
	const wanted = messages.reduce((sum, { expected }) => sum + (expected === 'any' ? 1 : (expected?.length ?? 0)), 0);
	if (made === 0) return rightIf(wanted === 0, wanted === 0 ? 'No call, as expected.' : 'It made no call.');
	return scored(Math.min(1, wanted / made), `Calls made: ${made}; needed: ${wanted}.`);
}

/** The last words contain the target, or one of its alternatives separated by |. */
function scoreResult({ sample, output }: ScoreInput): Score {
	const { target } = sample;
	if (target === null || target.trim() === '') return unscored(noTarget);
	const text = bare(output);
	const alternatives = target.split('|').map((one) => one.trim());
	const found = alternatives.find((one) => one !== '' && text.includes(bare(one)));
	return rightIf(
		found !== undefined,
		found === undefined ? `The answer lacks ${quoted(target)}.` : `The answer has ${quoted(found)}.`,
	);
}

/** Case, runs of white space and separators of thousands don't count. */
function bare(text: string): string {
	return lowerCase(text)
		.replace(/(?<=\d)[,\u202f\u00a0 ](?=\d{3}(?!\d))/g, '')
		.replace(/\s+/g, ' ');
}
