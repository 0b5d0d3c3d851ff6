import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import type { z } from 'zod';
import { getLiveCollection } from '../context/retrieval/store.ts';
import type { AdapterUse } from '../contract/adapters/schema.ts';
import { type ArmContext, armContextEntrySchema } from '../contract/evaluation/arm-context.ts';
import { plainScorers, plainTechniques } from '../contract/evaluation/config-file.ts';
import {
	type Criterion,
	parametersSchema,
	type RunConfig,
	runConfigSchema,
} from '../contract/evaluation/run-config.ts';
import { type Scorer, scorerSchema } from '../contract/evaluation/scorer.ts';
import { extractionSchema, type Technique, techniqueSchema } from '../contract/evaluation/technique.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import { getDataset } from '../dataset/store/datasets.ts';
import { getVersion } from '../dataset/store/versions.ts';
import { getAdapterRow } from '../library/adapters/adapters.ts';
import { resolveModel } from '../library/resolve-model.ts';
import { getPrompt, getPromptVersion } from '../prompt/store.ts';
import type { EvaluationContext } from './context.ts';

type Context = Pick<EvaluationContext, 'database'> & {
	readonly library: Pick<EvaluationContext['library'], 'all' | 'modelFile'>;
};

/**
 * Writes a config as a file for `assay eval run`, on this computer or wherever things have the same names: prompts are
 * written out, defaults are left out. Reading it gives the same config again.
 */
export function writeConfigFile(context: Context, config: RunConfig): { fileName: string; text: string } {
	const { database } = context;
	const { name, epochs, seed, width, independent, shardSize, contextSize, threads } = config;
	const dataset = getDataset(database, config.dataset.datasetId);
	const { versionId, split, tags, limit } = config.dataset;
	const models = config.modelFileIds.map((id, index) => {
		const model = modelName(context, id);
		const adapters = config.modelAdapters?.[index] ?? [];
		return adapters.length === 0 ? model : { model, adapters: adapters.map((use) => adapterEntry(context, use)) };
	});
	const parameters = config.parameters.map((one) => minimal(parametersSchema, one));
	const usual = runConfigSchema.shape;
	const file = {
		...(name.trim() === '' ? {} : { name: name.trim() }),
		dataset: {
			name: dataset.name,
			...(versionId === null ? {} : { version: getVersion(database, versionId).number }),
			...(split === null ? {} : { split }),
			...(tags.length === 0 ? {} : { tags }),
			...(limit === null ? {} : { limit }),
		},
		prompts: config.promptVersionIds.map((id) => promptEntry(context, id)),
		models,
		techniques: config.techniques.map(techniqueEntry),
		...(isDeepStrictEqual(parameters, [{}]) ? {} : { parameters }),
		...(config.contexts === undefined ? {} : { contexts: config.contexts.map((one) => contextEntry(context, one)) }),
		scorers: config.scorers.map((scorer) => scorerEntry(context, scorer)),
		...Object.fromEntries(
			Object.entries({ epochs, seed, width, independent, shardSize, contextSize, threads }).filter(
				([key, value]) => value !== usual[key as 'epochs'].parse(undefined),
			),
		),
		...(config.criteria.length === 0 ? {} : { criteria: config.criteria.map(criterionEntry) }),
	};
	const fileName = `${fileNameOf(name.trim() === '' ? dataset.name : name)}.yaml`;
	// Lines are not folded: a folded prompt is hard to compare.
	return { fileName, text: `# assay eval run ${fileName}\n${stringify(file, { lineWidth: 0 })}` };
}

/** Removes what reading adds by default. */
function minimal<T extends object>(schema: z.ZodType, value: T): Partial<T> {
	let rest: Partial<T> = value;
	for (const key of Object.keys(value) as (keyof T)[]) {
		const { [key]: _, ...less } = rest as T;
		const parsed = schema.safeParse(less);
		if (parsed.success && isDeepStrictEqual(parsed.data, value)) rest = less as Partial<T>;
	}
	return rest;
}

function isAlone({ kind }: { readonly kind?: unknown }, entry: object, plain: readonly string[]): boolean {
	return Object.keys(entry).length === 1 && plain.includes(String(kind));
}

function techniqueEntry(technique: Technique): unknown {
	const entry = minimal(techniqueSchema, technique);
	if (isAlone(technique, entry, plainTechniques)) return technique.kind;
	return 'extract' in entry && entry.extract !== undefined
		? { ...entry, extract: minimal(extractionSchema, entry.extract) }
		: entry;
}

function scorerEntry(context: Context, scorer: Scorer): unknown {
	const entry = minimal(scorerSchema, scorer);
	if (scorer.kind === 'judge') {
		const { modelFileId: _, kind, ...judge } = entry as Partial<typeof scorer>;
		return { kind, model: modelName(context, scorer.modelFileId), ...judge };
	}
	return isAlone(scorer, entry, plainScorers) ? scorer.kind : entry;
}

/** Written out, so that on another computer, or after a change, it is still this text. */
function promptEntry({ database }: Context, versionId: number): unknown {
	const { promptId, system, template, example } = getPromptVersion(database, versionId);
	return {
		name: getPrompt(database, promptId).name,
		...(system === '' ? {} : { system }),
		template,
		...(example === '' ? {} : { example }),
	};
}

function contextEntry(context: Context, { documents, ...memory }: ArmContext): unknown {
	if (documents === undefined) return Object.keys(memory).length === 0 ? 'none' : memory;
	const { collectionId, rerank, ...rest } = documents;
	const { collection: _, ...entry } = minimal(armContextEntrySchema.shape.documents.unwrap(), {
		collection: 'any',
		...rest,
		rerank: rerank === null ? null : { model: modelName(context, rerank.modelFileId), candidates: rerank.candidates },
	});
	return { documents: { collection: getLiveCollection(context.database, collectionId).name, ...entry }, ...memory };
}

function adapterEntry({ database }: Context, { id, scale }: AdapterUse): unknown {
	const { name } = getAdapterRow(database, id);
	return scale === 1 ? name : { name, scale };
}

/** The shortest name that still identifies this file. */
function modelName({ library }: Context, id: number): string {
	const file = library.modelFile(id);
	const names = [file.name, `${file.name} ${file.quantization}`];
	return names.find((name) => means(library.all(), name, file)) ?? file.path;
}

function means(files: readonly ModelFile[], name: string, { id }: ModelFile): boolean {
	try {
		return resolveModel(files, name)?.id === id;
	} catch {
		return false;
	}
}

/** "exact >= 0.85", if the scorer's name allows that form. */
function criterionEntry({ metric, operator, value }: Criterion): unknown {
	if (/[<>=≥≤]/.test(metric) || metric.trim() !== metric || !/^-?\d+(?:\.\d+)?$/.test(String(value))) {
		return { metric, operator, value };
	}
	return `${metric} ${operator === 'at-least' ? '>=' : '<='} ${value}`;
}

function fileNameOf(name: string): string {
	const words = name
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N}]+/gu, '-')
		.replaceAll(/^-+|-+$/g, '')
		.slice(0, 60);
	return words === '' ? 'run' : words;
}
