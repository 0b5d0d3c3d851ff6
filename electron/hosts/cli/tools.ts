import { resolve } from 'node:path';
import type { Command } from 'commander';
import { Failure } from '../../../models/contract/failure.ts';
import { mcpClients } from '../../contract/server/mcp-config.ts';
import type {
	ArgumentPattern,
	ShownLaunch,
	ToolArguments,
	ToolServer,
	ToolsView,
	ToolView,
} from '../../contract/tools/schema.ts';
import type { Client } from '../transport/rpc-client.ts';
import { type AddCommands, type CommandContext, examples, wholeNumber } from './command.ts';
import { exitCode, UsageError } from './exit-codes.ts';
import { collect } from './list-option.ts';
import { oneLine, table } from './table.ts';
import { textOption } from './text-option.ts';
import { withApplication } from './with-application.ts';

interface AddOptions {
	url?: string;
	env?: readonly string[];
	header?: readonly string[];
	folder?: string;
}

interface ImportOptions {
	only?: readonly string[];
	input?: readonly string[];
}

interface AllowOptions {
	yes?: true;
	always?: true;
	argument?: string;
	prefix?: string;
}

interface LogOptions {
	conversation?: number;
	limit: number;
	clear?: true;
}

export const addTools: AddCommands = (program, execute) => {
	const tools = program
		.command('tools')
		.description('tools that models may call: built in, and of servers that speak the Model Context Protocol');
	tools
		.command('list')
		.description('list servers and tools with their state and the tokens that each takes in a prompt')
		.addHelpText('after', examples('tools list', 'tools list --json'))
		.action((_options, command: Command) => execute(command, listTools));
	tools
		.command('add <name> [command...]')
		.description('add a server by its command or its address; nothing runs before you allow it')
		.option('--url <url>', 'address of a server, instead of a command')
		.option('--env <name=value>', 'environment variable of the command; may be repeated', collect)
		.option('--header <name:value>', 'HTTP header to send to the address; may be repeated', collect)
		.option('--folder <path>', 'folder to start the command in')
		.addHelpText(
			'after',
			examples(
				'tools add files -- npx -y @modelcontextprotocol/server-filesystem ~/notes',
				'tools add tickets --url https://example.com/mcp --header "Authorization: Bearer …"',
			),
		)
		.action((name: string, words: string[], options: AddOptions, command: Command) =>
			execute(command, (context) => addServer(context, name, words, options)),
		);
	tools
		.command('import <file>')
		.description(
			'add the servers of a configuration of Claude Desktop, Cursor, VS Code or LM Studio; - is standard input',
		)
		.option('--only <name>', 'only this server; may be repeated', collect)
		.option('--input <id=value>', 'value of an input that the file asks for; may be repeated', collect)
		.addHelpText(
			'after',
			examples('tools import ~/.cursor/mcp.json', 'tools import mcp.json --only github --input token=…'),
		)
		.action((file: string, options: ImportOptions, command: Command) =>
			execute(command, (context) => importServers(context, file, options)),
		);
	tools
		.command('export <client>')
		.description(`print the servers as a configuration: ${mcpClients.join(', ')}`)
		.addHelpText('after', examples('tools export cursor'))
		.action((text: string, _options, command: Command) => {
			const client = mcpClients.find((one) => one === text);
			if (client === undefined) throw new UsageError(`"${text}" is none of ${mcpClients.join(', ')}`);
			return execute(command, async (context) => {
				const config = await withApplication(context, (app) => app.tools.exportServers({ client }));
				context.output.result({ config }, config.text);
				return exitCode.done;
			});
		});
	tools
		.command('allow <server-or-tool>')
		.description('approve a server, or switch a tool on; shows its whole command or change first')
		.option('--yes', 'approve what was shown')
		.option('--always', 'let models call the tool without asking')
		.option('--argument <name>', 'with --prefix: the argument that the prefix limits')
		.option('--prefix <path>', 'path or address that the argument must equal or lie below')
		.addHelpText(
			'after',
			examples(
				'tools allow files',
				'tools allow calculator --always',
				'tools allow read_file --always --argument path --prefix ~/notes',
			),
		)
		.action((name: string, options: AllowOptions, command: Command) =>
			execute(command, (context) => allow(context, name, options)),
		);
	tools
		.command('remove <server-or-tool>')
		.description('remove a server, or switch a tool off and end its permissions')
		.addHelpText('after', examples('tools remove files', 'tools remove calculator'))
		.action((name: string, _options, command: Command) => execute(command, (context) => remove(context, name)));
	tools
		.command('call <tool> [arguments]')
		.description('call a tool by hand; arguments are a JSON object, - reads them from standard input')
		.addHelpText(
			'after',
			examples(
				`tools call calculator '{"expression": "0.1 + 0.2"}'`,
				'tools call files/list_directory - < arguments.json',
			),
		)
		.action((name: string, text: string | undefined, _options, command: Command) =>
			execute(command, (context) => callTool(context, name, text)),
		);
	tools
		.command('log')
		.description('list calls of tools, newest first')
		.option('--conversation <id>', 'only those of a conversation', wholeNumber(1))
		.option('--limit <n>', 'how many', wholeNumber(1, 500), 50)
		.option('--clear', 'delete these entries instead')
		.addHelpText('after', examples('tools log', 'tools log --conversation 3 --json', 'tools log --clear'))
		.action((options: LogOptions, command: Command) => execute(command, (context) => showLog(context, options)));
	const folders = tools.command('folders').description('choose the folders that the built-in file tools may read');
	folders
		.command('list')
		.description('list them')
		.addHelpText('after', examples('tools folders list'))
		.action((_options, command: Command) => execute(command, (context) => changeFolders(context, (all) => all)));
	folders
		.command('add <folder>')
		.description('let the file tools read a folder')
		.addHelpText('after', examples('tools folders add ~/notes'))
		.action((path: string, _options, command: Command) =>
			execute(command, (context) => changeFolders(context, (all) => [...all, resolve(path)])),
		);
	folders
		.command('remove <folder>')
		.description('stop letting the file tools read a folder')
		.addHelpText('after', examples('tools folders remove ~/notes'))
		.action((path: string, _options, command: Command) =>
			execute(command, (context) =>
				changeFolders(context, (all) => {
					if (all.includes(resolve(path))) return all.filter((one) => one !== resolve(path));
					throw new Failure({
						code: 'folder-unknown',
						message: `${resolve(path)} is none of the folders that the file tools may read.`,
						next: ['See them: assay tools folders list'],
					});
				}),
			),
		);
};

