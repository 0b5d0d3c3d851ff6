import { homedir } from 'node:os';
import { type ParseError, parse, visit } from 'jsonc-parser';
import { z } from 'zod';
import { Failure } from '../../../models/contract/failure.ts';
import { list, said, spoken } from '../../../models/contract/said.ts';
import { type McpClientName, type McpConfig, mcpClientFacts } from '../../contract/server/mcp-config.ts';
import {
	type ImportedServer,
	type ImportInput,
	type ImportPreview,
	type ServerInput,
	type ShownLaunch,
	serverInputSchema,
	serverNameSchema,
} from '../../contract/tools/schema.ts';

const textOrNumber = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const entrySchema = z.object({
	command: z.string().optional(),
	args: z.array(textOrNumber).default([]),
	env: z.record(z.string(), textOrNumber.nullable()).default({}),
	envFile: z.string().optional(),
	cwd: z.string().optional(),
	url: z.string().optional(),
	/** Some clients' word for `url`. */
	serverUrl: z.string().optional(),
	headers: z.record(z.string(), textOrNumber).default({}),
});

const inputSchema = z.object({
	id: z.string(),
	description: z.string().default(''),
	password: z.boolean().default(false),
});

const serversSchema = z.record(z.string(), z.unknown());

const fileSchema = z.object({
	/** Claude Desktop, Cursor, LM Studio. */
	mcpServers: serversSchema.optional(),
	/** VS Code's mcp.json. */
	servers: serversSchema.optional(),
	inputs: z.array(z.unknown()).default([]),
	/** VS Code's settings.json. */
	mcp: z.object({ servers: serversSchema.default({}), inputs: z.array(z.unknown()).default([]) }).optional(),
});

/** Where the servers are, in one program's file or another's. */
const topKeys = ['mcpServers', 'servers'];

type Found = { readonly name: string } & (
	| { readonly server: ServerInput; readonly problem: null }
	| { readonly server: null; readonly problem: ReturnType<typeof said> }
);

/**
 * What a configuration holds, without the values of variables and headers. `isTaken`: whether a server of that name is
 * there. Throws Failure `tool-config`.
 */
export function previewConfig(text: string, isTaken = (_name: string): boolean => false): ImportPreview {
	const { entries, inputs } = readConfig(text);
	const names = new Set<string>();
	const servers = entries.map((found) => {
		if (found.server === null) return shown(found);
		const { name } = found.server;
		if (isTaken(name)) return shown(found, said`a tool server of that name exists already`);
		if (names.has(name.toLowerCase())) return shown(found, namedTwice());
		names.add(name.toLowerCase());
		return shown(found);
	});
	return { servers, inputs };
}

/** Names that differ only in case are the same name. */
const namedTwice = () => said`another server of the configuration has the same name`;

function shown({ name, server, problem: own }: Found, problem = own): ImportedServer {
	const launch: ShownLaunch = server === null ? { kind: 'url', url: '', headers: [] } : shownLaunch(server.launch);
	return problem === null ? { name, launch, problem: null } : spoken({ name, launch, problem });
}

/** A launch as people see it. */
export function shownLaunch(launch: ServerInput['launch']): ShownLaunch {
	return launch.kind === 'command'
		? {
				kind: 'command',
				command: launch.command,
				args: launch.args,
				variables: Object.keys(launch.env).sort(),
				folder: launch.folder,
			}
		: { kind: 'url', url: launch.url, headers: Object.keys(launch.headers).sort() };
}

/** The named servers, their placeholders filled with these values: all or none. Throws Failure `tool-config`. */
export function readServers(
	text: string,
	names: readonly string[],
	values: Readonly<Record<string, string>>,
): readonly ServerInput[] {
	const { entries } = readConfig(text, values);
	const read = new Map<string, ServerInput>();
	for (const name of new Set(names)) {
		const found = entries.find((one) => one.name === name);
		if (found === undefined) throw unreadable(said`The configuration has no server named “${name}”.`);
		if (found.server === null) throw unreadable(said`The server “${name}” can’t be added: ${found.problem}.`);
		const key = found.server.name.toLowerCase();
		if (read.has(key)) throw unreadable(said`The server “${name}” can’t be added: ${namedTwice()}.`);
		read.set(key, found.server);
	}
	return [...read.values()];
}

