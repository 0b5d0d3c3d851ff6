import { type Command, Option } from 'commander';
import { type McpClientName, type McpEndpoint, mcpClients, mcpConfig } from '../../contract/server/mcp-config.ts';
import { type ServerScope, serverScopes } from '../../contract/server/schema.ts';
import { usualScopes } from '../../mcp/context.ts';
import { assayVersion } from '../assay-version.ts';
import { mcpCommand } from '../mcp-command.ts';
import { type AddCommands, type CommandContext, examples } from './command.ts';
import { exitCode } from './exit-codes.ts';
import { lendApplication } from './lend-application.ts';
import { parseScopes } from './scopes-option.ts';
import { withApplication } from './with-application.ts';

interface McpOptions {
	readonly scopes: readonly ServerScope[];
	readonly printConfig?: McpClientName;
	readonly http?: true;
}

/** `assay mcp`: for agents that start programs, over standard input and output. */
export const addMcp: AddCommands = (program, execute) => {
	program
		.command('mcp')
		.description('serve agents over standard input and output, by the Model Context Protocol')
		.option('--scopes <list>', `what agents may do: ${serverScopes.join(', ')}`, parseScopes, [...usualScopes])
		.addOption(
			new Option('--print-config <client>', 'print the configuration for a program, and end').choices(mcpClients),
		)
		.option('--http', 'with --print-config: for the running server, with a key, instead of starting a command')
		.addHelpText(
			'after',
			examples(
				'mcp --print-config claude-desktop',
				'mcp --print-config vscode --http',
				'mcp --scopes inference,evaluation,conversations',
			),
		)
		.action((options: McpOptions, command: Command) =>
			execute(command, (context) =>
				options.printConfig === undefined
					? serve(context, options.scopes)
					: printConfig(context, options.printConfig, options.http === true),
			),
		);
};

async function serve(context: CommandContext, scopes: readonly ServerScope[]): Promise<number> {
	const { output, interrupt } = context;
	const application = lendApplication(context);
	const { serveOverStreams } = await import('../../mcp/stdio.ts');
	if (process.stdin.isTTY) {
		output.note('Waiting for an agent on standard input. To set one up: assay mcp --print-config <client>');
	}
	try {
		await serveOverStreams(
			{ withApplication: application.lend, version: assayVersion(), log: output.log },
			{ scopes, local: true },
			{ input: process.stdin, output: process.stdout, signal: interrupt.signal },
		);
	} finally {
		await application.close();
	}
	return interrupt.signal.aborted ? interrupt.exitCode : exitCode.done;
}

async function printConfig(context: CommandContext, client: McpClientName, http: boolean): Promise<number> {
	const endpoint: McpEndpoint = http
		? await httpEndpoint(context)
		: { kind: 'command', command: mcpCommand(context.dataFolder, process.execPath, process.argv[1] ?? '') };
	const { clientName, file, text } = mcpConfig(client, endpoint);
	context.output.warn(`For ${clientName}. Put it into ${file}.`);
	context.output.result({ client, file, config: JSON.parse(text) }, text);
	return exitCode.done;
}

/** The address is known without the server being on; the key is not stored, so there is only a place for it. */
async function httpEndpoint(context: CommandContext): Promise<McpEndpoint> {
	const { serverPort } = await withApplication(context, (client) => client.settings.get());
	context.output.warn(
		`Switch the server on (assay server start), and add a key: assay server keys add <name> --scopes ${usualScopes.join(',')}`,
	);
	return { kind: 'http', url: `http://127.0.0.1:${serverPort}/mcp`, key: '<key>' };
}
