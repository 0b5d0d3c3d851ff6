import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { Failure } from '../../../models/contract/failure.ts';
import type { Diagnostics } from '../../contract/activity/schema.ts';
import { formatBytes } from '../../text/format-bytes.ts';
import { type AddCommands, type CommandContext, examples } from './command.ts';
import { exitCode } from './exit-codes.ts';
import { table } from './table.ts';
import { withApplication } from './with-application.ts';

export const addDiagnostics: AddCommands = (program, execute) => {
	program
		.command('diagnostics')
		.description('create a diagnostics bundle for bug reports; contains no conversations and sends nothing')
		.option('--out <file>', 'save to this file')
		.addHelpText('after', examples('diagnostics', 'diagnostics --out assay-diagnostics.json', 'diagnostics --json'))
		.action(({ out }: { out?: string }, command: Command) => execute(command, (context) => collect(context, out)));
};

async function collect(context: CommandContext, out: string | undefined): Promise<number> {
	const bundle = await withApplication(context, (client) => client.diagnostics.collect());
	const saved = out === undefined ? null : resolve(out);
	if (saved !== null) save(saved, `${JSON.stringify(bundle, null, '\t')}\n`);
	context.output.result(
		{ ...bundle, saved },
		saved === null ? everything(bundle) : `${contents(bundle)}\nSaved as ${saved}`,
	);
	return exitCode.done;
}

function contents({ parts }: Diagnostics): string {
	return table(
		['PART', 'SIZE', 'WHAT'],
		parts.map(({ name, description, text }) => [name, formatBytes(Buffer.byteLength(text)), description]),
	);
}

function everything(bundle: Diagnostics): string {
	const texts = bundle.parts.map(({ name, text }) => `--- ${name}\n${text}`);
	return [contents(bundle), '', ...texts].join('\n');
}

function save(path: string, text: string): void {
	try {
		// Fails if the file exists already.
		writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error);
		throw new Failure(
			{
				code: 'file-not-written',
				message: `Couldn’t write ${path} (${why})`,
				next: ['Choose another file: --out <file>'],
			},
			{ cause: error },
		);
	}
}
