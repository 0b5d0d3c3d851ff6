import type { ModelFile } from '../../../contract/library/schema.ts';
import { formatBytes } from '../../../text/format-bytes.ts';
import { table } from '../table.ts';

/** Returns a model as `--json` prints it. */
export function modelRow(model: ModelFile): object {
	const { id, name, path, sizeBytes, sha256, architecture, parameters, quantization, contextLength } = model;
	return {
		id,
		name,
		path,
		sizeBytes,
		sha256,
		architecture,
		parameters,
		quantization,
		contextLength,
		default: model.default,
		chat: model.chat,
		kind: model.kind,
		parts: model.parts,
		license: model.license,
		source: model.source,
		copies: model.copies.map((copy) => copy.path),
		tokensPerSecond: model.tokensPerSecond,
		problem: model.problem,
	};
}

export function modelTable(models: readonly ModelFile[]): string {
	return table(
		['', 'ID', 'NAME', 'QUANT', 'SIZE', 'CONTEXT', 'PATH'],
		models.map((model) => [
			model.problem ? '!' : model.default ? '*' : '',
			String(model.id),
			model.kind === 'model' ? model.name : `${model.name} (${model.kind})`,
			model.quantization,
			formatBytes(model.sizeBytes),
			model.contextLength === null ? '?' : String(model.contextLength),
			model.path,
		]),
	);
}
