import { basename, resolve } from 'node:path';
import type { CommandContext } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import { withApplication } from '../session.ts';
import { bytes, table } from '../table.ts';

/** `assay models inspect <path>`: the header's facts; nothing is loaded or kept. */
export async function inspectModel(context: CommandContext, path: string): Promise<number> {
	const inspection = await withApplication(context, (client) => client.models.inspect({ path: resolve(path) }));
	const { facts, warnings } = inspection;
	const { architecture, parameters, quantization, contextLength, sizeBytes, chatTemplate, ...rest } = facts;
	const name = facts.name ?? basename(path);
	const row = {
		...{ id: null, name, path: inspection.path, sizeBytes, sha256: null },
		...{ architecture, parameters, quantization, contextLength, default: false, chat: chatTemplate !== null },
	};
	const lines = [
		`${name}: ${architecture}, ${(parameters / 1e6).toFixed(0)} million parameters`,
		`${quantization}, ${bytes(sizeBytes)}, ${facts.bitsPerWeight.toFixed(2)} bits per weight`,
		`trained for a context of ${contextLength ?? 'an unknown number of'} tokens`,
		chatTemplate === null ? 'no chat template: a base model, not trained to chat' : 'has a chat template',
		`licence: ${facts.license ?? 'not stated'}`,
		'',
		table(
			['TENSORS', 'COUNT', 'SIZE'],
			facts.tensors.map(({ type, count, bytes: size }) => [type, String(count), bytes(size)]),
		),
		...warnings.map((warning) => `warning: ${warning}`),
	];
	context.output.result({ models: [{ ...row, ...rest, name, chatTemplate }], warnings }, lines.join('\n'));
	return exitCode.done;
}
