import { setImmediate as nextTurn } from 'node:timers/promises';
import { Failure } from '../../models/contract/failure.ts';
import { amount, figure, type Said, said, sentences, spoken, wordsIn } from '../../models/contract/said.ts';
import type { Sample } from '../contract/dataset/schema.ts';
import { type Manifest, manifestSchema } from '../contract/evaluation/manifest.ts';
import type { RunConfig } from '../contract/evaluation/run-config.ts';
import type { RescoreInput, RescorePlan, Run, Warning } from '../contract/evaluation/schema.ts';
import { scorerName } from '../contract/evaluation/scorer-name.ts';
import type { Technique } from '../contract/evaluation/technique.ts';
import { transaction } from '../database/sql.ts';
import { readSamplesById } from '../dataset/read-version.ts';
import { techniqueLabel } from './arm-labels.ts';
import {
	checkExtraction,
	checkScorers,
	problemOf,
	scorerProblems,
	warnOfAlternatives,
	warnOfNothingToScore,
} from './check-plan.ts';
import type { EvaluationContext } from './context.ts';
import { manifestHash } from './manifest-hash.ts';
import { judgesOf } from './plan-run.ts';
import { checkScorer } from './scorers/score.ts';
import { shardCount, shardLayoutOf, unitCount } from './shard/shard-layout.ts';
import { armsOf, insertArm } from './store/arms.ts';
import { getRun, insertRun, type StoredRun, setRepeatable, setRunConditions } from './store/runs.ts';
import { runSamples } from './store/samples.ts';
import { rowCounts, shareResults, shareSamples, shareShards } from './store/shared-outputs.ts';
import { storedConfig } from './stored-config.ts';

/** Samples that scorers are tried on first. */
const trialSamples = 24;
/** Rows written at a time, about 10 ms. */
const piece = 1_000;

interface RescoreOutline {
	readonly source: StoredRun;
	readonly config: RunConfig;
	readonly manifest: Manifest;
	readonly plan: RescorePlan;
}

/** Estimates re-scoring. Throws what `startRescore` throws. */
export async function planRescore(
	context: EvaluationContext,
	input: RescoreInput,
	signal?: AbortSignal,
): Promise<RescorePlan> {
	return (await outlineRescore(context, input, signal)).plan;
}

/**
 * Creates a run with the outputs of another one, all of them to be re-scored. It no longer depends on that run: outputs
 * stay until the last run with them is erased. Returns its id. Throws Failure `run-under-way`, `run-in-trash`,
 * `run-without-outputs`, `scorer-fits-nothing`, `extraction-fits-nothing` and the Failure of an invalid scorer.
 */
export async function startRescore(context: EvaluationContext, input: RescoreInput): Promise<number> {
	const { database, clock } = context;
	const { source, config, manifest, plan } = await outlineRescore(context, input);
	const id = insertRun(database, {
		name: config.name,
		config,
		manifest,
		manifestHash: manifestHash(manifest),
		datasetVersionId: source.datasetVersionId,
		repeatOf: null,
		markedOf: originOf(source, manifest),
		warnings: plan.warnings,
		createdAt: clock(),
	});
	for (let first = 0; first < manifest.dataset.samples; first += piece) {
		shareSamples(database, { from: source.id, to: id }, { first, count: piece });
		await nextTurn();
	}
	const ways: { from: number; to: number }[] = [];
	const count = Math.ceil(piece / manifest.shardSize);
	for (const [position, arm] of armsOf(database, source.id).entries()) {
		const technique = manifest.arms[position]?.technique ?? arm.technique;
		const way = { from: arm.id, to: insertArm(database, id, position, { ...arm, technique }) };
		for (let first = 0; first < shardCount(shardLayoutOf(manifest)); first += count) {
			shareResults(database, way, { first, count, answers: technique.kind === 'choice-likelihood' });
			await nextTurn();
		}
		ways.push(way);
	}
	transaction(database, () => {
		const { conditions, repeatable, repeatableNote } = getRun(database, source.id);
		setRunConditions(database, id, {
			...(JSON.parse(conditions) as Run['conditions']),
			...(plan.judged === 0 ? {} : { judgeEngine: context.library.engineBuild() }),
		});
		setRepeatable(database, id, repeatable, repeatableNote);
		for (const way of ways) shareShards(database, way);
	});
	return id;
}

/** The run that generated the outputs, as long as it exists. */
function originOf(source: StoredRun, { marked }: Manifest): number | null {
	return marked?.runId === source.id ? source.id : source.markedOf;
}

