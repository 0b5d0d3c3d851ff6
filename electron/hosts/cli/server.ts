import type { Command } from 'commander';
import { whenAborted } from '../../../models/abort-signal.ts';
import { keepBodiesOptions, type ServerRequest } from '../../contract/server/request-log.ts';
import { type ServerKey, type ServerScope, type ServerStatus, serverScopes } from '../../contract/server/schema.ts';
import type { Client } from '../transport/rpc-client.ts';
import { addAliases } from './aliases.ts';
import { type AddCommands, type CommandContext, examples, wholeNumber } from './command.ts';
import { exitCode, UsageError } from './exit-codes.ts';
import { parseScopes } from './scopes-option.ts';
import { oneLine, table } from './table.ts';
import { withApplication } from './with-application.ts';

interface StartOptions {
	port?: number;
	/** Commander's name of --without-key. */
	withoutKey?: true;
}

interface RequestOptions {
	errors?: true;
	limit: number;
}

interface LimitOptions {
	perMinute?: number;
	atOnce?: number;
}

interface KeyOptions {
	scopes: ServerScope[];
}

export const addServer: AddCommands = (program, execute) => {
	const server = program
		.command('server')
		.description('let other programs on this computer use your models, through the API of OpenAI');
	server
		.command('start')
		.description('switch the server on until Ctrl+C; prints its address, and a key if there was none')
		.option('--port <n>', 'port at 127.0.0.1; the last one, or 4891, if omitted', wholeNumber(1, 65_535))
		.option('--without-key', 'also answer programs on this computer that send no key')
		.addHelpText('after', examples('server start', 'server start --port 8080 --json'))
		.action((options: StartOptions, command: Command) => execute(command, (context) => start(context, options)));
	server
		.command('status')
		.description('show whether the server is on, and its address')
		.addHelpText('after', examples('server status'))
		.action((_options, command: Command) => execute(command, showStatus));
	server
		.command('requests')
		.description('list what other programs asked, newest first')
		.option('--errors', 'only those that failed')
		.option('--limit <n>', 'how many', wholeNumber(1, 500), 50)
		.addHelpText('after', examples('server requests', 'server requests --errors --json'))
		.action((options: RequestOptions, command: Command) =>
			execute(command, (context) => listRequests(context, options)),
		);
	const keys = server.command('keys').description('list, add and revoke the keys of clients');
	keys
		.command('list')
		.description('list them with their last use')
		.addHelpText('after', examples('server keys list'))
		.action((_options, command: Command) => execute(command, listKeys));
	keys
		.command('add <name>')
		.description('add one and print it; it is not shown again')
		.option('--scopes <list>', `what it allows: ${serverScopes.join(', ')}`, parseScopes, ['inference'])
		.addHelpText('after', examples('server keys add "My editor"', 'server keys add CI --scopes inference,evaluation'))
		.action((name: string, options: KeyOptions, command: Command) =>
			execute(command, (context) => addKey(context, name, options)),
		);
	keys
		.command('revoke')
		.argument('<id>', 'number of the key, as server keys list shows it', wholeNumber(1))
		.description('refuse a key from now on')
		.addHelpText('after', examples('server keys revoke 2'))
		.action((id: number, _options, command: Command) => execute(command, (context) => revokeKey(context, id)));
	keys
		.command('limit')
		.argument('<id>', 'number of the key, as server keys list shows it', wholeNumber(1))
		.description('limit how often a key may ask; without options the general limits apply again')
		.option('--per-minute <n>', 'requests a minute', wholeNumber(1, 1_000_000))
		.option('--at-once <n>', 'requests being answered at the same time', wholeNumber(1, 256))
		.addHelpText('after', examples('server keys limit 2 --per-minute 60 --at-once 4', 'server keys limit 2'))
		.action((id: number, options: LimitOptions, command: Command) =>
			execute(command, (context) => limitKey(context, id, options)),
		);
	server
		.command('keep-bodies <how>')
		.description('keep the texts of requests: off, day (24 hours) or always')
		.addHelpText('after', examples('server keep-bodies day', 'server keep-bodies off'))
		.action((how: string, _options, command: Command) => {
			const chosen = keepBodiesOptions.find((one) => one === how);
			if (chosen === undefined) throw new UsageError(`"${how}" is none of ${keepBodiesOptions.join(', ')}`);
			return execute(command, (context) => keepBodies(context, chosen));
		});
	addAliases(server, execute);
	const origins = server.command('origins').description('choose which web pages may use the server');
	origins
		.command('list')
		.description('list them')
		.addHelpText('after', examples('server origins list'))
		.action((_options, command: Command) => execute(command, (context) => changeOrigins(context, (all) => all)));
	origins
		.command('add <origin>')
		.description('allow the pages of an address')
		.addHelpText('after', examples('server origins add http://localhost:3000'))
		.action((text: string, _options, command: Command) => {
			const origin = parseOrigin(text);
			return execute(command, (context) => changeOrigins(context, (all) => [...new Set([...all, origin])]));
		});
	origins
		.command('remove <origin>')
		.description('refuse them again')
		.addHelpText('after', examples('server origins remove http://localhost:3000'))
		.action((text: string, _options, command: Command) =>
			execute(command, (context) => changeOrigins(context, (all) => all.filter((origin) => origin !== text))),
		);
};

