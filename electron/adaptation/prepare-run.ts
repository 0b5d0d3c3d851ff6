import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Failure } from '../../models/contract/failure.ts';
import type { TrainingLine, TrainingPlan, TrainingSettings } from '../../models/contract/native/training-run.ts';
import { amount, said, spoken } from '../../models/contract/said.ts';
import type { TrainingCheck, TrainingConfig } from '../contract/adaptation/schema.ts';
import type { Dataset } from '../contract/dataset/schema.ts';
import { personalKindSchema } from '../contract/dataset/schema.ts';
import type { Warning } from '../contract/evaluation/schema.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import { NearDuplicates } from '../dataset/check/near-duplicates.ts';
import { findPersonalData } from '../dataset/check/personal-data.ts';
import { beginningOf } from '../dataset/check/shingles.ts';
import { readSamples } from '../dataset/read-version.ts';
import { availableBytes } from '../library/memory.ts';
import { questionText } from '../prompt/same-question.ts';
import type { AdaptationContext } from './context.ts';
import { type DividedSamples, divideSamples, nearThreshold, refuseTestSplit } from './divide-samples.ts';
import { type GatheredSample, gatherApart, gatherSamples, inSlices, isText } from './gather-samples.ts';
import { earlierSpeeds } from './store.ts';
import { TextLeaks } from './text-leaks.ts';

/** What a run would train on, and what is known about it. */
export interface PreparedRun {
	readonly divided: DividedSamples;
	/** JSONL of training and validation samples. */
	readonly text: string;
	/** Of `text`, hex. */
	readonly sha256: string;
	readonly check: TrainingCheck;
}

/** Codes of warnings that settings were not taken as they were asked for. */
export const settingsWarnings: ReadonlySet<string> = new Set(['context-shorter', 'made-smaller', 'teacher-words-only']);

/** Keys of samples named in a report. */
const keysShown = 20;

/** Samples of other datasets that are searched for training samples. */
const mostSearched = 30_000;

/** Fewer steps are warned of: the learning rate has hardly risen when they end. */
const leastSteps = 8;

/** Part of the free memory that training may take. */
const memoryShare = 0.85;

/** The number of threads that a config asks for. */
export function threadsOf({ threads }: Pick<TrainingConfig, 'threads'>): number {
	return threads === 0 ? availableParallelism() : threads;
}

/**
 * Gathers and divides the samples of a config, and checks them. Trains nothing and changes nothing. Throws the Failures
 * of models, datasets and files that are not there, and the signal's reason.
 */
export async function prepareRun(
	context: AdaptationContext,
	config: TrainingConfig,
	signal?: AbortSignal,
): Promise<PreparedRun> {
	refuseTestSplit(config);
	const model = context.library.modelFile(config.modelFileId);
	const all = await gatherSamples(context, config, signal);
	const usable = all.filter((sample) => isUsable(sample, config.objective));
	const pause = async (): Promise<void> => {
		await nextTurn();
		signal?.throwIfAborted();
	};
	const divided = await divideSamples(
		usable,
		{
			// Nothing can be asked about texts, so holding some out would only waste them.
			holdOut: isText(config.data) ? 0 : config.holdOut,
			validation: config.validation,
			seed: config.settings.seed,
			split: config.data.kind === 'dataset' ? config.data.split : null,
			apart: await gatherApart(context, config, signal),
		},
		pause,
	);
	const text = linesOf(divided);
	const sha256 = createHash('sha256').update(text).digest('hex');
	const plan = await planTokens(context, config, model, text, signal);
	const personal = await personalData(divided, signal);
	const leaks = await findLeaks(context, config, divided, signal);
	const unusable = all.filter((sample) => !isUsable(sample, config.objective));
	const minutes = estimateMinutes(context, config, model, divided, plan);
	const settings = plan.settings;
	const warnings = warningsOf(config, model, divided, plan, settings);
	const check: TrainingCheck = {
		samples: {
			train: plan.samples.train,
			validation: plan.samples.validation,
			heldOut: divided.heldOut.length,
		},
		unusable: some(unusable.map(({ key }) => key)),
		duplicates: some(divided.duplicates.map(({ key }) => key)),
		cut: some(plan.cut),
		refused: some(plan.refused),
		personal,
		leaks,
		...{ tokens: plan.tokens, scoredTokens: plan.scoredTokens, longest: plan.longest, median: plan.median },
		...{ steps: plan.steps, padding: 0 },
		...minutes,
		memoryBytes: plan.memoryBytes,
		freeBytes: availableBytes(),
		settings,
		warnings,
		obstacle: obstacleOf(context, config, model, plan),
	};
	return { divided, text, sha256, check };
}

