import { Worker } from 'node:worker_threads';
import { Failure } from '../../../models/contract/failure.ts';
import { said, type Words } from '../../../models/contract/said.ts';
import type { ConfigFile } from '../../contract/evaluation/config-file.ts';
import type { Score } from '../../contract/evaluation/scorer.ts';
import type { Technique } from '../../contract/evaluation/technique.ts';
import { createParserPool } from '../../parsing/parser-pool.ts';
import { type ParserLimits, ParserStopped } from '../../parsing/parser-stopped.ts';
import { type Reading, readingWithoutAnswer } from '../../prompt/reading.ts';
import { type ScoreInput, tookTooLong, unscored } from './score-outcome.ts';
import {
	type ConfigTask,
	defaultScoringEntry,
	type PlainScorer,
	type ProgramOutcome,
	type SandboxLimits,
	type ScoringAnswer,
	type ScoringMessage,
	type ScoringTask,
} from './scoring-worker-protocol.ts';

/** The worker that scores, with a time limit for each piece of work; starts on first use. */
export interface ScoringWorker {
	/** Never rejects for a fault of the scorer or the output: then the row is unscored. */
	score(scorer: PlainScorer, input: ScoreInput): Promise<Score>;
	/** Rejects with Failure `pattern-invalid`, `schema-invalid`, `script-invalid`, `template-invalid`, `scorer-too-slow`. */
	check(scorer: PlainScorer): Promise<void>;
	/** Runs a program in the sandbox. Never rejects: whatever it does is its outcome. */
	run(code: string, limits: SandboxLimits): Promise<ProgramOutcome>;
	/** Returns no answer if extraction takes too long. Rejects with Failure `pattern-invalid`. */
	read(technique: Technique, texts: readonly string[], choices?: readonly string[] | null): Promise<Reading>;
	/**
	 * Reads a config file as `parseConfig` does, in a parser process. Rejects with Failure `config-invalid`,
	 * `config-unreadable`, `parser-died`.
	 */
	readConfig(text: string, name: string): Promise<ConfigFile>;
	/** Ends the worker; pending work is unscored. */
	close(): Promise<void>;
}

/**
 * Time limit of one piece of work, ms; then the worker is ended and a new one takes the next piece. Far more than any
 * output needs, even next to a model that uses all cores: a row's score must not depend on that.
 */
const defaultLimitMs = 60_000;
/** For the worker to start, next to a model that uses all cores, ms. */
const startMs = 60_000;

/**
 * How long a script may take by the clock, ms. Its own limit counts processor time, of which it may get little, and
 * applies first; this one is for built-in functions of the interpreter, which nothing inside can interrupt.
 */
const longestScript = (timeMs: number): number => 4 * timeMs + 2_000;

type Ending =
	| { readonly kind: 'ended'; readonly why: Words }
	| { readonly kind: 'script-too-slow'; readonly timeMs: number };
/** Memory of the worker, MB: far more than any output needs. */
const memoryMb = 512;

/** Longest output that is scored, characters: more than any context holds. */
const longestOutput = 4_000_000;

interface Waiting {
	readonly task: ScoringTask;
	settle(answer: ScoringAnswer | Ending): void;
}

/** A config file has 1 MB at most; parsed, it takes seventy times as much. */
const configLimits: ParserLimits = { memoryMb: 384, silenceMs: 30_000, outputBytes: 16 * 1024 * 1024 };

