import { basename, resolve } from 'node:path';
import { describeRecommended } from '../../../../models/contract/recommended-sampling.ts';
import { formatBytes } from '../../../text/format-bytes.ts';
import type { CommandContext } from '../command.ts';
import { exitCode } from '../exit-codes.ts';
import { oneLine, table } from '../table.ts';
import { withApplication } from '../with-application.ts';

/** `assay models inspect <path>`: prints the facts of the header; loads and stores nothing. */
export async function inspectModel(context: CommandContext, path: string): Promise<number> {
	const inspection = await withApplication(context, (client) => client.models.inspect({ path: resolve(path) }));
	const { facts, warnings, risks, tokenizer, metadata, engine } = inspection;
	const { architecture, parameters, quantization, contextLength, sizeBytes, chatTemplate, ...rest } = facts;
	const name = facts.name ?? basename(path);
	const row = {
		id: null,
		name,
		path: inspection.path,
		sizeBytes,
		sha256: null,
		architecture,
		parameters,
		quantization,
		contextLength,
		default: false,
		chat: chatTemplate !== null,
	};
	const recommended = [
		...describeRecommended(facts.recommendedSampling),
		...facts.recommendedSampling.notApplied.map((words) => `${words} (not supported)`),
	].map((words) => oneLine(words, 80));
	const lines = [
		`${name}: ${architecture}, ${(parameters / 1e6).toFixed(0)} million parameters${facts.kind === 'model' ? '' : `, ${facts.kind}`}`,
		`${quantization}, ${formatBytes(sizeBytes)}${facts.parts > 1 ? ` in ${facts.parts} parts` : ''}, ${facts.bitsPerWeight.toFixed(2)} bits per weight`,
		`trained context: ${contextLength === null ? 'unknown' : `${contextLength} tokens`}`,
		chatTemplate === null ? 'no chat template: a base model, not trained to chat' : 'has a chat template',
		...(tokenizer === null
			? []
			: [
					`tokenizer: ${tokenizer.model ?? 'unknown'}, ${tokenizer.vocabularySize === null ? 'vocabulary size unknown' : `${tokenizer.vocabularySize} tokens`}`,
				]),
		...(recommended.length === 0 ? [] : [`recommended sampling: ${recommended.join(', ')}`]),
		`licence: ${facts.license ?? 'not stated'}`,
		`features: ${
			engine
				.filter(({ usable }) => usable)
				.map((one) => one.name)
				.join(', ') || 'none'
		}`,
		'',
		table(
			['TENSORS', 'COUNT', 'SIZE', 'BITS'],
			facts.tensors.map(({ type, count, bytes: size, parameters: weights }) => [
				type,
				String(count),
				formatBytes(size),
				((size * 8) / Math.max(1, weights)).toFixed(2),
			]),
		),
		...warnings.map((warning) => `warning: ${warning}`),
		...risks.map(
			({ level, message, excerpt }) => `${level}: ${message}${excerpt === null ? '' : `\n  ${oneLine(excerpt, 100)}`}`,
		),
	];
	context.output.result(
		{ models: [{ ...row, ...rest, name, chatTemplate, tokenizer, metadata, engine }], warnings, risks },
		lines.join('\n'),
	);
	return exitCode.done;
}