function readConfig(
	text: string,
	values?: Readonly<Record<string, string>>,
): { readonly entries: readonly Found[]; readonly inputs: ImportInput[] } {
	const errors: ParseError[] = [];
	const withoutMark = text.replace(/^\uFEFF/, '');
	// These files may have comments and trailing commas.
	const json: unknown = parse(withoutMark, errors, { allowTrailingComma: true });
	const file = fileSchema.safeParse(json);
	const [first] = errors;
	if (first !== undefined) {
		const line = text.slice(0, first.offset).split('\n').length;
		throw unreadable(said`The configuration is not valid JSON: line ${line} can’t be read.`);
	}
	// Parsed, this key sets an object's prototype: the entry would silently disappear.
	visit(withoutMark, {
		onObjectProperty(name) {
			if (name === '__proto__') throw unreadable(said`The configuration uses the name “${name}”, which can’t be read.`);
		},
	});
	const found = file.success ? (file.data.mcpServers ?? file.data.servers ?? file.data.mcp?.servers) : undefined;
	if (!file.success || found === undefined || Object.keys(found).length === 0) {
		throw unreadable(said`The configuration has no servers under ${list(topKeys, 'comma')}.`);
	}
	const inputs = new Map<string, ImportInput>();
	const named = new Map(
		[...file.data.inputs, ...(file.data.mcp?.inputs ?? [])].flatMap((input) => {
			const read = inputSchema.safeParse(input);
			return read.success ? [[read.data.id, read.data] as const] : [];
		}),
	);
	const fill = (value: string): string =>
		value.replaceAll(/\$\{([^{}]{1,200})\}/g, (whole, key: string) => {
			if (key === 'userHome') return homedir();
			const id = key.replace(/^input:/, '');
			const { description = '', password = true } = named.get(id) ?? {};
			// A variable of Assay's own environment too: the file must not choose which of them a server gets.
			inputs.set(id, { id, description, isSecret: password });
			return values?.[id] ?? whole;
		});
	const entries = Object.entries(found).map(([name, entry]) => readEntry(name, entry, fill));
	return { entries, inputs: [...inputs.values()] };
}

function readEntry(name: string, entry: unknown, fill: (value: string) => string): Found {
	const read = entrySchema.safeParse(entry);
	if (!read.success) return { name, server: null, problem: said`its entry does not describe a server` };
	const { command, args, env, envFile, cwd, headers } = read.data;
	const url = read.data.url ?? read.data.serverUrl;
	if (envFile !== undefined) {
		return {
			name,
			server: null,
			problem: said`it reads variables from the file ${envFile}; write them into the configuration instead`,
		};
	}
	const filled = (values: Readonly<Record<string, string | null>>): Record<string, string> =>
		Object.fromEntries(Object.entries(values).map(([key, value]) => [key, fill(value ?? '')]));
	const server = serverInputSchema.safeParse({
		name: serverNameSchema.safeParse(name).data ?? name,
		launch:
			command !== undefined
				? {
						...{ kind: 'command', command: fill(command), args: args.map(fill), env: filled(env) },
						folder: cwd === undefined ? null : fill(cwd),
					}
				: { kind: 'url', url: fill(url ?? ''), headers: filled(headers) },
	});
	if (!server.success) return { name, server: null, problem: said`it has neither a command nor a URL` };
	const { launch } = server.data;
	// What a placeholder stands for is not known yet.
	if (launch.kind === 'url' && !launch.url.includes('${') && !isServerUrl(launch.url)) {
		return {
			name,
			server: null,
			problem: said`its address must begin with https:// or http:// and contain no user name or password`,
		};
	}
	return { name, server: server.data, problem: null };
}

/** http(s) only, and nothing in the address that a server would be told by accident. */
export function isServerUrl(text: string): boolean {
	const url = URL.parse(text);
	return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}

function unreadable(message: ReturnType<typeof said>): Failure {
	return new Failure({
		code: 'tool-config',
		message,
		next: [said`Choose the configuration of Claude Desktop, Cursor, VS Code or LM Studio`],
	});
}

/** Servers as another program's configuration. Values of variables and headers are left for the person to fill in. */
export function writeConfig(
	client: McpClientName,
	servers: readonly { readonly name: string; readonly launch: ShownLaunch }[],
): McpConfig {
	const { name, file } = mcpClientFacts[client];
	const blank = (names: readonly string[]): Record<string, string> => Object.fromEntries(names.map((one) => [one, '']));
	const entries = servers.map(({ name: server, launch }) => {
		const entry =
			launch.kind === 'command'
				? {
						command: launch.command,
						args: launch.args,
						...(launch.variables.length === 0 ? {} : { env: blank(launch.variables) }),
						...(launch.folder === null ? {} : { cwd: launch.folder }),
					}
				: { url: launch.url, ...(launch.headers.length === 0 ? {} : { headers: blank(launch.headers) }) };
		const type = launch.kind === 'command' ? 'stdio' : 'http';
		return [server, client === 'vscode' ? { type, ...entry } : entry] as const;
	});
	const top = client === 'vscode' ? 'servers' : 'mcpServers';
	return { clientName: name, file, text: JSON.stringify({ [top]: Object.fromEntries(entries) }, null, 2) };
}