async function listTools(context: CommandContext): Promise<number> {
	const view = await withApplication(context, (client) => client.tools.view());
	const rows = view.tools.map((tool) => [
		nameOf(view, tool),
		stateOf(view, tool),
		String(tool.tokens),
		oneLine(tool.description, 60),
	]);
	const servers = view.servers.map((server) => [server.name, server.state, oneLine(launchLine(server.launch), 80)]);
	context.output.result(
		view,
		[
			...(servers.length === 0 ? [] : [table(['SERVER', 'STATE', 'COMMAND OR ADDRESS'], servers), '']),
			table(['TOOL', 'STATE', 'TOKENS', 'DESCRIPTION'], rows),
		].join('\n'),
	);
	return exitCode.done;
}

function nameOf({ servers }: ToolsView, { serverId, name }: ToolView): string {
	const server = servers.find(({ id }) => id === serverId);
	return server === undefined ? name : `${server.name}/${name}`;
}

function stateOf({ grants }: ToolsView, { id, isOn, isMissing, changed }: ToolView): string {
	if (isMissing) return 'missing';
	if (changed !== null) return 'changed';
	if (!isOn) return 'off';
	return grants.some(
		({ toolId, conversationId, pattern }) => toolId === id && conversationId === null && pattern.kind === 'any',
	)
		? 'always'
		: 'ask';
}

/** The whole command, with quotes around words that need them. */
function launchLine(launch: ShownLaunch): string {
	if (launch.kind === 'url') return launch.url;
	return [launch.command, ...launch.args]
		.map((word) => (/^[\w@%+=:,./~-]+$/.test(word) ? word : JSON.stringify(word)))
		.join(' ');
}

/** Everything about a launch that a person approves. */
function launchText({ name, launch }: ToolServer): string {
	const names = launch.kind === 'command' ? launch.variables : launch.headers;
	return [
		`${name}: ${launchLine(launch)}`,
		...(launch.kind === 'command' && launch.folder !== null ? [`  in the folder ${launch.folder}`] : []),
		...(names.length === 0
			? []
			: [`  with ${launch.kind === 'command' ? 'the variables' : 'the headers'} ${names.join(', ')}`]),
	].join('\n');
}

function pairs(texts: readonly string[] | undefined, separator: '=' | ':', option: string): Record<string, string> {
	return Object.fromEntries(
		(texts ?? []).map((text) => {
			const at = text.indexOf(separator);
			if (at < 1) throw new UsageError(`--${option} "${text}" has no ${separator}`);
			return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
		}),
	);
}

