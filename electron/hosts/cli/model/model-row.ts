import type { ModelFile } from '../../../contract/model.ts';
import { bytes, table } from '../table.ts';

/** A model as `--json` prints it. */
export function modelRow(model: ModelFile): object {
	const { id, name, path, sizeBytes, sha256, architecture, parameters, quantization, contextLength } = model;
	return {
		...{ id, name, path, sizeBytes, sha256, architecture, parameters, quantization, contextLength },
		default: model.default,
		chat: model.chat,
		problem: model.problem,
	};
}

export function modelTable(models: readonly ModelFile[]): string {
	return table(
		['', 'ID', 'NAME', 'QUANT', 'SIZE', 'CONTEXT', 'PATH'],
		models.map((model) => [
			model.problem ? '!' : model.default ? '*' : '',
			String(model.id),
			model.name,
			model.quantization,
			bytes(model.sizeBytes),
			model.contextLength === null ? '?' : String(model.contextLength),
			model.path,
		]),
	);
}