function parseOrigin(text: string): string {
	const origin = URL.canParse(text) ? new URL(text).origin : 'null';
	if (origin !== 'null' && /^https?:/.test(origin)) return origin;
	throw new UsageError(`"${text}" is no origin: give scheme, host and port, for example http://localhost:3000`);
}

async function changeOrigins(
	context: CommandContext,
	change: (origins: readonly string[]) => readonly string[],
): Promise<number> {
	const origins = await withApplication(context, async (client) => {
		const { serverOrigins } = await client.settings.get();
		const changed = [...change(serverOrigins)];
		if (changed.join() !== serverOrigins.join()) await client.settings.set({ serverOrigins: changed });
		return changed;
	});
	const none = 'No web page may use the server. Allow one: assay server origins add <origin>';
	context.output.result({ origins }, origins.length > 0 ? origins.join('\n') : none);
	return exitCode.done;
}

async function start(context: CommandContext, { port, withoutKey }: StartOptions): Promise<number> {
	const { output, interrupt } = context;
	await withApplication(context, async (client) => {
		const { serverOpen } = await client.settings.get();
		const { state: before } = await client.server.status();
		// Without a key only as long as this command runs.
		if (withoutKey === true) await client.settings.set({ serverOpen: true });
		try {
			await serveUntilInterrupted(client);
		} finally {
			if (withoutKey === true) await client.settings.set({ serverOpen });
			// If a window was already serving, it keeps serving.
			if (before === 'off') await client.server.stop();
		}
	});
	async function serveUntilInterrupted(client: Client): Promise<void> {
		const { status, key } = await client.server.start(port === undefined ? {} : { port });
		if (status.state !== 'on') throw new Error('the server started without an address');
		const lines = [
			`Assay serves at ${status.url}`,
			key === null ? keyAdvice(withoutKey === true) : `Key, shown this one time: ${key}`,
			'Press Ctrl+C to stop.',
		];
		output.result({ url: status.url, port: status.port, key }, lines.join('\n'));
		await whenAborted(interrupt.signal);
	}
	return interrupt.exitCode === exitCode.interrupted ? exitCode.interrupted : exitCode.done;
}

function keyAdvice(open: boolean): string {
	return open
		? 'Any program on this computer may use it, with or without a key.'
		: 'Clients need a key: assay server keys add <name>';
}

async function showStatus(context: CommandContext): Promise<number> {
	const status = await withApplication(context, (client) => client.server.status());
	context.output.result({ server: status }, statusWords(status));
	return exitCode.done;
}

function statusWords(status: ServerStatus): string {
	switch (status.state) {
		case 'off':
			return 'The server is off. Switch it on: assay server start';
		case 'on':
			return `The server is on at ${status.url}; requests being answered: ${status.active}, answered: ${status.answered}`;
		case 'failed':
			return `The server can’t start. ${status.failure.message}`;
	}
}

