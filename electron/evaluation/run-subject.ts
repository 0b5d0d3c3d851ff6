import { Failure } from '../../models/contract/failure.ts';
import type { ChatTemplate, LoraAdapter } from '../../models/contract/load.ts';
import { type Said, said, type Words } from '../../models/contract/said.ts';
import { type Manifest, manifestSchema } from '../contract/evaluation/manifest.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import { readSamplesById } from '../dataset/read-version.ts';
import { resolveAdapters } from '../library/adapters/adapters.ts';
import { createBuilder } from '../prompt/build-request.ts';
import { getPromptVersion } from '../prompt/store.ts';
import { createContextCollector } from './arm-context.ts';
import { labelsOf } from './arm-labels.ts';
import type { EvaluationContext } from './context.ts';
import type { Asking } from './shard/measure-shard.ts';
import { type ShardLayout, shardLayoutOf } from './shard/shard-layout.ts';
import { armsOf, type StoredArm } from './store/arms.ts';
import { getRun, type StoredRun } from './store/runs.ts';
import { type RunSample, runSamples } from './store/samples.ts';

/** An arm whose outputs are re-scored. */
export interface RunArm {
	readonly stored: StoredArm;
	readonly label: Words;
}

/** An arm that is measured. */
export interface SubjectArm extends RunArm {
	readonly model: ModelFile;
	readonly contextSize: number;
	/** The template chosen for the model when the run was planned; undefined: the file's own. */
	readonly chatTemplate?: ChatTemplate | undefined;
	/** LoRA adapters on the model. */
	readonly adapters: readonly LoraAdapter[];
	readonly asking: Asking;
}

/** A run that is ready to be measured or, with arms of type `RunArm`, re-scored. */
export interface RunSubject<Arm extends RunArm = SubjectArm> {
	readonly run: StoredRun;
	readonly manifest: Manifest;
	readonly samples: readonly RunSample[];
	readonly layout: ShardLayout;
	/** For measuring, arms of one model with the same adapters are next to each other, so that each is loaded once. */
	readonly arms: readonly Arm[];
}

function modelOf(
	{ library, database }: Pick<EvaluationContext, 'library' | 'database'>,
	arm: StoredArm,
	manifest: Manifest,
): Pick<SubjectArm, 'model' | 'adapters'> {
	const planned = manifest.arms[arm.position];
	const wanted = planned?.model;
	const name = wanted?.name ?? said`A model`;
	const type = wanted?.quantization ?? '?';
	const gone = (message: Said): Failure =>
		new Failure({
			code: 'run-model-changed',
			message,
			next: [said`Add the same file to the library again`, said`Start a new run`],
		});
	if (arm.modelFileId === null)
		throw gone(said`${name} (${type}) is no longer in the library, so this run can’t continue.`);
	const model = library.modelFile(arm.modelFileId);
	if (model.sha256 !== null && model.sha256 !== wanted?.sha256)
		throw gone(said`${name} (${type}) has changed, so this run can’t continue.`);
	const { files, used } = resolveAdapters(database, arm.adapters, model);
	for (const [index, adapter] of used.entries()) {
		if (adapter.sha256 !== planned?.adapters?.[index]?.sha256)
			throw gone(said`The adapter ${adapter.name} has changed, so this run can’t continue.`);
	}
	return { model, adapters: files };
}

/** Reads how an arm asks. Throws the Failure of a prompt or example that is gone. */
export function readAsking(
	{ database }: Pick<EvaluationContext, 'database'>,
	arm: StoredArm,
	{ seed, versionId }: { seed: number; versionId: number },
): Asking {
	if (arm.promptVersionId === null) throw new Error(`arm ${arm.id} has no prompt`);
	const version = getPromptVersion(database, arm.promptVersionId);
	const examples = readSamplesById(database, versionId, arm.examples);
	const build = createBuilder({ version, technique: arm.technique, examples });
	return { technique: arm.technique, parameters: arm.parameters, runSeed: seed, build, collect: null };
}

/** Reads a run to measure. Throws the Failure of a change: a model that is gone or is another file by now. */
export function readRunToMeasure(context: EvaluationContext, id: number): RunSubject {
	const marked = readRunToScore(context, id);
	const { run, manifest } = marked;
	const arms: SubjectArm[] = [];
	for (const { stored, label } of marked.arms) {
		const planned = manifest.arms[stored.position];
		const asking = readAsking(context, stored, { seed: manifest.seed, versionId: run.datasetVersionId });
		arms.push({
			stored,
			label,
			...modelOf(context, stored, manifest),
			contextSize: planned?.contextSize ?? 0,
			chatTemplate: planned?.model.chatTemplate,
			asking: { ...asking, collect: createContextCollector(context, stored.context, planned?.context, asking) },
		});
	}
	return { ...marked, arms: byLoad(arms).flat() };
}

/** Groups arms that one load of a model serves, in order. */
export function byLoad<Arm extends Pick<SubjectArm, 'model' | 'adapters'>>(arms: readonly Arm[]): readonly Arm[][] {
	const groups = new Map<string, Arm[]>();
	// A model's groups are next to each other.
	const models = [...new Set(arms.map(({ model }) => model.id))];
	for (const arm of models.flatMap((id) => arms.filter(({ model }) => model.id === id))) {
		const key = JSON.stringify([arm.model.id, arm.adapters]);
		groups.set(key, [...(groups.get(key) ?? []), arm]);
	}
	return [...groups.values()];
}

/** Reads a run to re-score: only its outputs; models and prompts may be gone. */
export function readRunToScore({ database }: Pick<EvaluationContext, 'database'>, id: number): RunSubject<RunArm> {
	const run = getRun(database, id);
	const manifest = manifestSchema.parse(JSON.parse(run.manifest));
	const labels = labelsOf(manifest);
	return {
		run,
		manifest,
		samples: runSamples(database, id),
		layout: shardLayoutOf(manifest),
		arms: armsOf(database, id).map((stored) => ({ stored, label: labels[stored.position] ?? '' })),
	};
}
