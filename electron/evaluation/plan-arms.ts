import { availableParallelism } from 'node:os';
import { Failure } from '../../models/contract/failure.ts';
import type { ChatTemplate } from '../../models/contract/load.ts';
import { amount, figure, said } from '../../models/contract/said.ts';
import { sha256OfFile } from '../../models/file-hash.ts';
import type { AdapterUse, UsedAdapter } from '../contract/adapters/schema.ts';
import type { Sample } from '../contract/dataset/schema.ts';
import type { ArmContext, ManifestContext } from '../contract/evaluation/arm-context.ts';
import type { ManifestArm, ManifestModel } from '../contract/evaluation/manifest.ts';
import type { RunConfig } from '../contract/evaluation/run-config.ts';
import type { Technique } from '../contract/evaluation/technique.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import type { PromptVersion } from '../contract/prompt/schema.ts';
import { drawExamples } from '../prompt/draw-examples.ts';
import { sampleHash } from './manifest-hash.ts';
import type { NewArm } from './store/arms.ts';

/** Default context of a model: that of a chat. */
const usualContext = 8_192;

export interface PlannedArm {
	readonly stored: NewArm;
	readonly manifest: ManifestArm;
	readonly prompt: PromptVersion;
	readonly examples: readonly Sample[];
}

/** A model with the LoRA adapters that an arm has on it. */
export interface AdaptedModel {
	readonly file: ModelFile;
	readonly adapters: readonly AdapterUse[];
	/** As the manifest names them. */
	readonly used: readonly UsedAdapter[];
}

/** What goes into an arm's prompts besides the samples. */
export interface PlannedContext {
	readonly stored: ArmContext;
	/** undefined: nothing. */
	readonly manifest: ManifestContext | undefined;
}

export interface ArmChoices {
	readonly config: RunConfig;
	readonly prompts: readonly { readonly name: string; readonly version: PromptVersion }[];
	readonly models: readonly AdaptedModel[];
	readonly contexts: readonly PlannedContext[];
	/** The template chosen for a model; null: the file's own. */
	readonly chatTemplate: (modelFileId: number) => ChatTemplate | null;
	/** Samples of a split of the dataset version; null: all tested samples. May be called more than once. */
	readonly samples: (split: string | null) => Iterable<Sample>;
}

export function threadsOf({ threads }: Pick<RunConfig, 'threads'>): number {
	return threads === 0 ? availableParallelism() : threads;
}

/** Tokens. */
export function usualContextOf({ contextLength }: Pick<ModelFile, 'contextLength'>): number {
	return Math.min(usualContext, contextLength ?? usualContext);
}

function contextSizeOf(config: RunConfig, model: ModelFile): number {
	const most = model.contextLength ?? Number.POSITIVE_INFINITY;
	if (config.contextSize === null) return usualContextOf(model);
	if (config.contextSize <= most) return config.contextSize;
	throw new Failure({
		code: 'context-too-large',
		message: said`${model.name} was trained for ${amount(most, 'token')} and can’t use a context of ${figure(config.contextSize)}.`,
		next: [said`Choose ${amount(most, 'token')} or fewer`],
	});
}

/** Facts about a model file; computes its hash if unknown, which reads the whole file. */
export async function manifestModel(
	model: ModelFile,
	chatTemplate: ChatTemplate | null,
	signal?: AbortSignal,
): Promise<ManifestModel> {
	if (model.problem !== null) throw new Failure(model.problem);
	const { name, quantization, architecture, sizeBytes, chat } = model;
	const sha256 = model.sha256 ?? (await sha256OfFile(model.path, signal === undefined ? {} : { signal }));
	const facts = { name, quantization, architecture, sizeBytes, sha256, chat };
	return chatTemplate === null ? facts : { ...facts, chatTemplate };
}

/** Examples that a technique shows; `samples` as in `ArmChoices`. Throws Failure `too-few-examples`. */
export function examplesOf(technique: Technique, samples: ArmChoices['samples']): readonly Sample[] {
	if (!('shots' in technique) || technique.shots === 0) return [];
	const { shots, split, seed, pick } = technique;
	return drawExamples(
		() => samples(split),
		() => samples(null),
		{ shots, split, seed, pick },
	);
}

/**
 * Plans every prompt × technique × model × parameters × context, in this order. Draws examples once per technique, so arms with
 * the same technique show the same ones. Throws what can't be asked at all.
 */
export async function planArms(
	{ config, prompts, models, contexts, chatTemplate, samples }: ArmChoices,
	signal?: AbortSignal,
): Promise<readonly PlannedArm[]> {
	const facts = new Map<number, ManifestModel>();
	for (const { file } of models) {
		if (!facts.has(file.id)) facts.set(file.id, await manifestModel(file, chatTemplate(file.id), signal));
	}
	const examples = config.techniques.map((technique) => examplesOf(technique, samples));
	const arms: PlannedArm[] = [];
	for (const { name, version } of prompts) {
		for (const [index, technique] of config.techniques.entries()) {
			for (const { file: model, adapters, used } of models) {
				for (const parameters of config.parameters) {
					for (const context of contexts) {
						const shown = examples[index] ?? [];
						const manifest = facts.get(model.id);
						if (manifest === undefined) throw new Error(`no facts of model ${model.id}`);
						arms.push({
							prompt: version,
							examples: shown,
							stored: {
								modelFileId: model.id,
								promptVersionId: version.id,
								technique,
								parameters,
								context: context.stored,
								examples: shown.map(({ id }) => id),
								adapters,
							},
							manifest: {
								technique,
								parameters,
								model: manifest,
								...(used.length === 0 ? {} : { adapters: used.map(({ id: _, ...adapter }) => adapter) }),
								...(context.manifest === undefined ? {} : { context: context.manifest }),
								contextSize: contextSizeOf(config, model),
								prompt: { name, number: version.number, sha256: version.sha256 },
								examples: shown.map((sample) => ({ key: sample.key, sha256: sampleHash(sample) })),
							},
						});
					}
				}
			}
		}
	}
	return arms;
}
