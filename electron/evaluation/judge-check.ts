import { availableParallelism } from 'node:os';
import { createAsyncQueue } from '../../models/async-queue.ts';
import { greedySampling } from '../../models/contract/default-sampling.ts';
import { Failure } from '../../models/contract/failure.ts';
import { said, spoken } from '../../models/contract/said.ts';
import type { JudgeAgreement, JudgeCheckInput, JudgeCheckUpdate } from '../contract/evaluation/schema.ts';
import type { Reader } from '../database/reader.ts';
import { listFeedback } from '../feedback/report.ts';
import { holdForChat } from '../jobs/hold-for-chat.ts';
import { waitForChatIdle } from '../jobs/yield-to-chat.ts';
import { requireMeasurable } from '../library/measuring-obstacle.ts';
import type { EvaluationContext, Session } from './context.ts';
import { agreementWords, isGood, type JudgedByBoth, judgeAgreement } from './judge-agreement.ts';
import { usualContextOf } from './plan-arms.ts';
import { type AskJudge, type Judge, judgeTokens, scoreByJudge } from './scorers/judge.ts';

export interface JudgeCheckContext
	extends Pick<EvaluationContext, 'database' | 'library' | 'lane' | 'openSession' | 'answering' | 'events'> {
	readonly reader: Reader;
}

/** Fewer ratings of either kind allow no conclusion. */
const leastOfEach = 2;
/** Longest part of a prompt or an answer that is shown to a judge, characters. */
const longest = 20_000;
/** Questions asked together. */
const width = 4;

interface RatedAnswer {
	readonly person: 'up' | 'down';
	readonly prompt: string;
	readonly answer: string;
}

/**
 * Lets a judge score rated answers; the last update is the agreement. Rejects before the first update with Failure
 * `too-few-ratings` and the Failure of a model that can't be loaded; leaving the stream or `signal` stops it.
 */
export async function checkJudge(
	context: JudgeCheckContext,
	input: JudgeCheckInput,
	signal?: AbortSignal,
): Promise<AsyncGenerator<JudgeCheckUpdate>> {
	const answers = await ratedAnswers(context, input.limit, signal);
	const model = context.library.modelFile(input.modelFileId);
	if (model.problem !== null) throw new Failure(model.problem);
	requireMeasurable(context.library, [model.id]);
	const left = new AbortController();
	const stop = signal === undefined ? left.signal : AbortSignal.any([signal, left.signal]);
	const queue = createAsyncQueue<JudgeCheckUpdate>();
	const updates = queue.read(signal, () => left.abort());
	queue.push({ type: 'progress', done: 0, total: answers.length, secondsLeft: null });
	let failure: unknown = null;
	void context
		.lane(async () => {
			stop.throwIfAborted();
			const chatTemplate = context.library.chatTemplate(model.id);
			const session = await context.openSession({
				model: model.path,
				contextSize: usualContextOf(model),
				width,
				independent: true,
				threads: availableParallelism(),
				...(chatTemplate === null ? {} : { chatTemplate }),
				signal: stop,
			});
			const chatHold = holdForChat(context, session, { needsAllMemory: false, onHold: () => {} });
			try {
				const rows = await judgeAll(context, { input, answers, session, signal: stop }, (update) => queue.push(update));
				queue.push({ type: 'done', agreement: agreementOf(rows) });
			} finally {
				chatHold.end();
				await session.close();
			}
		}, said`a judge check`)
		.catch((error: unknown) => {
			failure = error instanceof Error && error.cause instanceof Failure ? error.cause : error;
		})
		.finally(() => queue.end());
	async function* read(): AsyncGenerator<JudgeCheckUpdate> {
		yield* updates;
		// A caller that left the stream does not get here.
		if (failure !== null && signal?.aborted !== true) throw failure;
	}
	return read();
}

