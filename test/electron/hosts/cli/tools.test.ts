import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { hostileServer } from '../../context/tools/open-tools.ts';
import { runCli } from './run-cli.ts';

test('tools are listed, allowed and called; a server runs only after its whole command was shown and approved', {
	timeout: 90_000,
}, async () => {
	const home = temporaryFolder();
	const notes = join(home, 'notes');
	mkdirSync(notes);
	writeFileSync(join(notes, 'a.txt'), 'the note');
	const run = (...args: string[]) => runCli([...args, '--data', join(home, 'data')]);

	expect((await run('tools', 'call', 'calculator', '{"expression":"0.1 + 0.2"}')).stdout.trim()).toBe('0.3');
	expect(await run('tools', 'call', 'calculator', '{"expression":"1/0"}')).toMatchObject({ code: 1 });
	expect(await run('tools', 'call', 'calculator', '[1]')).toMatchObject({ code: 2 });
	expect(await run('tools', 'call', 'calculator')).toMatchObject({
		code: 1,
		stdout: expect.stringContaining('The arguments are wrong:\n- expression: expected string'),
	});
	expect((await run('tools', 'folders', 'add', notes)).stdout.trim()).toBe(notes);
	expect((await run('tools', 'call', 'read_file', '{"path":"a.txt"}')).stdout.trim()).toBe('the note');

	const config = join(home, 'mcp.json');
	const args = [hostileServer, 'honest', 'two words'];
	writeFileSync(
		config,
		JSON.stringify({ mcpServers: { Test: { command: process.execPath, args, env: { KEY: 's3cret' } } } }),
	);
	const imported = await run('tools', 'import', config);
	expect(imported.stdout).toContain(`${hostileServer} honest "two words"`);
	expect(imported.stdout).not.toContain('s3cret');
	// What is there already doesn't keep the rest of a configuration out.
	const more = { Test: { command: 'other' }, Web: { url: 'http://127.0.0.1:9/mcp' } };
	writeFileSync(config, JSON.stringify({ mcpServers: more }));
	const again = await run('tools', 'import', config);
	expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('Added Web: http://127.0.0.1:9/mcp') });
	expect(again.stdout).toContain('Left out Test: a tool server of that name exists already');
	expect(await run('tools', 'import', config, '--only', 'Test')).toMatchObject({ code: 1 });
	expect((await run('tools', 'import', join(home, 'absent.json'))).stderr).toContain(
		`absent.json can’t be read: it does not exist.`,
	);
	await run('tools', 'remove', 'Web');
	const refused = await run('tools', 'allow', 'Test', '--json');
	expect(JSON.parse(refused.stdout)).toMatchObject({ approved: false, server: { state: 'waiting', launch: { args } } });
	const approved = await run('tools', 'allow', 'Test', '--yes', '--json');
	expect(JSON.parse(approved.stdout)).toMatchObject({
		approved: true,
		server: { state: 'connected' },
		tools: [{ name: 'add' }],
	});
	expect((await run('tools', 'call', 'Test/add', '{}')).stdout.trim()).toBe('3');
	await run('tools', 'allow', 'Test/add', '--always');

	const list = JSON.parse((await run('tools', 'list', '--json')).stdout) as { tools: object[]; grants: object[] };
	expect(list.tools).toContainEqual(expect.objectContaining({ name: 'add', isOn: true }));
	expect(list.grants).toMatchObject([{ pattern: { kind: 'any' }, conversationId: null }]);
	const log = JSON.parse((await run('tools', 'log', '--json')).stdout) as {
		calls: { tool: string; decision: string }[];
	};
	expect(log.calls.map(({ tool, decision }) => [tool, decision])).toEqual([
		['add', 'by-hand'],
		['read_file', 'by-hand'],
		['calculator', 'by-hand'],
		['calculator', 'by-hand'],
		['calculator', 'by-hand'],
	]);
	expect((await run('tools', 'remove', 'Test')).stdout).toContain('Removed the server Test');
});
