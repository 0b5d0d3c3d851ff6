import { createHash } from 'node:crypto';
import { Failure } from '../../models/contract/failure.ts';
import { said, spoken } from '../../models/contract/said.ts';
import type { Sample } from '../contract/dataset/schema.ts';
import type { Manifest } from '../contract/evaluation/manifest.ts';
import type { RunConfig } from '../contract/evaluation/run-config.ts';
import { scorerName } from '../contract/evaluation/scorer-name.ts';
import { readSamples, readSamplesLeft } from '../dataset/read-version.ts';
import { getDataset } from '../dataset/store/datasets.ts';
import { getVersion, versionsOf } from '../dataset/store/versions.ts';
import { resolveAdapters } from '../library/adapters/adapters.ts';
import { requireMeasurable } from '../library/measuring-obstacle.ts';
import { getPrompt, getPromptVersion } from '../prompt/store.ts';
import { assertAnswered, planContext, warnOfLongDocuments } from './arm-context.ts';
import {
	checkArms,
	checkExtraction,
	checkScorers,
	scorerProblems,
	tryPrompts,
	warnOfAlternatives,
	warnOfConstantPrompts,
	warnOfNothingLookedUp,
	warnOfNothingToScore,
	warnOfShownTargets,
} from './check-plan.ts';
import { chooseSamples, exampleSplitsOf, isTested } from './choose-samples.ts';
import type { EvaluationContext } from './context.ts';
import { manifestHash } from './manifest-hash.ts';
import { manifestModel, type PlannedArm, type PlannedContext, planArms, threadsOf } from './plan-arms.ts';
import { runName } from './run-name.ts';
import { checkScorer } from './scorers/score.ts';
import type { NewRunSample } from './store/samples.ts';

/** Maximum number of arms in one run; a matrix grows fast. */
const mostArms = 200;
/** Samples that prompts are tried on before a run starts. */
const trialSamples = 24;

/** The part of a run that is known before the dataset is frozen. */
export interface RunOutline {
	readonly config: RunConfig;
	readonly datasetName: string;
	readonly versionId: number;
	readonly versionNumber: number;
	readonly samples: readonly NewRunSample[];
	readonly arms: readonly PlannedArm[];
	/** Some of the chosen samples, spread evenly: kinds of samples often stand together. */
	readonly trial: readonly Sample[];
	/** Failures expected for single samples, and other warnings. */
	readonly problems: readonly { readonly code: string; readonly message: string }[];
}

/** Resolves a config without writing anything. Throws the Failure of what can't be run. */
export async function outlineRun(
	context: EvaluationContext,
	config: RunConfig,
	signal?: AbortSignal,
): Promise<RunOutline> {
	const { database, library } = context;
	checkArms(config);
	checkScorers(config);
	await checkExtraction(config, context.scoring);
	for (const scorer of config.scorers) await checkScorer(scorer, context.scoring);
	const dataset = getDataset(database, config.dataset.datasetId);
	const version =
		config.dataset.versionId === null ? dataset.latest : ownVersion(context, dataset.id, config.dataset.versionId);
	const { split, tags, limit } = config.dataset;
	const choice = {
		split,
		tags,
		limit,
		exampleSplits: exampleSplitsOf(database, version.id, config.techniques),
		seed: config.seed,
	};
	const samples = await chooseSamples(readSamples(database, version.id), choice, signal);
	const prompts = config.promptVersionIds.map((id) => {
		const promptVersion = getPromptVersion(database, id);
		return { name: getPrompt(database, promptVersion.promptId).name, version: promptVersion };
	});
	const models = config.modelFileIds.map((id, index) => {
		const file = library.modelFile(id);
		const adapters = config.modelAdapters?.[index] ?? [];
		return { file, adapters, used: resolveAdapters(database, adapters, file).used };
	});
	const judges = config.scorers.flatMap((scorer) => (scorer.kind === 'judge' ? [scorer.modelFileId] : []));
	requireMeasurable(library, [...config.modelFileIds, ...judges]);
	const contexts: PlannedContext[] = [];
	for (const stored of config.contexts ?? [{}]) {
		contexts.push({ stored, manifest: await planContext(context, stored, signal) });
	}
	if (contexts.some(({ manifest }) => manifest !== undefined)) assertAnswered(config.techniques);
	const { techniques, parameters } = config;
	const count = prompts.length * techniques.length * models.length * parameters.length * contexts.length;
	if (count > mostArms) {
		throw new Failure({
			code: 'run-too-large',
			message: said`This would compare ${count} combinations; a run takes at most ${mostArms}.`,
			next: [said`Choose fewer prompts, techniques, models, parameters or contexts`],
		});
	}
	function* tested(name: string | null): Iterable<Sample> {
		for (const sample of readSamples(database, version.id)) {
			if (name === null ? isTested(sample, choice) : sample.split === name) yield sample;
		}
	}
	const arms = await planArms(
		{ config, prompts, models, contexts, chatTemplate: library.chatTemplate, samples: tested },
		signal,
	);
	const trial = readSamplesLeft(
		database,
		version.id,
		spread(samples, trialSamples).map(({ sampleId }) => sampleId),
	);
	const single = tryPrompts(arms, trial);
	return {
		config,
		samples,
		arms,
		trial,
		datasetName: dataset.name,
		versionId: version.id,
		versionNumber: version.number,
		problems: [
			...scorerProblems(config),
			...warnOfShownTargets(prompts, trial),
			...warnOfConstantPrompts(prompts),
			...warnOfNothingLookedUp(config),
			...warnOfLongDocuments(context, arms),
			...warnOfNothingToScore(config.scorers, trial, (count) => first(count, tested(null))),
			...warnOfAlternatives(config.scorers, trial, (count) => first(count, tested(null))),
			...[...single].map(([code, { message }]) => spoken({ code, message: said`Some samples fail: ${message}` })),
		],
	};
}

