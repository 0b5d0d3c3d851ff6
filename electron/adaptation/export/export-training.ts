import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import {
	type TrainingConfig,
	type TrainingExportFormat,
	type TrainingRecord,
	trainingRecordName,
} from '../../contract/adaptation/schema.ts';
import type { ModelFile } from '../../contract/library/schema.ts';
import type { AdaptationContext } from '../context.ts';
import { divideSamples, refuseTestSplit } from '../divide-samples.ts';
import { type GatheredSample, gatherApart, gatherSamples } from '../gather-samples.ts';
import { recipeFiles } from './recipes.ts';

export interface TrainingExport {
	/** Paths of the files that were written. */
	readonly files: string[];
	readonly train: number;
	readonly validation: number;
}

/**
 * Writes the samples of a config as JSONL, divided as for training here, with a config or script that a program for
 * GPUs elsewhere runs as it is. Throws Failure `training-empty`, `training-test-split`, and those of datasets and the disk.
 */
export async function exportTraining(
	context: AdaptationContext,
	config: TrainingConfig,
	{ format, folder: asked }: { format: TrainingExportFormat; folder: string },
): Promise<TrainingExport> {
	refuseTestSplit(config);
	if (config.objective === 'distill') {
		throw new Failure({
			code: 'export-unsupported',
			message: said`Learning from a larger model can’t be exported: that model answers while the training runs here.`,
			next: [said`Train on this computer`, said`Learn from the answers of the samples instead`],
		});
	}
	const folder = resolve(asked);
	const samples = (await gatherSamples(context, config)).filter((sample) => hasAnswer(sample, config.objective));
	const { train, validation } = await divideSamples(
		samples,
		{
			holdOut: config.holdOut,
			validation: config.validation,
			seed: config.settings.seed,
			split: config.data.kind === 'dataset' ? config.data.split : null,
			apart: await gatherApart(context, config),
		},
		() => nextTurn(),
	);
	if (train.length === 0) {
		throw new Failure({
			code: 'training-empty',
			message: said`There are no samples to learn from.`,
			next: [said`Add samples with answers`, said`Choose another split, or fewer tags`],
		});
	}
	const base = context.library.modelFile(config.modelFileId);
	const { name } = base;
	const record = await recordOf(context, config, base);
	const form = { format, objective: config.objective };
	const texts: Record<string, string> = {
		'train.jsonl': train.map((sample) => line(sample, form)).join(''),
		// MLX-LM reads this name; the others are told it.
		'valid.jsonl': validation.map((sample) => line(sample, form)).join(''),
		[trainingRecordName]: `${JSON.stringify(record, null, 2)}\n`,
		...recipeFiles({ format, config, base: name, train: train.length, validation: validation.length }),
	};
	const written = Object.entries(texts).filter(([, text]) => text !== '');
	await refuseOtherFiles(
		folder,
		written.map(([file]) => file),
	);
	await mkdir(folder, { recursive: true });
	const files: string[] = [];
	for (const [file, text] of written) {
		await writeFile(join(folder, file), text);
		files.push(join(folder, file));
	}
	return { files, train: train.length, validation: validation.length };
}

/** Throws Failure `output-exists` if files of somebody else would be replaced; those of an earlier export may be. */
async function refuseOtherFiles(folder: string, names: readonly string[]): Promise<void> {
	const exists = async (name: string): Promise<boolean> => (await stat(join(folder, name)).catch(() => null)) !== null;
	if (await exists(trainingRecordName)) return;
	for (const name of names) {
		if (!(await exists(name))) continue;
		throw new Failure({
			code: 'output-exists',
			message: said`${join(folder, name)} exists already.`,
			next: [said`Choose another name or folder`],
		});
	}
}

/** Freezes the version, so that an adapter trained elsewhere can be linked to exactly these samples. */
async function recordOf(
	{ datasets }: AdaptationContext,
	{ data, name, objective, settings }: TrainingConfig,
	base: ModelFile,
): Promise<TrainingRecord> {
	const { dataset } = data.kind === 'dataset' ? datasets.manage.get(data.datasetId) : { dataset: null };
	const frozen =
		dataset === null || data.kind !== 'dataset'
			? null
			: await datasets.manage.freezeVersion(data.versionId ?? dataset.latest.id);
	return {
		...{ format: 'assay-training', version: 1, objective, settings },
		name: name.trim() || [base.name, dataset?.name ?? 'texts'].join(': ').slice(0, 200),
		base: { name: base.name, quantization: base.quantization, sha256: base.sha256 },
		dataset:
			dataset === null || frozen === null || frozen.sha256 === null
				? null
				: { name: dataset.name, number: frozen.number, sha256: frozen.sha256 },
	};
}

function hasAnswer({ content }: GatheredSample, objective: TrainingConfig['objective']): boolean {
	if ('text' in content) return content.text.trim() !== '';
	if (content.answer === null || content.answer === '') return false;
	return objective !== 'dpo' || content.rejected !== null;
}

/** One sample in the form that the program reads without a converter, so that only the last answer is learned. */
function line(
	{ content }: GatheredSample,
	{ format, objective }: { readonly format: TrainingExportFormat; readonly objective: TrainingConfig['objective'] },
): string {
	if ('text' in content) return `${JSON.stringify({ text: content.text })}\n`;
	const prompt = content.turns.map(({ role, content: text }) => ({ role, content: text }));
	const answer = (text: string) => ({ role: 'assistant', content: text });
	const given = answer(content.answer ?? '');
	if (objective === 'dpo') {
		return `${JSON.stringify({ prompt, chosen: [given], rejected: [answer(content.rejected ?? '')] })}\n`;
	}
	switch (format) {
		case 'trl':
		case 'unsloth':
			return `${JSON.stringify({ prompt, completion: [given] })}\n`;
		case 'axolotl': {
			const earlier = prompt.map((turn) => (turn.role === 'assistant' ? { ...turn, train: false } : turn));
			return `${JSON.stringify({ messages: [...earlier, { ...given, train: true }] })}\n`;
		}
		case 'mlx-lm':
			return `${JSON.stringify({ messages: [...prompt, given] })}\n`;
	}
}