async function addServer(
	context: CommandContext,
	name: string,
	[program, ...args]: readonly string[],
	{ url, env, header, folder }: AddOptions,
): Promise<number> {
	if ((url === undefined) === (program === undefined)) throw new UsageError('give a command after --, or --url <url>');
	if (program !== undefined && header !== undefined)
		throw new UsageError('--header belongs to --url, not to a command');
	if (url !== undefined && (env ?? folder) !== undefined)
		throw new UsageError('--env and --folder belong to a command, not to --url');
	const launch =
		program === undefined
			? { kind: 'url' as const, url: url ?? '', headers: pairs(header, ':', 'header') }
			: {
					...{ kind: 'command' as const, command: program, args, env: pairs(env, '=', 'env') },
					folder: folder === undefined ? null : resolve(folder),
				};
	const server = await withApplication(context, (client) => client.tools.addServer({ name, launch }));
	context.output.result(
		{ server },
		`Added ${launchText(server)}\nIt doesn’t run yet. Approve it: assay tools allow ${quoted(name)}`,
	);
	return exitCode.done;
}

function quoted(word: string): string {
	return /^[\w./-]+$/.test(word) ? word : JSON.stringify(word);
}

async function importServers(context: CommandContext, file: string, { only, input }: ImportOptions): Promise<number> {
	const text = (await textOption(context.streams.stdin, 'file', undefined, file)) ?? '';
	const inputs = pairs(input, '=', 'input');
	const { servers, left } = await withApplication(context, async (client) => {
		const preview = await client.tools.previewImport({ text });
		const missing = preview.inputs.filter(({ id }) => !(id in inputs)).map(({ id }) => id);
		if (missing.length > 0) {
			throw new UsageError(`the file asks for values: ${missing.map((id) => `--input ${id}=…`).join(' ')}`);
		}
		const names = only ?? preview.servers.filter(({ problem }) => problem === null).map((one) => one.name);
		const skipped = only === undefined ? preview.servers.filter(({ problem }) => problem !== null) : [];
		const added =
			names.length === 0 ? [] : (await client.tools.importServers({ text, names: [...names], inputs })).servers;
		return { servers: added, left: skipped };
	});
	context.output.result(
		{ servers, skipped: left },
		[
			...servers.map((server) => `Added ${launchText(server)}`),
			...left.map(({ name, problem }) => `Left out ${name}: ${problem}`),
			...(servers.length === 0 ? [] : ['None of them runs yet. Approve each: assay tools allow <server>']),
		].join('\n'),
	);
	return servers.length > 0 || left.length === 0 ? exitCode.done : exitCode.failed;
}

type Target = { readonly server: ToolServer } | { readonly tool: ToolView };

/** A server or tool by its name, "server/tool", or the number that the JSON gives. */
function findTarget(view: ToolsView, text: string): Target {
	const tool = view.tools.find((one) => nameOf(view, one) === text || one.offeredName === text);
	if (tool !== undefined) return { tool };
	const server = view.servers.find(({ name }) => name.toLowerCase() === text.toLowerCase());
	if (server !== undefined) return { server };
	throw new Failure({
		code: 'tool-unknown',
		message: `There is no tool server or tool named “${text}”.`,
		next: ['See what there is: assay tools list'],
	});
}

async function allow(context: CommandContext, name: string, options: AllowOptions): Promise<number> {
	if ((options.argument === undefined) !== (options.prefix === undefined))
		throw new UsageError('give --argument and --prefix together');
	return await withApplication(context, async (client) => {
		const view = await client.tools.view();
		const target = findTarget(view, name);
		return 'server' in target
			? await allowServer(context, client, target.server, options)
			: await allowTool(context, client, { view, tool: target.tool }, options);
	});
}

async function allowServer(
	{ output }: CommandContext,
	client: Client,
	server: ToolServer,
	{ yes }: AllowOptions,
): Promise<number> {
	if (yes !== true) {
		const hint = `${server.launch.kind === 'command' ? 'It runs with your rights.' : 'It receives the arguments of each call.'} To approve exactly this, add --yes`;
		output.result({ server, approved: false }, `${launchText(server)}\n${hint}`);
		return exitCode.done;
	}
	const approved = await client.tools.approveServer({ id: server.id, launchHash: server.launchHash });
	const view = await client.tools.view();
	const tools = view.tools.filter(({ serverId }) => serverId === server.id);
	const failure = approved.failure === null ? '' : `\n${approved.failure.message}`;
	const names = tools.map((tool) => `  ${nameOf(view, tool)}: ${oneLine(tool.description, 80)}`);
	output.result(
		{ server: approved, approved: true, tools },
		[
			`${server.name} is ${approved.state}${failure}`,
			...names,
			...(names.length === 0 ? [] : ['Switch a tool on: assay tools allow <server>/<tool>']),
		].join('\n'),
	);
	return approved.state === 'connected' ? exitCode.done : exitCode.failed;
}