async function outlineRescore(
	context: EvaluationContext,
	input: RescoreInput,
	signal?: AbortSignal,
): Promise<RescoreOutline> {
	const { database, reader, library, scoring } = context;
	const source = getRun(database, input.id);
	assertStill(source);
	const before = manifestSchema.parse(JSON.parse(source.manifest));
	const asked = storedConfig(source.config, before);
	const counts = await rowCounts(reader, source.id, signal);
	if (counts.outputs === 0) throw withoutOutputs(counts.failed);
	const { scorers, criteria } = input;
	const config: RunConfig = {
		...asked,
		scorers,
		criteria,
		name: input.name.trim() || `${source.name.replace(/ \(re-?scored\)$/, '')} (re-scored)`,
		techniques: withExtractions(asked.techniques, input.extract),
	};
	checkScorers(config);
	await checkExtraction(config, scoring);
	for (const scorer of scorers) await checkScorer(scorer, scoring);
	assertFitting(config);
	const manifest: Manifest = {
		...before,
		scorers,
		criteria,
		judges: await judgesOf(library, scorers, signal),
		arms: before.arms.map((arm, position) => ({ ...arm, technique: techniqueAt(config, position) ?? arm.technique })),
		marked: before.marked ?? {
			runId: source.id,
			name: source.name,
			manifestHash: source.manifestHash,
			scorers: before.scorers,
			techniques: before.arms.map(({ technique }) => technique),
		},
	};
	const missing = unitCount(shardLayoutOf(before)) * before.arms.length - counts.outputs - counts.failed;
	const samplesOf = (count: number): readonly Sample[] =>
		readSamplesById(
			database,
			source.datasetVersionId,
			runSamples(database, source.id, count).map(({ sampleId }) => sampleId),
		);
	const judged = counts.outputs * scorers.filter(({ kind }) => kind === 'judge').length;
	return {
		source,
		config,
		manifest,
		plan: {
			...counts,
			missing,
			judged,
			...spoken({ words: wordsOf(counts, judged) }),
			warnings: [
				// Warnings about prompts still hold; warnings about scorers were about other scorers.
				...(JSON.parse(source.warnings) as Warning[]).filter(({ code }) => !/^(scorer-|outputs-missing$)/.test(code)),
				...scorerProblems(config),
				...warnOfNothingToScore(scorers, samplesOf(trialSamples), samplesOf),
				...warnOfAlternatives(scorers, samplesOf(trialSamples), samplesOf),
				...(missing === 0 ? [] : [missingWarning(missing, source)]),
			],
		},
	};
}

function assertStill({ id, status, deletedAt }: StoredRun): void {
	if (status === 'waiting' || status === 'running') {
		throw new Failure({
			code: 'run-under-way',
			message: said`Run ${id} is not done yet, so its outputs may still change.`,
			next: [said`Wait until it is done`, said`Pause it, then re-score what it has`],
		});
	}
	if (deletedAt === null) return;
	throw new Failure({
		code: 'run-in-trash',
		message: said`Run ${id} is in the trash.`,
		next: [said`Restore it from the trash first`],
	});
}

function withoutOutputs(failed: number): Failure {
	return new Failure({
		code: 'run-without-outputs',
		message: failed === 0 ? said`This run has no outputs yet.` : said`All ${amount(failed, 'row')} of this run failed.`,
		next: failed === 0 ? [said`Start the run first`] : [said`Retry the failed rows`],
	});
}

/** Replaces the techniques' extraction rules. Throws Failure `extraction-fits-nothing`. */
function withExtractions(techniques: readonly Technique[], extract: RescoreInput['extract']): Technique[] {
	for (const [index, rule] of extract.entries()) {
		const technique = techniques[index];
		if (rule === null || (technique !== undefined && 'extract' in technique)) continue;
		throw new Failure({
			code: 'extraction-fits-nothing',
			message:
				technique === undefined
					? said`The run has ${amount(techniques.length, 'technique')}, and a rule was given for number ${index + 1}.`
					: said`The technique “${techniqueLabel(technique)}” has its own way to find the answer, so no other rule applies.`,
			next: [said`Remove that rule`],
		});
	}
	return techniques.map((technique, index) =>
		'extract' in technique ? { ...technique, extract: extract[index] ?? technique.extract } : technique,
	);
}

/** Arms are prompts × techniques × models × parameters × contexts, in this order. */
function techniqueAt(
	{ techniques, modelFileIds, parameters, contexts = [{}] }: RunConfig,
	position: number,
): Technique | undefined {
	return techniques[
		Math.floor(position / (modelFileIds.length * parameters.length * contexts.length)) % techniques.length
	];
}

/** Throws Failure `scorer-fits-nothing` for a scorer that can score no output of any arm. */
function assertFitting({ scorers, techniques }: Pick<RunConfig, 'scorers' | 'techniques'>): void {
	for (const scorer of scorers) {
		const problems = techniques.map((technique) => problemOf(scorer, technique));
		const [problem] = problems;
		if (problem == null || problems.includes(null)) continue;
		throw new Failure({
			code: 'scorer-fits-nothing',
			message: said`No output of this run can be scored this way: ${wordsIn(problem, problem.message)}`,
			next: [said`Remove “${scorerName(scorer)}”`, said`Start a new run with that technique`],
		});
	}
}

function missingWarning(missing: number, { id }: StoredRun): Warning {
	return spoken({
		code: 'outputs-missing',
		message:
			missing === 1
				? said`${figure(missing)} row of run ${id} was not measured when it was re-scored; it is not included.`
				: said`${figure(missing)} rows of run ${id} were not measured when it was re-scored; they are not included.`,
	});
}

function wordsOf({ outputs, failed }: { outputs: number; failed: number }, judged: number): Said {
	return sentences(
		outputs === 1
			? said`${amount(outputs, 'output')} is re-scored; no answer is generated.`
			: said`${amount(outputs, 'output')} are re-scored; no answer is generated.`,
		failed === 0
			? null
			: failed === 1
				? said`${amount(failed, 'row')} that failed stays failed.`
				: said`${amount(failed, 'row')} that failed stay failed.`,
		judged === 0 ? null : said`Judges give ${amount(judged, 'verdict')}.`,
	);
}
