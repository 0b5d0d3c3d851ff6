import { availableParallelism } from 'node:os';
import type { Turn } from '../../models/contract/generation.ts';
import type { LoraAdapter } from '../../models/contract/load.ts';
import type { LikelihoodItem } from '../../models/contract/native/tasks.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import type { ScoreChoicesInput, ScoredChoices } from '../contract/server/score-choices.ts';
import type { Session } from '../evaluation/context.ts';
import { usualContextOf } from '../evaluation/plan-arms.ts';
import { gpuOptions } from '../library/gpu-settings.ts';
import { requireMeasurable } from '../library/measuring-obstacle.ts';
import { applyRecipe } from './apply-recipe.ts';
import { chooseServed, servedAdapters } from './choose-served-model.ts';
import type { ServerContext } from './context.ts';

/** How long a process with a model waits for the next question, ms. */
const idleMs = 60_000;

export interface ChoiceScorer {
	/** Throws what `chooseServed` throws, and the Failures of a model that can't be loaded or measured with. */
	score(input: ScoreChoicesInput, signal?: AbortSignal): Promise<ScoredChoices>;
	close(): Promise<void>;
}

/** Scores choices one question after another, in a process that keeps the model of the last one for a minute. */
export function createChoiceScorer(context: Omit<ServerContext, 'record'>): ChoiceScorer {
	let held: { readonly key: string; readonly session: Session } | null = null;
	let idle: NodeJS.Timeout | undefined;
	let turn: Promise<unknown> = Promise.resolve();

	async function release(): Promise<void> {
		clearTimeout(idle);
		const ending = held;
		held = null;
		await ending?.session.close();
	}

	async function sessionOf(
		model: ModelFile,
		adapters: LoraAdapter[] | undefined,
		signal: AbortSignal | undefined,
	): Promise<Session> {
		const { library, openSession } = context;
		requireMeasurable(library, [model.id]);
		const chatTemplate = library.chatTemplate(model.id);
		const options = {
			model: model.path,
			contextSize: usualContextOf(model),
			width: 1,
			threads: availableParallelism(),
			...gpuOptions(library.options(model.id)),
			...(chatTemplate === null ? {} : { chatTemplate }),
			...(adapters === undefined ? {} : { adapters }),
		};
		const key = JSON.stringify(options);
		if (held?.key === key) return held.session;
		await release();
		const session = await openSession({ ...options, ...(signal === undefined ? {} : { signal }) });
		held = { key, session };
		return session;
	}

	async function score(input: ScoreChoicesInput, signal: AbortSignal | undefined): Promise<ScoredChoices> {
		signal?.throwIfAborted();
		const { model, recipe } = chooseServed(context, input.model);
		const adapters = servedAdapters(context, input.model, model) ?? context.library.options(model.id).adapters;
		const system: Turn[] = input.systemPrompt === '' ? [] : [{ role: 'system', content: input.systemPrompt }];
		const question: Turn = { role: 'user', content: input.question };
		const item: LikelihoodItem = input.raw
			? { context: input.question, continuations: input.choices, addBos: 'auto' }
			: { context: { turns: applyRecipe(recipe, [...system, question]) as Turn[] }, continuations: input.choices };
		const end = context.beginAnswer();
		clearTimeout(idle);
		try {
			const session = await sessionOf(model, adapters, signal);
			const [measured] = await session.likelihood([item], signal === undefined ? {} : { signal });
			if (measured === undefined) throw new Error('the measuring process scored nothing');
			return scored(`${model.name} ${model.quantization}`.trim(), input.choices, measured);
		} catch (error) {
			// Whatever failed, the next question starts afresh.
			await release();
			throw error;
		} finally {
			end();
			idle = setTimeout(() => void release(), idleMs).unref();
		}
	}

	return {
		score(input, signal) {
			const mine = turn.then(() => score(input, signal));
			turn = mine.catch(() => {});
			return mine;
		},
		async close() {
			await release();
			await turn;
			await release();
		},
	};
}

function scored(
	modelName: string,
	choices: readonly string[],
	{ logLikelihoods, tokens }: { readonly logLikelihoods: readonly number[]; readonly tokens: readonly number[] },
): ScoredChoices {
	const most = Math.max(...logLikelihoods);
	const sum = logLikelihoods.reduce((total, value) => total + Math.exp(value - most), 0);
	const rows = choices.map((text, index) => {
		const logLikelihood = logLikelihoods[index] ?? Number.NEGATIVE_INFINITY;
		return {
			text,
			logLikelihood,
			tokens: tokens[index] ?? 0,
			probability: Math.exp(logLikelihood - most) / sum,
			perByte: logLikelihood / Buffer.byteLength(text),
		};
	});
	const indexOfMost = (of: (row: (typeof rows)[number]) => number): number =>
		rows.reduce((best, row, index) => (of(row) > of(rows[best] ?? row) ? index : best), 0);
	return {
		modelName,
		choices: rows,
		best: indexOfMost(({ logLikelihood }) => logLikelihood),
		bestPerByte: indexOfMost(({ perByte }) => perByte),
	};
}
