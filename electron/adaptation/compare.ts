import { Failure } from '../../models/contract/failure.ts';
import { said, spoken } from '../../models/contract/said.ts';
import type {
	TrainingCheck,
	TrainingComparison,
	TrainingConfig,
	TrainingEffects,
} from '../contract/adaptation/schema.ts';
import type { Dataset } from '../contract/dataset/schema.ts';
import { defaultAnswerTokens, defaultScorers } from '../contract/evaluation/defaults.ts';
import { parametersSchema, type RunConfigInput, runConfigSchema } from '../contract/evaluation/run-config.ts';
import type { Run } from '../contract/evaluation/schema.ts';
import { readSamples } from '../dataset/read-version.ts';
import { createPrompt } from '../prompt/prompts.ts';
import { questionText } from '../prompt/same-question.ts';
import { listPrompts } from '../prompt/store.ts';
import type { AdaptationContext } from './context.ts';
import { startEffects } from './effects.ts';
import { gatherSamples, heldOutSplit, inSlices, isText } from './gather-samples.ts';
import {
	getTraining,
	insertTrainingComparison,
	readTrainingComparisons,
	type StoredAdapter,
	type StoredTraining,
} from './store.ts';
import { configOf } from './train.ts';

/** Samples of another dataset, at most: enough to see a loss of a few points. */
const otherSamples = 200;

/** Held-out samples, at most. */
const heldOutSamples = 500;

/** First samples that tell how a dataset is scored. */
const looked = 50;

/** Tokens of an answer, unless the targets are longer. */
const usualAnswer = 256;

/**
 * Compares the base with its adapter. Evaluation runs on held-out samples and on other datasets show what was learned and
 * what was forgotten; a comparison measures KL divergence on neutral texts, speed and size. Throws Failure
 * `training-without-adapter`, `training-not-comparable`.
 */
export async function compareTraining(
	context: AdaptationContext,
	id: number,
	datasetIds: readonly number[] | null,
): Promise<void> {
	const { database, evaluations } = context;
	const training = getTraining(database, id);
	const adapterId = adapterIdOf(training);
	const config = configOf(training);
	const known = readTrainingComparisons(database, id).map((each) => ({ ...each, run: runOf(context, each.evalRunId) }));
	const isKnown = (role: 'held-out' | 'other', datasetId: number): boolean =>
		known.some(
			(each) =>
				each.role === role &&
				each.run?.dataset.id === datasetId &&
				each.run.deletedAt === null &&
				each.run.status !== 'failed' &&
				each.run.status !== 'cancelled',
		);
	const wanted: { role: 'held-out' | 'other'; datasetId: number; versionId: number; split: string | null }[] = [];
	const { data } = config;
	if (data.kind === 'dataset' && data.versionId !== null && heldOutOf(training) > 0) {
		wanted.push({ role: 'held-out', datasetId: data.datasetId, versionId: data.versionId, split: heldOutSplit });
	}
	const learned = await learnedQuestions(context, training, config);
	for (const dataset of othersOf(context, data.kind === 'dataset' ? data.datasetId : null, datasetIds)) {
		const { id: versionId } = dataset.latest;
		const split = hasSplit(context, versionId, heldOutSplit) ? heldOutSplit : null;
		if (await wasLearned(context, dataset, split, learned)) continue;
		wanted.push({ role: 'other', datasetId: dataset.id, versionId, split });
	}
	let started = 0;
	const startRuns = async (role: 'held-out' | 'other'): Promise<void> => {
		for (const each of wanted) {
			if (each.role !== role || isKnown(role, each.datasetId)) continue;
			const run = await runConfigOf(context, training, { ...each, adapterId });
			if (run === null) continue;
			const { id: evalRunId } = await evaluations.start(runConfigSchema.parse(run));
			insertTrainingComparison(database, id, { evalRunId, role });
			started += 1;
		}
	};
	// In the order in which they are worth knowing: measurements wait for each other.
	await startRuns('held-out');
	if (await startEffects(context, training, { adapterId, threads: config.threads })) started += 1;
	await startRuns('other');
	if (started === 0 && known.length === 0) throw nothingToCompare();
}

/** Samples that the run kept out of training. */
function heldOutOf({ checkReport }: StoredTraining): number {
	return checkReport === null ? 0 : (JSON.parse(checkReport) as TrainingCheck).samples.heldOut;
}

