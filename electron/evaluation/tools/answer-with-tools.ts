import { Failure, type FailureFacts } from '../../../models/contract/failure.ts';
import type { ChatTurn, Turn } from '../../../models/contract/generation.ts';
import type { MeasuredAnswer, MeasuredRow, MeasureRow } from '../../../models/contract/native/tasks.ts';
import { said } from '../../../models/contract/said.ts';
import type { Tool, ToolCall } from '../../../models/contract/tools.ts';
import type { Sample } from '../../contract/dataset/schema.ts';
import type { Parameters } from '../../contract/evaluation/run-config.ts';
import type { ToolRound } from '../../contract/evaluation/tool-task.ts';
import { createRoundReader } from '../../conversation/answer/round-reader.ts';
import { mostCalls, roomForResults, shortened } from '../../conversation/answer/tool-calls.ts';
import { leastRoom, limitReached } from '../../conversation/answer/write-answer.ts';
import { splitReasoning } from '../../conversation/reasoning.ts';
import type { Session } from '../context.ts';
import type { ScoringWorker } from '../scorers/scoring-worker-client.ts';
import { seedOf } from '../shard/shard-layout.ts';
import { failedOutcome, ownFailure, type UnitOutcome } from '../shard/unit-outcome.ts';
import { type CallResult, canRun, resultOf, type ToolTechnique, techniqueTools, toolsOf } from './call-results.ts';
import type { ReadTask } from './read-task.ts';

export interface ToolQuestion {
	readonly index: number;
	readonly sample: Sample;
	readonly epoch: number;
	readonly turns: readonly Turn[];
}

export interface ToolAsking {
	readonly technique: ToolTechnique;
	readonly parameters: Parameters;
	readonly runSeed: number;
}

export interface ToolControl {
	readonly signal: AbortSignal;
	readonly scoring: Pick<ScoringWorker, 'read' | 'run'>;
	onOutcome(index: number, outcome: UnitOutcome): void;
}

/** One sample on its way through its rounds. */
interface Open {
	readonly question: ToolQuestion;
	readonly task: ReadTask;
	readonly tools: readonly Tool[];
	readonly turns: ChatTurn[];
	readonly rounds: ToolRound[];
	readonly answers: MeasuredAnswer[];
	message: number;
	/** A limit was reached: the next round has to be an answer in words. */
	isLast: boolean;
}

/**
 * Lets a model answer samples with tools as a chat does: it writes, its calls are run, and it writes on with their
 * results, until it makes none or reaches a limit. The rounds of all samples are made together, one after the other. Where
 * nothing can answer a call (no recording, no built-in tool), the first round of each message is all there is, as in BFCL.
 */
export async function answerWithTools(
	session: Session,
	asking: ToolAsking,
	questions: readonly ToolQuestion[],
	control: ToolControl,
): Promise<void> {
	let open: Open[] = [];
	for (const question of questions) {
		try {
			open.push(opened(question, asking.technique, session.facts.chat));
		} catch (error) {
			control.onOutcome(question.index, failedOutcome(ownFailure(error)));
		}
	}
	while (open.length > 0) {
		const asked = open;
		const isOpen = new Array<boolean>(asked.length).fill(false);
		const taking: Promise<void>[] = [];
		const broken: unknown[] = [];
		try {
			await session.generate(
				asked.map((one) => rowOf(one, asking)),
				{
					signal: control.signal,
					onRow(index, row) {
						const one = asked[index];
						if (one === undefined) throw new Error(`an answer to no row: ${index}`);
						taking.push(
							take(one, row, session, asking, control)
								.then((goesOn) => {
									isOpen[index] = goesOn;
								})
								.catch((error: unknown) => {
									broken.push(error);
								}),
						);
					},
				},
			);
		} finally {
			// Answers that are here are kept, however the rest ended.
			await Promise.all(taking);
		}
		if (broken.length > 0) throw broken[0];
		open = asked.filter((_, index) => isOpen[index]);
	}
}

function opened(question: ToolQuestion, technique: ToolTechnique, chat: boolean): Open {
	if (!chat) {
		throw new Failure({
			code: 'no-chat-template',
			message: said`The model has no chat template, and without one it can’t be offered tools.`,
			next: [said`Choose a model that was tuned for chat`, said`Choose a chat template for it under Models`],
		});
	}
	const { task, tools } = toolsOf(question.sample, technique);
	return { question, task, tools, turns: [...question.turns], rounds: [], answers: [], message: 0, isLast: false };
}

function rowOf(one: Open, { technique, parameters, runSeed }: ToolAsking): MeasureRow {
	const isFirst = !one.rounds.some(({ message }) => message === one.message);
	const choice = one.isLast ? 'none' : isFirst ? technique.choice : 'auto';
	return {
		prompt: { turns: one.turns, tools: { tools: [...one.tools], choice, parallel: technique.parallel } },
		sampling: parameters,
		seed: seedOf(runSeed, one.question.sample.key, one.question.epoch, one.rounds.length),
	};
}