async function ratedAnswers(
	{ database, reader }: Pick<JudgeCheckContext, 'database' | 'reader'>,
	limit: number,
	signal: AbortSignal | undefined,
): Promise<RatedAnswer[]> {
	const page = { limit: Math.ceil(limit / 2), characters: longest };
	const of = async (person: 'up' | 'down'): Promise<RatedAnswer[]> => {
		const items = await listFeedback(database, reader, { rating: person }, page, signal);
		return items.map(({ prompt, answer }) => ({ person, prompt, answer }));
	};
	const up = await of('up');
	const down = await of('down');
	if (Math.min(up.length, down.length) >= leastOfEach) return [...up, ...down];
	throw new Failure({
		code: 'too-few-ratings',
		message: said`You gave ${up.length} thumbs up and ${down.length} thumbs down; at least ${leastOfEach} of each are needed to see whether a judge agrees with you.`,
		next: [said`Rate more chat answers: 20 of each is a good start`],
	});
}

interface Work {
	readonly input: JudgeCheckInput;
	readonly answers: readonly RatedAnswer[];
	readonly session: Session;
	readonly signal: AbortSignal;
}

async function judgeAll(
	context: JudgeCheckContext,
	{ input, answers, session, signal }: Work,
	tell: (update: JudgeCheckUpdate) => void,
): Promise<readonly JudgedByBoth[]> {
	const { limit: _, ...judging } = input;
	const judge: Judge = { kind: 'judge', showTarget: false, ...judging };
	const rows: JudgedByBoth[] = [];
	const started = performance.now();
	for (let at = 0; at < answers.length; at += width) {
		await waitForChatIdle(context, signal);
		const some = answers.slice(at, at + width);
		const ask = askTogether(session, judge, some.length, signal);
		const scores = await Promise.all(
			some.map(({ prompt, answer }) => {
				const sample = { input: prompt, target: null, choices: null, variables: {}, metadata: {} };
				return scoreByJudge(judge, { sample, output: answer, answer, detail: {} }, ask);
			}),
		);
		rows.push(...some.map(({ person }, index) => ({ person, judge: scores[index]?.value ?? null })));
		const secondsEach = (performance.now() - started) / 1000 / rows.length;
		const secondsLeft = secondsEach * (answers.length - rows.length);
		tell({ type: 'progress', done: rows.length, total: answers.length, secondsLeft });
	}
	return rows;
}

/** Answers `count` questions in one batch, once all of them have been asked. */
function askTogether(session: Session, judge: Judge, count: number, signal: AbortSignal): AskJudge {
	const sampling = { ...greedySampling, maxTokens: judgeTokens(judge) };
	const asked: Parameters<Session['generate']>[0][number][] = [];
	let begin = (): void => {};
	const all = new Promise<void>((resolve) => {
		begin = resolve;
	});
	const answers = all
		.then(() => session.generate(asked, { signal }))
		.catch((error: unknown) => {
			// The death of a process is not the failure of one answer, which would only be left out.
			throw new Error('the judge is gone', { cause: error });
		});
	answers.catch(() => {});
	return async (turns, grammar) => {
		const index = asked.push({ prompt: { turns: [...turns] }, sampling, seed: 0, grammar }) - 1;
		if (asked.length === count) begin();
		const row = (await answers)[index];
		if (row === undefined || 'failure' in row) {
			throw new Failure(
				row?.failure ??
					spoken({ code: 'no-answer', message: said`The judge gave no answer.`, next: [said`Try again`] }),
			);
		}
		return row.text;
	};
}

function agreementOf(rows: readonly JudgedByBoth[]): JudgeAgreement {
	const marked = rows.filter(({ judge }) => judge !== null);
	const { n, observed, expected, kappa, low, high } = judgeAgreement(marked);
	const facts = {
		n,
		unscored: rows.length - n,
		observed,
		expected,
		kappa,
		low,
		high,
		up: marked.filter(({ person }) => person === 'up').length,
		down: marked.filter(({ person }) => person === 'down').length,
		good: marked.filter(({ judge }) => judge !== null && isGood(judge)).length,
	};
	return spoken({ ...facts, words: agreementWords(facts) });
}
