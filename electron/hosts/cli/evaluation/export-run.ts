import { Readable } from 'node:stream';
import type { EvaluationExport } from '../../../contract/evaluation/calls.ts';
import type { Client } from '../../transport/rpc-client.ts';
import type { CommandContext } from '../command.ts';
import { exitCode } from '../exit-codes.ts';
import { withApplication } from '../with-application.ts';
import { writeWholeFile } from '../write-file.ts';

export const exportFormats = [
	'json',
	'csv',
	'junit',
	'inspect',
	'promptfoo',
	'config',
] as const satisfies readonly EvaluationExport[];

interface Order {
	readonly id: number;
	readonly format: EvaluationExport;
	readonly armId?: number | null;
}

async function* pieces(client: Client, order: Order, signal?: AbortSignal): AsyncGenerator<string> {
	let after: number | null = null;
	do {
		const piece: { text: string; next: number | null } = await client.evaluations.export(
			{ ...order, after },
			signal ? { signal } : {},
		);
		yield piece.text;
		after = piece.next;
	} while (after !== null);
}

/** The whole export as one text. */
export async function wholeExport(client: Client, order: Order): Promise<string> {
	let text = '';
	for await (const piece of pieces(client, order)) text += piece;
	return text;
}

interface ExportOptions {
	readonly format: EvaluationExport;
	readonly arm?: number;
	readonly output?: string;
}

/** Prints a run, or writes it to a file, atomically. With --json the document is a line about the file. */
export async function exportEvaluation(
	context: CommandContext,
	id: number,
	{ format, arm, output: path }: ExportOptions,
): Promise<number> {
	const { output, interrupt } = context;
	const order = { id, format, armId: arm ?? null };
	await withApplication(context, async (client) => {
		if (path !== undefined) {
			await writeWholeFile(path, async (write) => {
				for await (const piece of pieces(client, order, interrupt.signal)) await write(piece);
			});
			output.result({ run: id, format, path }, `Run ${id} written to ${path}`);
		} else if (output.json && format !== 'json')
			output.result({ run: id, format, text: await wholeExport(client, order) }, '');
		else await output.pipe(Readable.from(pieces(client, order, interrupt.signal), { objectMode: true }));
	});
	return exitCode.done;
}