async function allowTool(
	{ output }: CommandContext,
	client: Client,
	{ view, tool }: { readonly view: ToolsView; readonly tool: ToolView },
	{ yes, always, argument, prefix }: AllowOptions,
): Promise<number> {
	const { id, changed } = tool;
	if (changed !== null && yes !== true) {
		const [before, after] = [tool, changed].map(
			({ description, inputSchema }) => `${description}\n${JSON.stringify(inputSchema)}`,
		);
		output.result(
			{ tool, allowed: false },
			`Before:\n${before}\n\nNow:\n${after}\n\nThe server changed it. To accept the change, add --yes`,
		);
		return exitCode.done;
	}
	if (changed !== null) await client.tools.acceptTool({ id, hash: changed.hash });
	const on = await client.tools.setTool({ id, on: true });
	const pattern: ArgumentPattern =
		argument === undefined || prefix === undefined ? { kind: 'any' } : { kind: 'prefix', argument, prefix };
	if (always === true || argument !== undefined)
		await client.tools.grant({ toolId: id, pattern, scope: 'always', conversationId: null });
	const how = always === true || argument !== undefined ? 'without asking' : 'after asking you';
	output.result({ tool: on, allowed: true }, `Models may call ${nameOf(view, tool)} ${how}`);
	return exitCode.done;
}

async function remove(context: CommandContext, name: string): Promise<number> {
	const removed = await withApplication(context, async (client) => {
		const view = await client.tools.view();
		const target = findTarget(view, name);
		if ('server' in target) {
			await client.tools.removeServer({ id: target.server.id });
			return { server: target.server };
		}
		for (const { id, toolId } of view.grants) if (toolId === target.tool.id) await client.tools.revokeGrant({ id });
		return { tool: await client.tools.setTool({ id: target.tool.id, on: false }) };
	});
	context.output.result(removed, 'server' in removed ? `Removed the server ${name}` : `${name} is off`);
	return exitCode.done;
}

async function callTool(context: CommandContext, name: string, text: string | undefined): Promise<number> {
	const given = text === '-' ? await textOption(context.streams.stdin, 'arguments', undefined, '-') : text;
	const args = readArguments(given ?? '{}');
	const result = await withApplication(context, async (client) => {
		const view = await client.tools.view();
		const target = findTarget(view, name);
		if ('server' in target) throw new UsageError(`"${name}" is a server: name one of its tools, as ${name}/<tool>`);
		return await client.tools.call({ toolId: target.tool.id, arguments: args }, { signal: context.interrupt.signal });
	});
	context.output.result({ result }, result.content);
	return result.isError ? exitCode.failed : exitCode.done;
}

function readArguments(text: string): ToolArguments {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		throw new UsageError(`the arguments are not valid JSON, such as '{"expression": "2 + 2"}'`);
	}
	if (typeof value !== 'object' || value === null || Array.isArray(value))
		throw new UsageError('the arguments are not a JSON object');
	return value as ToolArguments;
}

async function showLog(context: CommandContext, { conversation, limit, clear }: LogOptions): Promise<number> {
	const filter = conversation === undefined ? {} : { conversationId: conversation };
	if (clear === true) {
		const { deleted } = await withApplication(context, (client) => client.tools.clearLog(filter));
		context.output.result(
			{ deleted },
			`Deleted ${deleted.toLocaleString('en')} ${deleted === 1 ? 'entry' : 'entries'}`,
		);
		return exitCode.done;
	}
	const log = await withApplication(context, (client) => client.tools.log({ ...filter, limit }));
	const rows = log.calls.map((call) => [
		new Date(call.at).toISOString(),
		call.server === '' ? call.tool : `${call.server}/${call.tool}`,
		call.decision,
		call.outcome,
		String(Math.round(call.ms)),
		oneLine(call.arguments, 60),
	]);
	context.output.result(
		log,
		rows.length === 0
			? conversation === undefined
				? 'No tools have been called yet.'
				: 'No tools have been called in this conversation. All calls: assay tools log'
			: table(['AT', 'TOOL', 'ALLOWED', 'OUTCOME', 'MS', 'ARGUMENTS'], rows),
	);
	return exitCode.done;
}

async function changeFolders(
	context: CommandContext,
	change: (folders: readonly string[]) => readonly string[],
): Promise<number> {
	const folders = await withApplication(context, async (client) => {
		const { folders: before } = await client.tools.view();
		const after = [...new Set(change(before))];
		return after.join('\0') === before.join('\0')
			? before
			: (await client.tools.setFolders({ folders: after })).folders;
	});
	const none = 'The file tools can’t read any folder yet. Allow one: assay tools folders add <folder>';
	context.output.result({ folders }, folders.length > 0 ? folders.join('\n') : none);
	return exitCode.done;
}