async function listKeys(context: CommandContext): Promise<number> {
	const { keys } = await withApplication(context, (client) => client.server.keys());
	const rows = keys.map((key) => [
		String(key.id),
		oneLine(key.name, 40),
		`${key.beginning}…`,
		key.scopes.join(', '),
		key.revokedAt === null ? lastUse(key) : 'revoked',
	]);
	const text =
		rows.length > 0
			? table(['ID', 'NAME', 'KEY', 'SCOPES', 'LAST USED'], rows)
			: 'No keys yet. Add one: assay server keys add <name>';
	context.output.result({ keys }, text);
	return exitCode.done;
}

function lastUse({ lastUsedAt }: ServerKey): string {
	return lastUsedAt === null ? 'never' : new Date(lastUsedAt).toISOString().slice(0, 16).replace('T', ' ');
}

async function addKey(context: CommandContext, name: string, { scopes }: KeyOptions): Promise<number> {
	const { key, secret } = await withApplication(context, (client) => client.server.addKey({ name, scopes }));
	context.output.result({ key, secret }, `Added the key ${key.name}. It is shown this one time:\n${secret}`);
	return exitCode.done;
}

async function revokeKey(context: CommandContext, id: number): Promise<number> {
	const key = await withApplication(context, (client) => client.server.revokeKey({ id }));
	context.output.result({ key }, `Revoked the key ${key.name}.`);
	return exitCode.done;
}

async function limitKey(context: CommandContext, id: number, { perMinute, atOnce }: LimitOptions): Promise<number> {
	const limits = { perMinute: perMinute ?? null, atOnce: atOnce ?? null };
	const key = await withApplication(context, (client) => client.server.setKeyLimits({ id, limits }));
	const words = [
		perMinute === undefined ? [] : [`${perMinute} requests a minute`],
		atOnce === undefined ? [] : [`${atOnce} at once`],
	].flat();
	context.output.result(
		{ key },
		`The key ${key.name} has ${words.length === 0 ? 'the general limits' : words.join(', ')}.`,
	);
	return exitCode.done;
}

async function keepBodies(context: CommandContext, how: (typeof keepBodiesOptions)[number]): Promise<number> {
	await withApplication(context, (client) => client.settings.set({ serverKeepBodies: how }));
	const words = {
		off: 'The texts of requests are not kept.',
		day: 'The texts of requests are kept for 24 hours.',
		always: 'The texts of requests are kept until you delete them.',
	};
	context.output.result({ serverKeepBodies: how }, words[how]);
	return exitCode.done;
}

async function listRequests(context: CommandContext, { errors, limit }: RequestOptions): Promise<number> {
	const filter = { outcome: errors === true ? ('failed' as const) : ('any' as const) };
	const { requests, total } = await withApplication(context, (client) => client.server.requests({ filter, limit }));
	const rows = requests.map((request) => [
		new Date(request.startedAt).toISOString().slice(0, 19).replace('T', ' '),
		String(request.status),
		request.route,
		oneLine(request.client, 30),
		oneLine(request.model, 30),
		tokensOf(request),
		request.ttftMs === null ? '' : `${Math.round(request.ttftMs)} ms`,
		oneLine(request.error ?? '', 60),
	]);
	const head = ['TIME (UTC)', 'STATUS', 'ROUTE', 'CLIENT', 'MODEL', 'TOKENS', 'FIRST', 'ERROR'];
	const more = total > requests.length ? `\n${total - requests.length} older ones are not shown.` : '';
	const none = errors === true ? 'No request failed.' : 'No program has asked anything yet.';
	context.output.result({ requests, total }, rows.length === 0 ? none : `${table(head, rows)}${more}`);
	return exitCode.done;
}

/** "37 + 12, 30 cached". */
function tokensOf({ promptTokens, completionTokens, cachedTokens }: ServerRequest): string {
	if (promptTokens === null) return '';
	const cached = (cachedTokens ?? 0) > 0 ? `, ${cachedTokens} cached` : '';
	return `${promptTokens} + ${completionTokens ?? 0}${cached}`;
}
