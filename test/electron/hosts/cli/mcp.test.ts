import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { describe, expect, onTestFinished, test } from 'vitest';
import { claimDataFolder } from '../../../../electron/hosts/ownership/claim-folder.ts';
import { call, type Era } from '../../mcp/clients.ts';
import { makeFolders, paris, slow } from './folders.ts';
import { cliEntry, documentOf, runCli, runCliProcess, startCli } from './run-cli.ts';

/** Starts `assay mcp` as a program does that has it in its configuration. */
async function agent(data: string, era: Era, args: readonly string[] = []): Promise<Client> {
	const client = new Client(
		{ name: 'test', version: '1.0.0' },
		{ versionNegotiation: { mode: era === 'modern' ? { pin: '2026-07-28' } : 'legacy' } },
	);
	const transport = new StdioClientTransport({
		command: process.execPath,
		args: [cliEntry, 'mcp', '--data', data, ...args],
		env: { PATH: process.env.PATH ?? '', ASSAY_ENGINE_SCRIPT: JSON.stringify(paris) },
		stderr: 'inherit',
	});
	await client.connect(transport);
	onTestFinished(() => client.close());
	return client;
}

describe.each<Era>(['modern', 'legacy'])('assay mcp, for a client of the %s protocol', (era) => {
	test('answers over standard input and output, and may read the files that it is given', async () => {
		const { data, model } = makeFolders();
		await runCli(['models', 'add', model, '--data', data]);
		const client = await agent(data, era);
		const { tools } = await client.listTools();
		expect(tools.map(({ name }) => name)).not.toContain('search_conversations');
		const importing = tools.find(({ name }) => name === 'import_dataset');
		expect(importing?.inputSchema.properties).toHaveProperty('files');
		expect(await call(client, 'ask_model', { prompt: 'Capital of France?' })).toMatchObject({
			text: 'The capital of France is Paris.',
		});
	});
});

test('assay mcp offers conversations only if that is asked for', async () => {
	const { data } = makeFolders();
	const client = await agent(data, 'modern', ['--scopes', 'conversations']);
	expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['list_models', 'search_conversations']);
});

test('assay mcp hands its application over when another host wants the data folder, and goes on with that one', async () => {
	const { data, model } = makeFolders();
	await runCli(['models', 'add', model, '--data', data]);
	const client = await agent(data, 'modern');
	expect(await call(client, 'list_models')).toMatchObject({ models: [{ name: 'tiny F32' }] });
	// As a window does.
	const claim = await claimDataFolder(data, { host: 'window', purpose: 'focus' });
	expect(claim.kind).toBe('owner');
	if (claim.kind === 'owner') claim.release();
	// It is in nobody's hands now, so the next call opens it again.
	expect(await call(client, 'list_models')).toMatchObject({ models: [{ name: 'tiny F32' }] });
	// Other commands use it meanwhile.
	const listed = await runCli(['models', 'list', '--json', '--data', data]);
	expect(documentOf(listed)).toMatchObject({ models: [{ name: 'tiny' }] });
});

test('assay mcp stops what it is doing and ends when its client goes', async () => {
	const { data, model } = makeFolders();
	await runCli(['models', 'add', model, '--data', data]);
	const agent = startCli(['mcp', '--data', data], { script: slow });
	const say = (message: object) => agent.child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
	const client = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
	say({ id: 1, method: 'initialize', params: client });
	say({ method: 'notifications/initialized' });
	const asked = { name: 'ask_model', arguments: { prompt: 'Count' }, _meta: { progressToken: 1 } };
	say({ id: 2, method: 'tools/call', params: asked });
	await agent.says('tokens written');
	agent.child.stdin.end();
	const { code, stdout } = await agent.end;
	expect(code).toBe(0);
	for (const line of stdout.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
});

describe('assay mcp --print-config', () => {
	test('prints what each program wants, with this very command', async () => {
		const { data } = makeFolders();
		const servers = { command: process.execPath, args: [cliEntry, 'mcp', '--data', data] };
		for (const client of ['claude-desktop', 'cursor', 'lm-studio']) {
			const { stdout, code } = await runCliProcess(['mcp', '--print-config', client, '--data', data]);
			expect(code).toBe(0);
			expect(JSON.parse(stdout)).toEqual({ mcpServers: { assay: servers } });
		}
		const { stdout, stderr } = await runCliProcess(['mcp', '--print-config', 'vscode', '--data', data]);
		expect(JSON.parse(stdout)).toEqual({ servers: { assay: { type: 'stdio', ...servers } } });
		expect(stderr).toContain('For VS Code.');
		expect((await runCli(['mcp', '--print-config', 'emacs', '--data', data])).code).toBe(2);
	});

	test('can name the running server instead', async () => {
		const { data } = makeFolders();
		const { stdout, stderr } = await runCli(['mcp', '--print-config', 'cursor', '--http', '--data', data]);
		expect(JSON.parse(stdout)).toEqual({
			mcpServers: { assay: { url: 'http://127.0.0.1:4891/mcp', headers: { Authorization: 'Bearer <key>' } } },
		});
		expect(stderr).toContain('assay server keys add');
	});
});
