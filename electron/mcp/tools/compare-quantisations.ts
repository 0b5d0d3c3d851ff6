import { z } from 'zod';
import { Failure } from '../../../models/contract/failure.ts';
import { type QuantizeType, quantizeTypeSchema } from '../../../models/contract/native/tasks.ts';
import type { Client } from '../../contract/client.ts';
import { overallQuality } from '../../contract/comparison/overall-quality.ts';
import { type Comparison, outcomeSchema, presetNameSchema, verdictSchema } from '../../contract/comparison/schema.ts';
import { findDataset } from '../../contract/dataset/find-dataset.ts';
import { groupModels, mostExactFile } from '../../contract/library/model-groups.ts';
import { defineTool, type ToolCall } from '../tool.ts';
import { untilEnded } from '../wait.ts';
import { modelField } from './model-input.ts';

const input = z.object({
	model: modelField.describe('Any file of the model; empty: the default model. All its files are compared'),
	files: z.array(z.string().max(500)).max(40).default([]).describe('Only these files besides the most exact one'),
	// A list of all types would take as many tokens as the rest of the tool.
	quantise: z.array(z.string().max(20)).max(12).default([]).describe('Types to make first, such as Q4_K_M'),
	thoroughness: presetNameSchema.default('quick'),
	dataset: z.string().max(200).optional().describe('Dataset that every file answers, for paired accuracy'),
	samples: z.int().min(1).optional(),
	comparison_id: z.int().optional().describe('Instead of all this: wait for this comparison, resumed if it is paused'),
	wait: z.boolean().default(true).describe('false: return at once; ask again by comparison_id'),
});

export const compareQuantisations = defineTool({
	name: 'compare_quantisations',
	title: 'Compare quantisations',
	description:
		'Measures the files (quantisations) of one model on this computer: divergence from the most exact file, speed, accuracy, and which to use. Takes minutes; reports progress; cancelling pauses it.',
	scope: 'evaluation',
	input,
	output: z.object({
		comparison_id: z.int(),
		status: z.string(),
		verdict: z.string().nullable(),
		detail: z.string(),
		confidence: verdictSchema.shape.confidence.nullable(),
		use: z.string().nullable().describe('The file to use; null: none can be named'),
		files: z.array(
			z.object({
				name: z.string(),
				quantization: z.string(),
				reference: z.boolean(),
				size_bytes: z.int().nullable(),
				kl_divergence: z.number().nullable().describe('Mean, nats, from the reference'),
				kl_divergence_error: z.number().nullable(),
				same_top_token: z.number().nullable().describe('Share of tokens, 0 to 1'),
				tokens_per_second: z.number().nullable(),
				accuracy: z.number().nullable(),
				outcome: outcomeSchema.nullable(),
				reason: z.string(),
			}),
		),
		warnings: z.array(z.string()),
	}),
	annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
	async run(given, call) {
		const started = await begun(call, given);
		return output(given.wait ? await ended(call, started) : started);
	},
});

async function begun({ client }: ToolCall, given: z.output<typeof input>): Promise<Comparison> {
	const { comparison_id: id } = given;
	if (id !== undefined) {
		const comparison = await client.comparisons.get({ id });
		return comparison.status === 'paused' ? client.comparisons.resume({ id }) : comparison;
	}
	const { model } = await client.server.resolveModel({ name: given.model });
	const { models } = await client.models.list();
	const usable = models.filter(({ problem, kind }) => problem === null && kind === 'model');
	const group = groupModels(usable).find(({ files }) => files.some((file) => file.id === model.id));
	const reference = group === undefined ? undefined : mostExactFile(group);
	if (group === undefined || reference === undefined) throw new Error(`the model ${model.id} is in no group`);
	const wanted = new Set<number>();
	for (const name of given.files) wanted.add((await client.server.resolveModel({ name })).model.id);
	const candidates = wanted.size === 0 ? group.files.map((file) => file.id) : [...wanted];
	const files = {
		referenceId: reference.id,
		candidateIds: candidates.filter((each) => each !== reference.id),
		quantize: given.quantise.map(typeNamed),
	};
	if (files.candidateIds.length + files.quantize.length === 0) {
		throw new Failure({
			code: 'nothing-to-compare',
			message: `The library has one file of ${group.name}: ${reference.quantization}.`,
			next: ['Name types to make under quantise, such as Q4_K_M', 'Add another file of the model'],
		});
	}
	const { presets } = await client.comparisons.presets(files);
	const plan = presets.find(({ name }) => name === given.thoroughness)?.plan;
	return client.comparisons.start({ ...files, ...plan, task: await taskOf(client, given) });
}

function typeNamed(text: string): QuantizeType {
	const known: readonly string[] = quantizeTypeSchema.options;
	const type = known.find((name) => name.toLowerCase() === text.trim().toLowerCase());
	if (type !== undefined) return quantizeTypeSchema.parse(type);
	throw new Failure({
		code: 'quantisation-unknown',
		message: `There is no quantisation “${text}”.`,
		next: [`Name one of: ${known.join(', ')}`],
	});
}

async function taskOf(client: Client, { dataset, samples }: z.output<typeof input>) {
	if (dataset === undefined) return null;
	const { id } = await findDataset(client, dataset);
	return { dataset: { datasetId: id, limit: samples ?? null } };
}

async function ended(call: ToolCall, started: Comparison): Promise<Comparison> {
	const { client, report } = call;
	const { id } = started;
	const comparison = await untilEnded(call, started, {
		isRunning: ({ status }) => status === 'waiting' || status === 'running',
		look: () => client.comparisons.get({ id }),
		stop: () => client.comparisons.pause({ id }),
		tell: ({ done, total, doing, secondsLeft }) => {
			const left = secondsLeft === null ? '' : `, about ${Math.ceil(secondsLeft)} s left`;
			report(done, total, `Step ${Math.min(done + 1, total)} of ${total}${left}: ${doing ?? 'starting'}`);
		},
	});
	if (comparison.failure !== null) throw new Failure(comparison.failure);
	return comparison;
}

function output({ id, status, verdict, rows, warnings }: Comparison) {
	const chosen = rows.find(({ candidateId }) => candidateId === verdict?.choose);
	return {
		comparison_id: id,
		status,
		verdict: verdict?.text ?? null,
		detail: verdict?.detail ?? '',
		confidence: verdict?.confidence ?? null,
		use: chosen === undefined ? null : `${chosen.name} ${chosen.quantization}`.trim(),
		files: rows.map((row) => {
			const quality = overallQuality(row);
			return {
				name: row.name,
				quantization: row.quantization,
				reference: row.reference,
				size_bytes: row.sizeBytes,
				kl_divergence: quality?.klDivergence ?? null,
				kl_divergence_error: quality?.klDivergenceError ?? null,
				same_top_token: quality?.sameTop ?? null,
				tokens_per_second: row.generation?.median ?? null,
				accuracy: row.accuracy?.metric?.value ?? null,
				outcome: row.outcome,
				reason: row.reason,
			};
		}),
		warnings: warnings.map(({ message }) => message),
	};
}