/** Takes what a model wrote in one round. Resolves to whether there is another one. */
async function take(
	one: Open,
	row: MeasuredRow,
	{ facts }: Session,
	{ technique }: ToolAsking,
	control: ToolControl,
): Promise<boolean> {
	const { question, task, rounds } = one;
	const end = async (failure: FailureFacts | null = null): Promise<false> => {
		const outcome = failure === null ? await outcomeOf(one, technique, control) : failedOutcome(failure);
		control.onOutcome(question.index, outcome);
		return false;
	};
	if ('failure' in row) {
		// What came before a prompt that grew too long is an answer.
		return end(row.failure.code === 'prompt-too-long' && rounds.length > 0 ? null : row.failure);
	}
	one.answers.push(row);
	const { text, calls, malformed } = readRound(one, row);
	const round = {
		message: one.message,
		text,
		...(malformed === null ? {} : { malformed }),
		promptTokens: row.promptTokens,
		completionTokens: row.completionTokens,
	};
	const mayCall = calls.length > 0 && !one.isLast;
	const results =
		mayCall && canRun(task, technique) ? await runCalls(one, calls, row, facts.contextSize, technique, control) : null;
	rounds.push({
		...round,
		calls: calls.map(({ name, arguments: given }, index) => ({
			name,
			arguments: given,
			result: results?.[index]?.result ?? null,
			isError: results?.[index]?.isError ?? false,
		})),
	});
	one.turns.push({
		role: 'assistant',
		content: splitReasoning(text).content,
		...(calls.length === 0 ? {} : { toolCalls: [...calls] }),
	});
	for (const [index, call] of calls.entries()) {
		const content = results?.[index]?.result ?? 'Not run.';
		one.turns.push({ role: 'tool', content, toolCallId: call.id, name: call.name });
	}
	if (results !== null) return true;
	const next = task.followUps[one.message];
	if (next === undefined) return end();
	one.turns.push({ role: 'user', content: next });
	one.message += 1;
	one.isLast = false;
	return true;
}

interface ReadRound {
	readonly text: string;
	readonly calls: readonly ToolCall[];
	readonly malformed: string | null;
}

/** The parser of a chat. Calls get the same ids in every run, because templates write them into the next prompt. */
function readRound({ tools, rounds }: Open, { text, calls }: MeasuredAnswer): ReadRound {
	if (calls === undefined) return { text, calls: [], malformed: null };
	let count = 0;
	const taken = new Set<string>();
	const newId = (): string => {
		count += 1;
		return `call_${rounds.length + 1}_${count}`;
	};
	const reader = createRoundReader(calls.format, { tools: [...tools] }, calls.insideReasoning, newId);
	const words = reader.push(text) + reader.end();
	const unique = reader.calls.map((call) => {
		const id = taken.has(call.id) ? newId() : call.id;
		taken.add(id);
		return { ...call, id };
	});
	return { text: words, calls: unique, malformed: reader.malformed };
}

async function runCalls(
	one: Open,
	calls: readonly ToolCall[],
	row: MeasuredAnswer,
	contextSize: number,
	technique: ToolTechnique,
	{ signal, scoring }: ToolControl,
): Promise<readonly CallResult[]> {
	const own = one.rounds.filter(({ message }) => message === one.message);
	const room = roomForResults(contextSize, row);
	const refusal = limitReached(
		{ rounds: technique.rounds, tokens: technique.tokens, minutes: 1 },
		{
			rounds: own.length,
			tokens: own.reduce((sum, { completionTokens }) => sum + completionTokens, row.completionTokens),
			minutes: 0,
			hasRoom: room > leastRoom.answer + leastRoom.call * calls.length,
		},
	);
	one.isLast = refusal !== null;
	if (refusal !== null) return calls.map(() => ({ result: refusal, isError: true }));
	const sources = {
		recordings: [...one.task.recordings, ...technique.recordings],
		technique,
		tools: one.tools,
		runScript: scoring.run,
		signal,
	};
	const each = Math.floor(room / calls.length);
	return Promise.all(
		calls.map(async (call, position) => {
			if (position >= mostCalls) return { result: `Only ${mostCalls} calls run at once. Call again.`, isError: true };
			const { result, isError } = await resultOf(call, sources);
			return { result: shortened(result, each), isError };
		}),
	);
}

async function outcomeOf(one: Open, technique: ToolTechnique, { scoring }: ToolControl): Promise<UnitOutcome> {
	const { rounds, answers } = one;
	const last = rounds.at(-1);
	const words = splitReasoning(last?.text ?? '').content.trim();
	const calls = (last?.calls ?? []).map(({ name, arguments: given }) => `${name}(${given})`);
	const { output, answer } = await scoring.read(technique, [
		[words, ...calls].filter((part) => part !== '').join('\n'),
	]);
	const offered = techniqueTools(technique);
	const sum = (of: (row: MeasuredAnswer) => number): number => answers.reduce((all, row) => all + of(row), 0);
	return {
		failure: null,
		output,
		answer,
		detail: { rounds, ...(offered.length === 0 ? {} : { offered }) },
		tokenIds: Int32Array.from(answers.flatMap(({ tokenIds }, index) => (index === 0 ? tokenIds : [-1, ...tokenIds]))),
		promptTokens: sum(({ promptTokens }) => promptTokens),
		cachedTokens: sum(({ cachedTokens }) => cachedTokens),
		completionTokens: sum(({ completionTokens }) => completionTokens),
		stopReason: answers.at(-1)?.stopReason ?? null,
		// The rounds of an answer follow one another.
		ms: sum(({ ms }) => ms),
		pieces: [],
	};
}
