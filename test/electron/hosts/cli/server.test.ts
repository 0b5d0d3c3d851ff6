import { expect, test } from 'vitest';
import { freePort } from '../../server/serving.ts';
import { makeFolders, saying } from './folders.ts';
import { documentOf, runCli, startCli } from './run-cli.ts';

test('assay server start serves with a key until Ctrl+C, and other commands see it', async () => {
	const { data, model } = makeFolders();
	await runCli(['models', 'add', model, '--data', data]);
	const port = await freePort();
	const server = startCli(['server', 'start', '--port', String(port), '--json', '--data', data], {
		script: saying('It is Paris.'),
	});
	await server.says('"key"');
	const { url, key } = documentOf({ code: 0, stdout: server.stdout(), stderr: '' }) as { url: string; key: string };
	const response = await fetch(`${url}/chat/completions`, {
		method: 'POST',
		body: JSON.stringify({ messages: [{ role: 'user', content: 'Capital of France?' }] }),
		headers: { authorization: `Bearer ${key}` },
	});
	expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'It is Paris.' } }] });
	expect(documentOf(await runCli(['server', 'status', '--json', '--data', data]))).toMatchObject({
		server: { state: 'on', port, answered: 1 },
	});
	const added = await runCli(['server', 'keys', 'add', 'Editor', '--data', data]);
	expect(added.stdout).toMatch(/shown this one time:\nsk-assay-/);
	const listed = await runCli(['server', 'keys', 'list', '--data', data]);
	expect(listed.stdout).toContain('Editor');
	expect(listed.stdout).not.toContain(key);
	const asked = documentOf(await runCli(['server', 'requests', '--json', '--data', data]));
	expect(asked).toMatchObject({ total: 1, requests: [{ route: '/v1/chat/completions', status: 200 }] });
	expect((await runCli(['server', 'requests', '--errors', '--data', data])).stdout).toContain('No request failed.');
	const limited = await runCli(['server', 'keys', 'limit', '1', '--per-minute', '60', '--data', data]);
	expect(limited.stdout).toContain('60 requests a minute');
	const examined = await runCli(['doctor', '--endpoint', url, '--key', key, '--json', '--data', data]);
	expect(documentOf({ ...examined, code: 0 })).toMatchObject({
		url,
		checks: expect.arrayContaining([expect.objectContaining({ name: 'a chat answer', outcome: 'ok' })]),
	});
	const wrong = await runCli(['server', 'origins', 'add', 'localhost', '--data', data]);
	expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('http://localhost:3000') });
	const unnumbered = await runCli(['server', 'keys', 'revoke', 'Editor', '--data', data]);
	expect(unnumbered).toMatchObject({ code: 2, stderr: expect.stringContaining('assay server keys revoke --help') });
	server.interrupt();
	expect((await server.end).code).toBe(130);
	expect((await runCli(['server', 'status', '--data', data])).stdout).toContain('The server is off.');
});

test('assay server aliases sets a name, chat answers by its recipe, and every change can be taken back', async () => {
	const { data, model } = makeFolders();
	const assay = (...args: string[]) => runCli([...args, '--data', data], { script: {} });
	await assay('models', 'add', model);
	await assay('presets', 'add', 'Short', '--max-tokens', '3');
	expect((await assay('server', 'aliases', 'list')).stdout).toContain('No aliases yet.');
	expect(await assay('server', 'aliases', 'set', 'two words', '--model', 'tiny')).toMatchObject({ code: 2 });
	expect(await assay('server', 'aliases', 'set', 'gpt-4o')).toMatchObject({ code: 2 });
	const set = await assay('server', 'aliases', 'set', 'gpt-4o', '--model', 'tiny', '--preset', 'Short');
	expect(set.stdout).toBe('gpt-4o names tiny F32 with preset Short.\n');
	expect((await assay('server', 'aliases', 'list')).stdout).toMatch(/gpt-4o +tiny F32 +preset Short/);
	expect((await assay('chat', 'One two three', '--model', 'GPT-4o')).stdout).toBe('You said: One\n');
	expect((await assay('chat', 'x', '--model', 'gpt-4o', '--preset', 'Short')).code).toBe(2);
	const again = await assay('server', 'aliases', 'set', 'gpt-4o', '--model', 'tiny');
	expect(again.stdout).toContain('To go back: assay server aliases restore 1');
	expect((await assay('chat', 'One two three', '--model', 'gpt-4o')).stdout).toBe('You said: One two three\n');
	expect((await assay('server', 'aliases', 'restore', '1')).stdout).toContain('names tiny F32 again');
	expect((await assay('server', 'aliases', 'remove', 'gpt-4o')).stdout).toContain('stands for nothing now');
	const history = documentOf(await assay('server', 'aliases', 'history', 'gpt-4o', '--json')) as { changes: unknown[] };
	expect(history.changes).toHaveLength(4);
	expect(await assay('chat', 'x', '--model', 'gpt-4o')).toMatchObject({
		code: 1,
		stderr: expect.stringContaining('gpt-4o'),
	});
});
