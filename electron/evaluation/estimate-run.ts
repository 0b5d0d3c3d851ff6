import { amount, figure, list, type Said, said, sentences, spoken } from '../../models/contract/said.ts';
import { reservedAnswerTokens } from '../../models/prompt/context-overflow.ts';
import { wholeCollectionTokens } from '../context/retrieval/collection-content.ts';
import { getLiveCollection } from '../context/retrieval/store.ts';
import type { Sample } from '../contract/dataset/schema.ts';
import type { Estimate } from '../contract/evaluation/schema.ts';
import type { Technique } from '../contract/evaluation/technique.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import { createBuilder } from '../prompt/build-request.ts';
import { formatDuration } from '../text/duration-words.ts';
import type { EvaluationContext } from './context.ts';
import type { PlannedArm } from './plan-arms.ts';
import type { RunOutline } from './plan-run.ts';
import type { SubjectArm } from './run-subject.ts';
import { type ModelSpeed, readModelSpeed } from './store/shards.ts';
import { canRun, toolsOf } from './tools/call-results.ts';

/** Average characters per token of running English text in the vocabularies of small models. */
const charactersPerToken = 4;
/** Tokens that a chat template adds to a prompt. */
const templateTokens = 20;
/** Passages that a prompt gets where no number is set. */
const usualPassages = 8;
/** Time of a prompt token as a share of the time of a generated one, if only their sum is known. */
const promptShare = 0.15;

interface Asked {
	readonly calls: number;
	readonly promptTokens: number;
	readonly completionTokens: number;
	readonly mostCompletionTokens: number;
}

/** Mean tokens and calls per sample over the trial samples. */
function askedOf(
	{ build, parameters, technique }: Pick<SubjectArm['asking'], 'build' | 'parameters' | 'technique'>,
	trial: readonly Sample[],
	speed: ModelSpeed,
): Asked {
	let [asked, calls, characters, answers] = [0, 0, 0, 0];
	for (const sample of trial) {
		try {
			const request = build(sample);
			asked += 1;
			if (request.kind === 'generate') {
				const length = request.turns.reduce((sum, { content }) => sum + content.length, 0);
				const { rounds, offered } = roundsOf(technique, sample);
				calls += request.votes * rounds;
				answers += request.votes * rounds;
				characters += (length + offered) * request.votes * rounds;
			} else {
				for (const { context, continuations } of request.items) {
					calls += continuations.length;
					characters += context.length + continuations.join('').length;
				}
			}
		} catch {
			// A sample that can't be asked takes no time.
		}
	}
	if (asked === 0) return { calls: 0, promptTokens: 0, completionTokens: 0, mostCompletionTokens: 0 };
	const each = answers / asked;
	const seen = speed.rows > 0 && each > 0 ? speed.completionTokens / speed.rows : null;
	return {
		calls: calls / asked,
		promptTokens: characters / asked / charactersPerToken + templateTokens * each,
		completionTokens: each * Math.min(parameters.maxTokens, seen ?? parameters.maxTokens),
		mostCompletionTokens: each * parameters.maxTokens,
	};
}

/** Rounds that an answer is expected to take, and the characters of the tools in each prompt. */
function roundsOf(technique: Technique, sample: Sample): { readonly rounds: number; readonly offered: number } {
	if (technique.kind !== 'tools') return { rounds: 1, offered: 0 };
	const { task, tools } = toolsOf(sample, technique);
	// With results, a round of calls is followed by the answer.
	const each = canRun(task, technique) ? 2 : 1;
	return { rounds: each * (1 + task.followUps.length), offered: JSON.stringify(tools).length };
}

/** Tokens of documents in each prompt of an arm; `read`: those that are read again for each, not found in the cache. */
interface DocumentTokens {
	readonly each: number;
	readonly read: number;
}

function documentTokens(
	{ database }: Pick<EvaluationContext, 'database'>,
	{ stored, manifest }: PlannedArm,
	rows: number,
): DocumentTokens {
	const { documents } = stored.context;
	if (documents === undefined) return { each: 0, read: 0 };
	const { settings } = getLiveCollection(database, documents.collectionId);
	const whole = wholeCollectionTokens(database, documents.collectionId);
	const passages = Math.min(manifest.contextSize / 4, (documents.k ?? usualPassages) * settings.chunkTokens, whole);
	const isWhole = documents.mode === 'whole' || (documents.mode === 'auto' && whole < manifest.contextSize / 2);
	// The same documents stand before each question, so only the first prompt is read as a whole.
	return isWhole ? { each: whole, read: whole / Math.max(1, rows) } : { each: passages, read: passages };
}

/** Prompts of conversations whose oldest messages go: none is longer than the context leaves room for. */
function cutToContext(asked: Asked, contextSize: number): Asked {
	const most = asked.calls * (contextSize - reservedAnswerTokens(contextSize));
	return { ...asked, promptTokens: Math.min(asked.promptTokens, most) };
}