function some(keys: readonly string[]): { count: number; keys: string[] } {
	return { count: keys.length, keys: keys.slice(0, keysShown) };
}

function isUsable({ content }: GatheredSample, objective: TrainingConfig['objective']): boolean {
	if ('text' in content) return objective === 'text' && content.text.trim() !== '';
	if (objective === 'distill') return content.turns.length > 0;
	if (content.answer === null || content.answer.trim() === '') return false;
	return objective !== 'dpo' || content.rejected !== null;
}

/** The samples as a training process reads them. */
export function linesOf({ train, validation }: Pick<DividedSamples, 'train' | 'validation'>): string {
	const line = (sample: GatheredSample, part: TrainingLine['part']): string => {
		const { key, content } = sample;
		const written: TrainingLine =
			'text' in content
				? { key, part, content }
				: {
						key,
						part,
						content: {
							turns: [...content.turns],
							answer: content.answer ?? '',
							...(content.rejected === null ? {} : { rejected: content.rejected }),
						},
					};
		return `${JSON.stringify(written)}\n`;
	};
	return [
		...train.map((sample) => line(sample, 'train')),
		...validation.map((sample) => line(sample, 'validation')),
	].join('');
}

/** Begins the names of files that hold a run's samples while they are counted. */
const countedPrefix = '.check-';

/** Removes what a check left behind that ended with the application. */
export function removeAbandonedChecks({ folder }: Pick<AdaptationContext, 'folder'>): void {
	if (!existsSync(folder)) return;
	for (const name of readdirSync(folder)) if (name.startsWith(countedPrefix)) rmSync(join(folder, name));
}

/** Lets a process of models/native count tokens and estimate memory. */
async function planTokens(
	context: AdaptationContext,
	config: TrainingConfig,
	model: ModelFile,
	text: string,
	signal?: AbortSignal,
): Promise<TrainingPlan> {
	await mkdir(context.folder, { recursive: true, mode: 0o700 });
	const data = join(context.folder, `${countedPrefix}${randomUUID()}.jsonl`);
	const chatTemplate = context.library.chatTemplate(model.id);
	try {
		await writeFile(data, text);
		const { result } = await context.native<'training-plan'>(
			{
				kind: 'training-plan',
				model: model.path,
				...(chatTemplate === null ? {} : { chatTemplate }),
				data,
				objective: config.objective,
				settings: config.settings,
				teacher: config.teacherFileId === null ? null : context.library.modelFile(config.teacherFileId).path,
				threads: threadsOf(config),
				memoryLimit: Math.floor(availableBytes() * memoryShare),
			},
			signal === undefined ? {} : { signal },
		);
		return result;
	} finally {
		await rm(data, { force: true });
	}
}