/** What a run was trained on, and the datasets that were found to hold nearly the same. */
interface Learned {
	readonly questions: ReadonlySet<string>;
	readonly datasetIds: ReadonlySet<number>;
}

async function learnedQuestions(
	context: AdaptationContext,
	training: StoredTraining,
	config: TrainingConfig,
): Promise<Learned> {
	const { checkReport } = training;
	const leaks = checkReport === null ? [] : (JSON.parse(checkReport) as TrainingCheck).leaks;
	const datasetIds = new Set(leaks.map(({ datasetId }) => datasetId));
	if (isText(config.data)) return { questions: new Set(), datasetIds };
	const keepsApart = heldOutOf(training) > 0;
	const samples = await gatherSamples(context, config);
	const learned = samples.filter(({ split }) => !keepsApart || split !== heldOutSplit);
	return { questions: new Set(learned.map(({ question }) => question)), datasetIds };
}

/** Whether a dataset has samples that were trained on: it can't tell what was forgotten. */
async function wasLearned(
	{ database }: AdaptationContext,
	{ id, latest }: Dataset,
	split: string | null,
	{ questions, datasetIds }: Learned,
): Promise<boolean> {
	if (datasetIds.has(id)) return true;
	if (questions.size === 0) return false;
	for await (const sample of inSlices(readSamples(database, latest.id, { split }))) {
		if (questions.has(questionText(sample))) return true;
	}
	return false;
}

function adapterIdOf({ adapter }: StoredTraining): number {
	const id = adapter === null ? null : (JSON.parse(adapter) as StoredAdapter).id;
	if (id !== null) return id;
	throw new Failure({
		code: 'training-without-adapter',
		message: said`This training has no adapter yet.`,
		next: [said`Let it finish, or stop it and keep the best weights so far`],
	});
}

function nothingToCompare(): Failure {
	return new Failure({
		code: 'training-not-comparable',
		message: said`There are no samples with expected answers to compare base and adapter on.`,
		next: [said`Hold samples out next time`, said`Choose a dataset with targets`],
	});
}

function hasSplit({ database }: AdaptationContext, versionId: number, split: string): boolean {
	for (const _ of readSamples(database, versionId, { split, limit: 1 })) return true;
	return false;
}

/** The chosen datasets; null: the person's own, or, if there are none, two short ones that come with Assay. */
function othersOf(
	{ datasets }: AdaptationContext,
	trainedOn: number | null,
	chosen: readonly number[] | null,
): readonly Dataset[] {
	const all = datasets.manage.list(false).filter(({ id, latest }) => id !== trainedOn && latest.samples > 0);
	if (chosen !== null) return all.filter(({ id }) => chosen.includes(id));
	const own = all.filter(({ starterId }) => starterId === null).slice(0, 5);
	const bundled = all.filter(({ starterId }) => starterId === 'facts' || starterId === 'instructions');
	return own.length > 0 ? own : bundled;
}

/** null: nothing says what a right answer is. */
async function runConfigOf(
	context: AdaptationContext,
	{ name, modelFileId }: StoredTraining,
	{
		datasetId,
		versionId,
		split,
		role,
		adapterId,
	}: { datasetId: number; versionId: number; split: string | null; role: 'held-out' | 'other'; adapterId: number },
): Promise<RunConfigInput | null> {
	if (modelFileId === null) return null;
	const { look, scorers } = await lookAt(context, datasetId, versionId, split);
	const { dataset, rows } = look;
	if (scorers.length === 0) return null;
	const longest = Math.max(0, ...rows.map(({ target }) => target?.length ?? 0));
	const maxTokens = defaultAnswerTokens(look) ?? Math.max(usualAnswer, Math.min(1024, Math.ceil(longest / 2)));
	return {
		name: name.endsWith(dataset.name) ? name : `${name}: ${dataset.name}`,
		dataset: { datasetId, versionId, split, limit: role === 'held-out' ? heldOutSamples : otherSamples },
		promptVersionIds: [plainPromptVersion(context)],
		modelFileIds: [modelFileId, modelFileId],
		modelAdapters: [[], [{ id: adapterId, scale: 1 }]],
		parameters: [parametersSchema.parse({ maxTokens })],
		scorers: [...scorers],
	};
}