/** Combines prompt and completion tokens into one number of completion tokens. */
function weightOf(promptTokens: number, completionTokens: number): number {
	return promptTokens * promptShare + completionTokens;
}

/** Seconds per completion token in earlier runs or, without runs, in chats; null: unknown. */
function secondsAToken(speed: ModelSpeed, model: ModelFile): number | null {
	const before = weightOf(speed.promptTokens, speed.completionTokens);
	if (before > 0) return speed.ms / before / 1000;
	return model.tokensPerSecond === null || model.tokensPerSecond === 0 ? null : 1 / model.tokensPerSecond;
}

/** The expected time of one answer before any was measured. */
export interface ExpectedRow {
	readonly ms: number;
	/** learned: from earlier runs or chats with the model; guessed: from the size of its file. */
	readonly basis: 'learned' | 'guessed';
}

/** Bytes of weights that an ordinary computer reads per second while it generates. */
const guessedBytesPerSecond = 6e9;

/** Expects the time of one answer of an arm, from some samples and what is known of the model. */
export function expectRow(
	{ database }: Pick<EvaluationContext, 'database'>,
	{ asking, model }: Pick<SubjectArm, 'asking' | 'model'>,
	trial: readonly Sample[],
): ExpectedRow {
	const speed = readModelSpeed(database, model.id);
	const { promptTokens, completionTokens } = askedOf(asking, trial, speed);
	const each = secondsAToken(speed, model);
	const seconds = each ?? model.sizeBytes / guessedBytesPerSecond;
	return {
		ms: 1000 * seconds * weightOf(promptTokens, completionTokens),
		basis: each === null ? 'guessed' : 'learned',
	};
}

/** Estimates a run from some of its samples and from earlier runs, or chats, with the same models. */
export function estimateRun(context: Pick<EvaluationContext, 'database' | 'library'>, outline: RunOutline): Estimate {
	const { database, library } = context;
	const rows = outline.samples.length * outline.config.epochs;
	const sum = { calls: 0, promptTokens: 0, completionTokens: 0, mostCompletionTokens: 0 };
	let seconds: number | null = 0;
	let mostSeconds: number | null = 0;
	let basis: Estimate['basis'] = 'runs';
	const paces = new Map<number, ModelSpeed>();
	for (const arm of outline.arms) {
		const { modelFileId } = arm.stored;
		const speed = paces.get(modelFileId) ?? readModelSpeed(database, modelFileId);
		paces.set(modelFileId, speed);
		const { technique, parameters } = arm.stored;
		const build = createBuilder({ version: arm.prompt, technique, examples: arm.examples });
		const asked = askedOf({ build, parameters, technique }, outline.trial, speed);
		const own = arm.stored.context.overflow === undefined ? asked : cutToContext(asked, arm.manifest.contextSize);
		const documents = documentTokens(context, arm, rows);
		const one = { ...own, promptTokens: own.promptTokens + own.calls * documents.each };
		const read = own.promptTokens + own.calls * documents.read;
		sum.calls += one.calls * rows;
		sum.promptTokens += one.promptTokens * rows;
		sum.completionTokens += one.completionTokens * rows;
		sum.mostCompletionTokens += one.mostCompletionTokens * rows;
		const each = secondsAToken(speed, library.modelFile(modelFileId));
		if (speed.rows === 0) basis = 'chats';
		const add = (total: number | null, tokens: number): number | null =>
			total === null || each === null ? null : total + each * tokens * rows;
		seconds = add(seconds, weightOf(read, one.completionTokens));
		mostSeconds = add(mostSeconds, weightOf(read, one.mostCompletionTokens));
	}
	const whole = {
		samples: outline.samples.length,
		arms: outline.arms.length,
		calls: Math.round(sum.calls),
		promptTokens: Math.round(sum.promptTokens),
		completionTokens: Math.round(sum.completionTokens),
		mostCompletionTokens: Math.round(sum.mostCompletionTokens),
		seconds,
		mostSeconds,
		basis: seconds === null ? ('none' as const) : basis,
	};
	return { ...spoken({ ...whole, words: inWords(whole) }), warnings: [...outline.problems] };
}

function inWords({
	samples,
	arms,
	calls,
	promptTokens,
	completionTokens,
	seconds,
}: Omit<Estimate, 'words' | 'warnings' | 'said'>): Said {
	const each = said`${amount(samples, 'sample')}`;
	const tokens = Number((promptTokens + completionTokens).toPrecision(2));
	const parts = [
		arms === 1 ? each : said`${each} × ${arms} combinations`,
		said`${amount(calls, 'call')}`,
		said`about ${figure(tokens)} tokens`,
	];
	if (seconds !== null) parts.push(said`about ${formatDuration(seconds)}`);
	return sentences(list(parts, 'comma'));
}