/** Takes so many items, at even distances. */
function spread<Item>(items: readonly Item[], count: number): readonly Item[] {
	if (items.length <= count) return items;
	return Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)]!);
}

function first(count: number, samples: Iterable<Sample>): readonly Sample[] {
	const some: Sample[] = [];
	for (const sample of samples) if (some.push(sample) >= count) break;
	return some;
}

function ownVersion({ database }: EvaluationContext, datasetId: number, versionId: number) {
	const version = getVersion(database, versionId);
	if (versionsOf(database, datasetId).some(({ id }) => id === version.id)) return version;
	throw new Failure({
		code: 'version-unknown',
		message: said`This dataset has no version ${versionId}.`,
		next: [said`Choose one of its versions`],
	});
}

export interface PlannedRun {
	readonly name: string;
	readonly manifest: Manifest;
	readonly manifestHash: string;
}

/** Builds the manifest of an outline; `sha256` is that of the frozen dataset version. */
export async function resolveManifest(
	{ library }: EvaluationContext,
	outline: RunOutline,
	sha256: string,
	signal?: AbortSignal,
): Promise<PlannedRun> {
	const { config, samples, arms } = outline;
	const judges = await judgesOf(library, config.scorers, signal);
	const hash = createHash('sha256');
	for (const sample of samples) hash.update(`${JSON.stringify(sample.key)} ${sample.sha256}\n`);
	const manifest: Manifest = {
		version: 1,
		dataset: {
			name: outline.datasetName,
			number: outline.versionNumber,
			sha256,
			split: config.dataset.split,
			...(config.dataset.tags.length === 0 ? {} : { tags: config.dataset.tags.toSorted() }),
			samples: samples.length,
			samplesSha256: hash.digest('hex'),
		},
		arms: arms.map((arm) => arm.manifest),
		scorers: config.scorers,
		judges,
		epochs: config.epochs,
		seed: config.seed,
		width: config.width,
		...(config.independent && config.width > 1 ? { independent: true as const } : {}),
		shardSize: config.shardSize,
		threads: threadsOf(config),
		engineBuild: library.engineBuild(),
		criteria: config.criteria,
	};
	const name =
		config.name.trim() === ''
			? runName(
					arms.map(({ manifest: arm }) => arm),
					outline.datasetName,
				)
			: config.name.trim();
	return { name, manifest, manifestHash: manifestHash(manifest) };
}

/** Models of the judge scorers, by the scorer's name. */
export async function judgesOf(
	library: EvaluationContext['library'],
	scorers: RunConfig['scorers'],
	signal?: AbortSignal,
): Promise<Manifest['judges']> {
	const judges: Manifest['judges'] = {};
	for (const scorer of scorers) {
		if (scorer.kind === 'judge')
			judges[scorerName(scorer)] = await manifestModel(
				library.modelFile(scorer.modelFileId),
				library.chatTemplate(scorer.modelFileId),
				signal,
			);
	}
	return judges;
}
