import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Failure } from '../../models/contract/failure.ts';
import { list, type Said, said } from '../../models/contract/said.ts';
import { type Manifest, manifestSchema } from '../contract/evaluation/manifest.ts';
import type { RunConfig } from '../contract/evaluation/run-config.ts';
import { transaction } from '../database/sql.ts';
import { getLiveDataset } from '../dataset/store/datasets.ts';
import type { EvaluationContext } from './context.ts';
import { contextIdentity } from './manifest-hash.ts';
import { outlineRun, type PlannedRun, type RunOutline, resolveManifest } from './plan-run.ts';
import { shardCount } from './shard/shard-layout.ts';
import { insertArm } from './store/arms.ts';
import { getRun, insertRun } from './store/runs.ts';
import { insertRunSamples } from './store/samples.ts';
import { insertShards } from './store/shards.ts';
import { storedConfig } from './stored-config.ts';

/** Samples written at a time, about 5 ms. */
const piece = 1_000;

/** Freezes the dataset version, and writes the run with all its parts. Returns its id. */
export async function startRun(context: EvaluationContext, config: RunConfig): Promise<number> {
	return (await plannedRun(context, config, null)).id;
}

async function plannedRun(
	context: EvaluationContext,
	config: RunConfig,
	repeated: { readonly id: number; readonly manifest: Manifest; readonly hash: string } | null,
): Promise<{ id: number }> {
	const { latest } = getLiveDataset(context.database, config.dataset.datasetId);
	const frozen = await context.freezeVersion(config.dataset.versionId ?? latest.id);
	if (frozen.sha256 === null) throw new Error(`version ${frozen.id} was not frozen`);
	// From here on the config names the tested version, so that the run can be repeated.
	const fixed = { ...config, dataset: { ...config.dataset, versionId: frozen.id } };
	const outline = withDelimitersOf(repeated?.manifest, await outlineRun(context, fixed));
	const planned = await resolveManifest(context, outline, frozen.sha256);
	if (repeated !== null && planned.manifestHash !== repeated.hash) {
		throw notRepeatable(differencesOf(repeated.manifest, planned.manifest));
	}
	return { id: await writeRun(context, outline, planned, repeated?.id ?? null) };
}

/** Gives the arms of a repeated run the delimiters that they had. */
function withDelimitersOf(before: Manifest | undefined, outline: RunOutline): RunOutline {
	if (before === undefined) return outline;
	const arms = outline.arms.map((arm, index) => {
		const { context } = arm.manifest;
		if (context === undefined || before.arms[index]?.context?.delimiters !== undefined) return arm;
		const { delimiters: _, ...earlier } = context;
		return { ...arm, manifest: { ...arm.manifest, context: earlier } };
	});
	return { ...outline, arms };
}

/** Writes the samples in pieces, to yield to other work; the run becomes visible once it has its shards. */
async function writeRun(
	{ database, clock }: EvaluationContext,
	{ config, versionId, samples, arms, problems }: RunOutline,
	planned: PlannedRun,
	repeatOf: number | null,
): Promise<number> {
	const { samples: count } = planned.manifest.dataset;
	const cut = { samples: count, epochs: config.epochs, shardSize: config.shardSize };
	const id = insertRun(database, {
		...planned,
		config,
		datasetVersionId: versionId,
		repeatOf,
		markedOf: null,
		warnings: problems,
		createdAt: clock(),
	});
	for (let first = 0; first < samples.length; first += piece) {
		insertRunSamples(database, id, first, samples.slice(first, first + piece));
		await nextTurn();
	}
	transaction(database, () => {
		for (const [position, { stored }] of arms.entries()) {
			insertShards(database, insertArm(database, id, position, stored), shardCount(cut));
		}
	});
	return id;
}

/**
 * Starts a new run of the same manifest. Throws Failure `run-not-repeatable` if something has changed, `run-marked`.
 */
export async function repeatRun(context: EvaluationContext, id: number): Promise<number> {
	const run = getRun(context.database, id);
	const manifest = manifestSchema.parse(JSON.parse(run.manifest));
	assertGenerated(manifest, 'repeat');
	const config = storedConfig(run.config, manifest);
	const exact = { ...config, name: run.name, threads: manifest.threads };
	return (await plannedRun(context, exact, { id, manifest, hash: run.manifestHash })).id;
}

/** What has changed, in words. */
function differencesOf(before: Manifest, now: Manifest): readonly Said[] {
	const found: Said[] = [];
	if (before.engineBuild !== now.engineBuild)
		found.push(said`the engine is ${now.engineBuild} and was ${before.engineBuild}`);
	if (before.dataset.sha256 !== now.dataset.sha256) found.push(said`the dataset version differs`);
	for (const [index, { model, adapters = [], context }] of before.arms.entries()) {
		const collection = context?.documents?.collection;
		if (
			collection !== undefined &&
			!isDeepStrictEqual(contextIdentity(context), contextIdentity(now.arms[index]?.context))
		)
			found.push(said`the documents of “${collection}” have changed`);
		const other = now.arms[index]?.model;
		const changed = adapters.find(({ sha256 }, at) => sha256 !== now.arms[index]?.adapters?.[at]?.sha256);
		if (changed !== undefined) found.push(said`the adapter ${changed.name} is a different file`);
		if (other !== undefined && !isDeepStrictEqual(other.chatTemplate, model.chatTemplate))
			found.push(said`the chat template of ${model.name} is another one`);
		if (other !== undefined && other.sha256 !== model.sha256)
			found.push(said`${model.name} ${model.quantization} is a different file`);
	}
	const different = new Map(found.map((one) => [String(one), one]));
	return found.length > 0 ? [...different.values()] : [said`something it used has changed`];
}

function notRepeatable(why: readonly Said[]): Failure {
	return new Failure({
		code: 'run-not-repeatable',
		message: said`This run can’t be repeated exactly: ${list(why, 'semicolon')}.`,
		next: [said`Start a new run with the same settings: its numbers may differ a little`],
	});
}

/**
 * Throws Failure `run-marked` for a run that re-scores the outputs of another one: it can't do what takes a model.
 */
export function assertGenerated({ marked }: Pick<Manifest, 'marked'>, wanted: 'repeat' | 'retry' | 'self-test'): void {
	if (marked === undefined) return;
	const { runId, name } = marked;
	const next = {
		repeat: said`Rerun that one: run ${runId}`,
		retry: said`Retry the failed answers there, then re-score: run ${runId}`,
		'self-test': said`Check that one: run ${runId}`,
	};
	throw new Failure({
		code: 'run-marked',
		message:
			wanted === 'repeat'
				? said`This run re-scores the outputs of run ${runId} (${name}) and generated nothing itself, so it can’t be repeated.`
				: said`This run re-scores the outputs of run ${runId} (${name}) and generated nothing itself, so it can’t be measured again.`,
		next: [next[wanted]],
	});
}