/** The prompt that asks a sample as it was trained: its input and nothing else. */
function plainPromptVersion({ prompts }: AdaptationContext): number {
	const plain = listPrompts(prompts.database, false).find(
		({ latest }) => latest.template.trim() === '{{input}}' && latest.system === '',
	);
	if (plain !== undefined) return plain.latest.id;
	const content = { system: '', template: '{{input}}', example: '' };
	return createPrompt(prompts, { ...content, name: 'The question alone', description: '', note: '' }).latest.id;
}

function runOf({ evaluations }: Pick<AdaptationContext, 'evaluations'>, id: number): Run | null {
	try {
		return evaluations.get(id);
	} catch (error) {
		if (error instanceof Failure && error.code === 'run-unknown') return null;
		throw error;
	}
}

/** The comparisons of a run, as far as they are measured; of several on the same samples, the newest. */
export async function comparisonsOf(context: AdaptationContext, id: number): Promise<TrainingComparison[]> {
	const found = new Map<string, { readonly run: Run; readonly role: TrainingComparison['role'] }>();
	for (const { evalRunId, role } of readTrainingComparisons(context.database, id)) {
		const run = runOf(context, evalRunId);
		if (run !== null && run.deletedAt === null) found.set(`${role} ${run.dataset.id}`, { run, role });
	}
	return await Promise.all([...found.values()].map(({ run, role }) => comparisonOf(context, run, role)));
}

/**
 * Whether enough is measured to use an adapter: on the held-out samples, if there is anything to ask about them, whether or
 * not that run was deleted since; on neutral texts alone, if nothing could be asked at all.
 */
export async function isCompared(
	context: AdaptationContext,
	training: StoredTraining,
	comparisons: readonly TrainingComparison[],
	effects: TrainingEffects | null,
): Promise<boolean> {
	const done = comparisons.filter(({ status }) => status === 'done');
	if (done.some(({ role }) => role === 'held-out')) return true;
	const asked = readTrainingComparisons(context.database, training.id);
	const isEnough = asked.length === 0 ? effects?.status === 'done' : done.length > 0;
	if (!isEnough || asked.some(({ role }) => role === 'held-out')) return false;
	// Last, because it reads samples, and a page asks with each step of a training.
	return !(await canAskHeldOut(context, training));
}

/** Whether samples were held out whose dataset says what a right answer is. */
async function canAskHeldOut(context: AdaptationContext, training: StoredTraining): Promise<boolean> {
	const { data } = configOf(training);
	if (data.kind !== 'dataset' || data.versionId === null || heldOutOf(training) === 0) return false;
	const { manage } = context.datasets;
	const known = [...manage.list(false), ...manage.list(true)].some(({ id }) => id === data.datasetId);
	return known && (await lookAt(context, data.datasetId, data.versionId, heldOutSplit)).scorers.length > 0;
}

/** The first samples of a dataset, and how it is scored: by nothing if it does not say what a right answer is. */
async function lookAt(
	{ database, datasets }: AdaptationContext,
	datasetId: number,
	versionId: number,
	split: string | null,
) {
	const dataset = datasets.manage.get(datasetId).dataset;
	const rows = [...readSamples(database, versionId, { split, limit: looked })];
	const look = { dataset, facets: await datasets.facets(versionId), rows, first: rows[0] ?? null };
	return { look, scorers: defaultScorers(look) };
}

async function comparisonOf(
	{ evaluations }: AdaptationContext,
	run: Run,
	role: TrainingComparison['role'],
): Promise<TrainingComparison> {
	const [base, adapter] = run.arms;
	const [scorer = ''] = run.scorers;
	const arms = [base, adapter].flatMap((arm) => (arm === undefined ? [] : [arm.id]));
	const pair =
		run.status === 'done' && arms.length === 2 ? (await evaluations.compare(arms, null)).pairs[0] : undefined;
	return {
		runId: run.id,
		role,
		datasetId: run.dataset.id,
		name: run.dataset.name,
		status: run.status,
		scorer,
		n: pair?.n ?? 0,
		base: base?.metrics[scorer]?.value ?? null,
		adapter: adapter?.metrics[scorer]?.value ?? null,
		difference: pair?.difference ?? null,
		low: pair?.low ?? null,
		high: pair?.high ?? null,
		verdict: pair?.verdict ?? null,
		...(pair === undefined
			? spoken({ words: run.progress.doing ?? said`Not measured yet.` })
			: { words: pair.words, ...(pair.said === undefined ? {} : { said: pair.said }) }),
		baseTokensPerSecond: base?.tokensPerSecond ?? null,
		adapterTokensPerSecond: adapter?.tokensPerSecond ?? null,
	};
}