async function personalData(
	{ train, validation }: DividedSamples,
	signal?: AbortSignal,
): Promise<TrainingCheck['personal']> {
	const kinds = personalKindSchema.options;
	const counts = new Map<string, number>();
	for await (const { content } of inSlices([...train, ...validation], signal)) {
		const texts =
			'text' in content
				? [content.text]
				: [...content.turns.map((turn) => turn.content), content.answer ?? '', content.rejected ?? ''];
		for (const text of texts) {
			for (const { kind } of findPersonalData(text, kinds)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
		}
	}
	return [...counts].map(([kind, count]) => ({ kind, count }));
}

/** Training samples that also stand, nearly the same, in another dataset's samples to test. */
async function findLeaks(
	context: AdaptationContext,
	{ data }: TrainingConfig,
	divided: DividedSamples,
	signal?: AbortSignal,
): Promise<TrainingCheck['leaks']> {
	const { train } = divided;
	if (isText(data)) return findLeaksOfTexts(context, divided, signal);
	const questions = train.map(({ question }) => beginningOf(question));
	const near = new NearDuplicates(nearThreshold, questions.length);
	for await (const [index, question] of inSlices(questions.entries(), signal)) near.add(index, question);
	const owners: { readonly datasetId: number; readonly name: string }[] = [];
	for (const dataset of context.datasets.manage.list(false)) {
		if (data.kind === 'dataset' && dataset.id === data.datasetId) continue;
		if (owners.length + dataset.latest.samples > mostSearched) continue;
		for await (const sample of inSlices(readSamples(context.database, dataset.latest.id), signal)) {
			if (sample.split === 'train' || sample.split === 'examples') continue;
			const question = beginningOf(questionText(sample));
			near.add(questions.length, question);
			questions.push(question);
			owners.push({ datasetId: dataset.id, name: dataset.name });
		}
	}
	const { pairs } = await near.pairs({ pause: () => nextTurn() }, (index) => questions[index] ?? '');
	const found = new Map<number, { name: string; samples: Set<number> }>();
	for (const { first, second } of pairs) {
		const owner = owners[second - train.length];
		if (first >= train.length || owner === undefined) continue;
		const entry = found.get(owner.datasetId) ?? { name: owner.name, samples: new Set<number>() };
		entry.samples.add(first);
		found.set(owner.datasetId, entry);
	}
	return [...found].map(([datasetId, { name, samples }]) => ({ datasetId, name, samples: samples.size }));
}

/** Evaluation samples that occur in the training texts. */
async function findLeaksOfTexts(
	{ database, datasets }: AdaptationContext,
	{ train, validation }: DividedSamples,
	signal?: AbortSignal,
): Promise<TrainingCheck['leaks']> {
	const leaks = new TextLeaks();
	const owners: { readonly dataset: Dataset; readonly number: number }[] = [];
	for (const dataset of datasets.manage.list(false)) {
		if (owners.length + dataset.latest.samples > mostSearched) continue;
		for await (const sample of inSlices(readSamples(database, dataset.latest.id), signal)) {
			if (sample.split === 'train' || sample.split === 'examples') continue;
			owners.push({ dataset, number: leaks.add(`${questionText(sample)} ${sample.target ?? ''}`) });
		}
	}
	for await (const { content } of inSlices([...train, ...validation], signal)) {
		if ('text' in content) leaks.search(content.text);
	}
	const found = Map.groupBy(
		owners.filter(({ number }) => leaks.has(number)),
		({ dataset }) => dataset,
	);
	return [...found].map(([{ id, name }, samples]) => ({ datasetId: id, name, samples: samples.length }));
}

/**
 * Operations per weight and token, forward and backward, and per second and thread of a common processor. Only used
 * before the first run on this computer.
 */
const operationsPerWeight = 6;
const operationsPerSecond = 40e9;

/** A forward pass takes a third of the time of a step. */
const forwardShare = 1 / 3;

/** Prompts that base and adapter answer during a run, and the most tokens of an answer. */
const samplePrompts = 3;
export const sampleTokens = 160;

/** Samples whose prompts are asked before and after: held-out ones where there are some, spread over all of them. */
export function chooseAsked({ heldOut, validation, train }: DividedSamples): readonly GatheredSample[] {
	const from = [heldOut, validation, train].find(({ length }) => length > 0) ?? [];
	const count = Math.min(samplePrompts, from.length);
	return from.filter((_, at) => Math.ceil((at * count) / from.length) < Math.ceil(((at + 1) * count) / from.length));
}

function estimateMinutes(
	{ database, library }: AdaptationContext,
	config: TrainingConfig,
	model: ModelFile,
	divided: DividedSamples,
	{ steps, tokens, scoredTokens, samples, validationTokens, settings }: TrainingPlan,
): Pick<TrainingCheck, 'minutes' | 'learned'> {
	if (samples.train === 0) return { minutes: null, learned: false };
	const speeds = earlierSpeeds(database);
	const same = speeds.find(({ modelFileId }) => modelFileId === model.id);
	const other = speeds[0];
	const perSecond =
		same?.tokensPerSecond ??
		(other === undefined
			? (operationsPerSecond * threadsOf(config)) / (operationsPerWeight * model.parameters)
			: (other.tokensPerSecond * other.parameters) / model.parameters);
	const batch = Math.min(settings.samplesPerStep, samples.train);
	const perSample = tokens / samples.train;
	const validations =
		samples.validation === 0 ? 0 : steps / (settings.validateEvery ?? Math.max(1, Math.round(steps / 10)));
	const teacher = config.teacherFileId === null ? null : library.modelFile(config.teacherFileId);
	const ratio = teacher === null ? 0 : teacher.parameters / model.parameters;
	const trained = steps * batch * perSample * (1 + ratio * forwardShare);
	/** Before it was measured: answers are written about as fast as samples are trained. */
	const writing = (file: ModelFile): number => file.tokensPerSecond ?? (perSecond * model.parameters) / file.parameters;
	const answer = scoredTokens / samples.train;
	// The base often goes on to the end; the adapter has learned where an answer stops.
	const answered = (chooseAsked(divided).length * (sampleTokens + Math.min(sampleTokens, answer))) / writing(model);
	const taught = teacher === null ? 0 : ((samples.train + samples.validation) * answer) / writing(teacher);
	const seconds = (trained + validations * validationTokens * forwardShare) / perSecond + answered + taught;
	return { minutes: seconds / 60, learned: same !== undefined };
}

function warningsOf(
	config: TrainingConfig,
	model: ModelFile,
	divided: DividedSamples,
	{ samples, steps, memoryBytes, obstacle }: TrainingPlan,
	settings: TrainingSettings,
): Warning[] {
	const warnings: Warning[] = [];
	const warn = (code: string, message: ReturnType<typeof said>): void => {
		warnings.push(spoken({ code, message }));
	};
	if (samples.train > 0 && samples.train < 50 && !isText(config.data)) {
		warn(
			'few-samples',
			said`${amount(samples.train, 'sample')} can teach the form of an answer, but little more. Aim for 100 to 500.`,
		);
	}
	if (samples.train > 0 && steps < leastSteps) {
		warn(
			'few-steps',
			steps === settings.maxSteps
				? said`${amount(steps, 'step')} can hardly change the model. Raise the maximum number of steps.`
				: said`${amount(steps, 'step')} can hardly change the model. Train for more epochs, or with fewer samples per step.`,
		);
	}
	if (divided.heldOut.length === 0 && !isText(config.data)) {
		warn(
			'nothing-held-out',
			said`No samples are held out, so you can’t check whether the model improved. Add more samples that differ from each other.`,
		);
	}
	if (samples.validation === 0) {
		warn('no-validation', said`No sample is left to validate with, so training can’t stop early by itself.`);
	}
	if (divided.tooNear.length > 0) {
		warn(
			'too-near',
			said`${amount(divided.tooNear.length, 'training sample')} were left out, because they are nearly the same as held-out ones.`,
		);
	}
	const { packTokens, maxTokens, distillShare } = config.settings;
	const longest = Math.min(maxTokens, model.contextLength ?? maxTokens);
	if (longest < maxTokens) {
		warn('context-shorter', said`Samples are cut at ${longest} tokens: ${model.name} reads no more at once.`);
	}
	if (settings.packTokens < packTokens || settings.maxTokens < longest) {
		warn(
			'made-smaller',
			said`To fit into memory, ${settings.packTokens} tokens are computed per pass, and samples are cut to ${settings.maxTokens} tokens.`,
		);
	}
	if (settings.distillShare < distillShare) {
		warn(
			'teacher-words-only',
			said`The two models differ in tokens or limits, so only the teacher’s words are learned, not how sure it is of each.`,
		);
	}
	if (!model.chat && config.objective !== 'text') {
		warn('base-model', said`${model.name} is a base model: it was not trained to chat.`);
	}
	if (memoryBytes === null && obstacle === null)
		warn('memory-unknown', said`How much memory this takes is not known for this model.`);
	return warnings;
}

function obstacleOf(
	{ library }: AdaptationContext,
	config: TrainingConfig,
	model: ModelFile,
	{ samples, obstacle }: TrainingPlan,
): TrainingCheck['obstacle'] {
	const measuring = library.measuringObstacle(model.id);
	if (measuring !== null) return measuring.facts();
	if (config.objective === 'distill' && config.teacherFileId === null) {
		return new Failure({
			code: 'training-without-teacher',
			message: said`No model to learn from was chosen.`,
			next: [said`Choose a larger model as the teacher`],
		}).facts();
	}
	if (isText(config.data) && config.objective !== 'text') {
		return new Failure({
			code: 'training-without-answers',
			message: said`Texts have no questions and answers, so a model can only learn to continue them.`,
			next: [said`Choose the goal “Continue texts like these”`, said`Choose a dataset instead`],
		}).facts();
	}
	if (obstacle !== null) return obstacle;
	if (samples.train > 0) return null;
	if (config.objective === 'dpo') {
		return new Failure({
			code: 'training-empty',
			message: said`No sample has two answers of which one is better.`,
			next: [
				said`Correct answers in your conversations, or rate two answers to one question`,
				said`Learn from good answers instead`,
			],
		}).facts();
	}
	return new Failure({
		code: 'training-empty',
		message: said`There are no samples to learn from.`,
		next: [said`Correct answers or rate good ones`, said`Choose a dataset whose samples have a target`],
	}).facts();
}