/** `limitMs` is for tests; `nodeBinary` runs parser processes, by default the one that runs this process. */
export function createScoringWorker(
	entry: URL = defaultScoringEntry,
	limitMs = defaultLimitMs,
	nodeBinary?: string,
): ScoringWorker {
	const parsers = createParserPool({ entry, nodeBinary }, configLimits);
	const queue: Waiting[] = [];
	let worker: Worker | null = null;
	let current: Waiting | null = null;
	let timer: NodeJS.Timeout | undefined;
	let closed = false;

	function start(): Worker {
		const started = new Worker(entry, {
			resourceLimits: { maxOldGenerationSizeMb: memoryMb },
		});
		started.unref();
		started.on('message', (message: ScoringMessage) => {
			if (message.kind !== 'script-starts') finish(started, message);
			else if (started === worker) limitScript(started);
		});
		started.on('error', (error: NodeJS.ErrnoException) => {
			const memory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
			finish(started, {
				kind: 'ended',
				why: memory ? said`it needed too much memory` : said`it failed: ${error.message}`,
			});
		});
		started.on('exit', (code) => finish(started, { kind: 'ended', why: said`its thread ended with code ${code}` }));
		return started;
	}
	function finish(from: Worker, answer: ScoringAnswer | Ending): void {
		if (from !== worker) return;
		clearTimeout(timer);
		if (answer.kind === 'ended' || answer.kind === 'script-too-slow') worker = null;
		const done = current;
		current = null;
		from.unref();
		done?.settle(answer);
		next();
	}
	function next(): void {
		if (current !== null || closed) return;
		current = queue.shift() ?? null;
		if (current === null) return;
		const fresh = worker === null;
		worker ??= start();
		const running = worker;
		// Keep the program alive while work is pending.
		running.ref();
		endAfter(running, limitMs + (fresh ? startMs : 0), {
			kind: 'ended',
			why: said`it took longer than ${Math.round(limitMs / 1000)} s`,
		});
		running.postMessage(current.task);
	}
	function endAfter(running: Worker, limit: number, ending: Ending): void {
		clearTimeout(timer);
		timer = setTimeout(() => {
			void running.terminate();
			finish(running, ending);
		}, limit);
	}
	function limitScript(running: Worker): void {
		if (current === null) return;
		const { task } = current;
		const javascript = 'scorer' in task && task.scorer.kind === 'javascript' ? task.scorer : null;
		const timeMs = task.kind === 'run' ? task.limits.timeMs : javascript?.timeMs;
		if (timeMs === undefined) return;
		endAfter(running, longestScript(timeMs), { kind: 'script-too-slow', timeMs });
	}
	function ask(task: ScoringTask): Promise<ScoringAnswer | Ending> {
		return new Promise((resolve) => {
			if (closed) return resolve({ kind: 'ended', why: said`scoring was ended` });
			queue.push({ task, settle: resolve });
			next();
		});
	}

	return {
		async score(scorer, input) {
			if (input.output.length > longestOutput) {
				return unscored(`The output is longer than ${longestOutput.toLocaleString('en')} characters.`);
			}
			const answer = await ask({ kind: 'score', scorer, input });
			if (answer.kind === 'score') return answer.score;
			if (answer.kind === 'ended') return unscored(`The scorer was stopped: ${answer.why}.`);
			if (answer.kind === 'script-too-slow') return unscored(tookTooLong(answer.timeMs));
			if (answer.kind === 'failed') return unscored(answer.failure.message);
			throw new Error(`scoring answered with ${answer.kind}`);
		},
		async check(scorer) {
			const answer = await ask({ kind: 'check', scorer });
			if (answer.kind === 'failed') throw new Failure(answer.failure);
			if (answer.kind === 'ended') throw tooSlow(answer.why);
			if (answer.kind === 'script-too-slow') throw tooSlow(said`it took longer than ${answer.timeMs} ms`);
		},
		async run(code, limits) {
			const answer = await ask({ kind: 'run', code, limits });
			if (answer.kind === 'run') return answer.outcome;
			if (answer.kind === 'ended') return { problem: `It was stopped: ${String(answer.why)}.` };
			if (answer.kind === 'script-too-slow') return { problem: tookTooLong(answer.timeMs) };
			if (answer.kind === 'failed') return { problem: answer.failure.message };
			throw new Error(`the sandbox answered with ${answer.kind}`);
		},
		async read(technique, texts, choices = null) {
			if (texts.some((text) => text.length > longestOutput)) return readingWithoutAnswer(texts);
			const answer = await ask({ kind: 'read', technique, texts, choices });
			if (answer.kind === 'failed') throw new Failure(answer.failure);
			return answer.kind === 'read' ? answer.reading : readingWithoutAnswer(texts);
		},
		async readConfig(text, name) {
			try {
				// The contract checks it once more when it is resolved.
				return (await parsers.run({ text, name } satisfies ConfigTask)) as ConfigFile;
			} catch (error) {
				if (!(error instanceof ParserStopped)) throw error;
				const next = [said`Make it simpler`, said`Move samples to their own file, and name it under dataset`];
				if (error.reason === 'died')
					throw error.failure({ what: said`the file ${name}`, subject: said`The file ${name}` }, next);
				throw new Failure(
					{ code: 'config-unreadable', message: said`${name} can’t be read: it ${error.why}.`, next },
					{ cause: error },
				);
			}
		},
		async close() {
			closed = true;
			clearTimeout(timer);
			const ending = worker;
			worker = null;
			for (const waiting of [...(current === null ? [] : [current]), ...queue.splice(0)]) {
				waiting.settle({ kind: 'ended', why: said`scoring was ended` });
			}
			current = null;
			await Promise.all([ending?.terminate(), parsers.close()]);
		},
	};
}

function tooSlow(why: Words): Failure {
	return new Failure({
		code: 'scorer-too-slow',
		message: said`The scorer could not be tried: ${why}.`,
		next: [said`Make it simpler`],
	});
}
