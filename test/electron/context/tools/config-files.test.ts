import { describe, expect, test } from 'vitest';
import { previewConfig, readServers, writeConfig } from '../../../../electron/context/tools/config-files.ts';
import { failureOf } from '../../../support/failure.ts';

const claude = JSON.stringify({
	mcpServers: {
		files: {
			command: 'npx',
			args: ['-y', '@modelcontextprotocol/server-filesystem', '/home/me'],
			env: { TOKEN: 's3cret', PORT: 80 },
		},
		remote: { url: 'https://example.com/mcp', headers: { Authorization: 'Bearer s3cret' } },
	},
});

const vsCode = `{
	// The person's own comment
	"inputs": [{ "type": "promptString", "id": "token", "description": "GitHub token", "password": true }],
	"servers": {
		"github": { "type": "stdio", "command": "docker", "args": ["run", "-i"], "env": { "TOKEN": "\${input:token}" }, },
		"home": { "command": "\${env:AWS_SECRET_ACCESS_KEY}", "cwd": "/srv" },
		"file": { "command": "x", "envFile": ".env" },
		"nothing": { "gallery": true },
	},
}`;

describe('a configuration', () => {
	test('of Claude Desktop, Cursor or LM Studio shows its servers without the values of secrets', () => {
		const preview = previewConfig(claude);
		expect(preview).toEqual({
			inputs: [],
			servers: [
				{
					name: 'files',
					problem: null,
					launch: {
						kind: 'command',
						command: 'npx',
						args: ['-y', '@modelcontextprotocol/server-filesystem', '/home/me'],
						variables: ['PORT', 'TOKEN'],
						folder: null,
					},
				},
				{
					name: 'remote',
					problem: null,
					launch: { kind: 'url', url: 'https://example.com/mcp', headers: ['Authorization'] },
				},
			],
		});
		expect(JSON.stringify(preview)).not.toContain('s3cret');
		expect(readServers(claude, ['files'], {})[0]?.launch).toMatchObject({ env: { TOKEN: 's3cret', PORT: '80' } });
	});

	test('of VS Code may have comments, and its placeholders are asked for, not taken from Assay’s environment', () => {
		const { servers, inputs } = previewConfig(vsCode);
		expect(inputs).toEqual([
			{ id: 'token', description: 'GitHub token', isSecret: true },
			{ id: 'env:AWS_SECRET_ACCESS_KEY', description: '', isSecret: true },
		]);
		expect(servers.map(({ name, problem }) => [name, problem])).toEqual([
			['github', null],
			['home', null],
			['file', 'it reads variables from the file .env; write them into the configuration instead'],
			['nothing', 'it has neither a command nor a URL'],
		]);
		const [github, home] = readServers(vsCode, ['github', 'home'], {
			token: 'abc',
			'env:AWS_SECRET_ACCESS_KEY': 'own',
		});
		expect(github?.launch).toMatchObject({ env: { TOKEN: 'abc' } });
		expect(home?.launch).toMatchObject({ command: 'own', folder: '/srv' });
	});

	test('that names two servers alike, but for capitals, offers the first; the second is added by its name', async () => {
		const text = JSON.stringify({ mcpServers: { files: { command: 'one' }, Files: { command: 'two' } } });
		const twice = 'another server of the configuration has the same name';
		expect(previewConfig(text).servers.map(({ name, problem }) => [name, problem])).toEqual([
			['files', null],
			['Files', twice],
		]);
		const { code, message } = await failureOf(() => readServers(text, ['files', 'Files'], {}));
		expect([code, message]).toEqual(['tool-config', `The server “Files” can’t be added: ${twice}.`]);
		expect(readServers(text, ['Files', 'Files'], {})).toMatchObject([{ name: 'Files', launch: { command: 'two' } }]);
	});

	test('with an entry called __proto__ is refused, because reading it would lose the entry', async () => {
		const text = '{ "mcpServers": { "a": { "command": "a" }, "__proto__": { "command": "b" } } }';
		expect((await failureOf(() => previewConfig(text))).message).toContain('“__proto__”');
	});

	test('with an address of another kind says what is wrong with it, once it is known', async () => {
		const text = JSON.stringify({
			mcpServers: { old: { url: 'ftp://example.com' }, named: { url: `\${input:where}/mcp` } },
		});
		const wrong = 'its address must begin with https:// or http:// and contain no user name or password';
		expect(previewConfig(text).servers.map(({ problem }) => problem)).toEqual([wrong, null]);
		const failure = await failureOf(() => readServers(text, ['named'], { where: 'https://me:pass@example.com' }));
		expect(failure.message).toContain(wrong);
		expect(readServers(text, ['named'], { where: 'https://example.com' })).toHaveLength(1);
	});

	test.each([
		['no JSON', '{ "mcpServers": {', 'is not valid JSON: line 1'],
		['no servers', '{ "editor.fontSize": 12 }', 'has no servers under mcpServers, servers'],
		['servers of another kind', '{ "mcpServers": [1] }', 'has no servers'],
		['nothing', '', 'is not valid JSON'],
	])('with %s is refused with the reason', async (_name, text, reason) => {
		const failure = await failureOf(() => previewConfig(text));
		expect(failure.code).toBe('tool-config');
		expect(failure.message).toContain(reason);
	});

	test.each(['claude-desktop', 'cursor', 'vscode', 'lm-studio'] as const)(
		'that is written for %s can be read again; its secrets are left out',
		(client) => {
			const { servers } = previewConfig(claude);
			const { text } = writeConfig(client, servers);
			expect(text).not.toContain('s3cret');
			expect(previewConfig(text).servers).toEqual(servers);
		},
	);
});
