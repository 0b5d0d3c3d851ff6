import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { coversArguments } from '../../../../electron/context/tools/permissions.ts';
import type { CallPlace } from '../../../../electron/conversation/conversation-tools.ts';
import { connectionOf } from '../../../../electron/database/database.ts';
import { all, run } from '../../../../electron/database/sql.ts';
import { openTools, signal } from './open-tools.ts';

describe('a permission', () => {
	const below = { kind: 'prefix', argument: 'path', prefix: '/home/me/notes' } as const;
	test.each([
		['/home/me/notes', true],
		['/home/me/notes/a/b.txt', true],
		['/home/me/notes-of-others/a', false],
		['/home/me/notes/../../.ssh/id_rsa', false],
		['/home/me/notes/%2e%2e/%2e%2e/.ssh/id_rsa', false],
		['/home/me/notes/%252e%252e/x', false],
		['/home/me/notes/..\\..\\x', false],
		['/home/me/notes/a\0b', false],
		['/home/me/notes/%/%2e%2e/%2e%2e/x', false],
		['/home/me/notes/%zz/%2E./x', false],
		['/home/me/notes/a%2f..%2f..%2fx', false],
		['/home/me/notes/.\t./x', false],
		['/home/me/notes/.\n./x', false],
		['/home/me/notes/.. /x', false],
		['/home/me/notes#x', false],
		['/home/me/notes?x', false],
		['/home/me/notes/100 % sure.txt', true],
		['/home/me/notes/%C3%A9.txt', true],
		['/home/me/notes/a..b', true],
		['/home/me', false],
		[7, false],
		[undefined, false],
	])('for a folder covers %s: %s', (path, covered) => {
		expect(coversArguments(below, { path, mode: 'any' })).toBe(covered);
	});

	test('for an address ends at its host', () => {
		const pattern = { kind: 'prefix', argument: 'url', prefix: 'https://a.example' } as const;
		const covered = ['https://a.example', 'https://a.example/x', 'https://a.example?q'];
		const others = ['https://a.example.evil', 'https://a.example@evil.example/', 'https://a.example:81/'];
		expect(covered.map((url) => coversArguments(pattern, { url }))).toEqual([true, true, true]);
		expect(others.map((url) => coversArguments(pattern, { url }))).toEqual([false, false, false]);
	});

	test.each([
		['https://a.example/notes/', true],
		['https://a.example/notes?q=../x', true],
		['https://A.EXAMPLE:443/notes/x#y', true],
		['https://a.example/notes-of-others', false],
		['http://a.example/notes', false],
		['https://a.example\\@evil.example/notes', false],
		['https://a.example\\.evil.example/notes', false],
		['https://me@a.example/notes', false],
		['https://a.example/notes/%/%2e%2e/x', false],
		['https://a.example/notes/%2e%2e/x', false],
		['https://a.example/notes/.%2e/x', false],
		['https://a.example/notes/%252e%252e/x', false],
		['https://a.example/notes/%c0%ae%c0%ae/x', false],
		['https://a.example/notes/%zz', false],
		['https://a.example/notes%2f..%2fx', false],
		['https://a.example/notes/.\t./x', false],
		['https://a.example/notes\\..\\x', false],
		['https://a.example/notes\u0000', false],
		[' https://a.example/notes', false],
		['https:a.example/notes', false],
	])('for a page covers %j: %s', (url, covered) => {
		const prefixes = ['https://a.example/notes', 'https://a.example/notes/'];
		for (const prefix of prefixes)
			expect(coversArguments({ kind: 'prefix', argument: 'url', prefix }, { url })).toBe(covered);
	});

	test('for exact arguments doesn’t mind the order of keys, and nothing else', () => {
		const pattern = { kind: 'exact', arguments: { a: 1, b: { c: [1, 2] } } } as const;
		expect(coversArguments({ ...pattern, arguments: { ...pattern.arguments } }, { b: { c: [1, 2] }, a: 1 })).toBe(true);
		expect(coversArguments({ ...pattern, arguments: { ...pattern.arguments } }, { a: 1, b: { c: [2, 1] } })).toBe(
			false,
		);
		expect(coversArguments({ ...pattern, arguments: { ...pattern.arguments } }, { a: 1, b: { c: [1, 2] }, d: 1 })).toBe(
			false,
		);
	});
});

describe('a tool in a conversation', () => {
	const args = { expression: '6 * 7' };
	const options = (place: CallPlace, isAllowedOnce = false) => ({ signal, timeoutMs: 5_000, place, isAllowedOnce });

	test('is refused while it is off, asks once it is on, and is called when it is allowed', async () => {
		const { tools, tool, conversation } = openTools();
		const { id } = await tool('calculator');
		const here = conversation();
		expect(tools.decidePermission(id, args, here)).toBe('refuse');
		await tools.setTool(id, true);
		expect(tools.decidePermission(id, args, here)).toBe('ask');
		// Whoever calls without a permission is refused here, not where the person is asked.
		expect(await tools.callTool(id, args, options(here))).toMatchObject({
			isError: true,
			content: 'The user has not allowed this call.',
		});
		tools.grant(id, { kind: 'any' }, 'conversation', here);
		expect(tools.decidePermission(id, args, here)).toBe('allow');
		expect(tools.decidePermission(id, args, conversation())).toBe('ask');
		expect(await tools.callTool(id, args, options(here))).toMatchObject({ isError: false, content: '42' });
	});

	test('that is allowed once is called once', async () => {
		const { tools, tool, conversation } = openTools();
		const { id } = await tool('calculator');
		const here = conversation();
		await tools.setTool(id, true);
		const once = await tools.callTool(id, args, options(here, true));
		const again = await tools.callTool(id, args, options(here));
		expect([once.isError, again.isError]).toEqual([false, true]);
		expect(tools.calls({ limit: 2 }).calls.map(({ decision }) => decision)).toEqual(['refused', 'once']);
		await tools.setTool(id, false);
		expect(await tools.callTool(id, args, options(here, true))).toMatchObject({ isError: true });
	});

	test('that a temporary chat allowed asks in another one, and again after it was off or the data was replaced', async () => {
		const { tools, tool, publish } = openTools();
		const { id } = await tool('calculator');
		const decide = (place: CallPlace) => tools.decidePermission(id, args, place);
		await tools.setTool(id, true);
		tools.grant(id, { kind: 'any' }, 'conversation', 'one');
		expect(['one', 'two', null].map(decide)).toEqual(['allow', 'ask', 'ask']);
		expect((await tools.listTools('one')).find((one) => one.id === id)?.state).toBe('allowed');
		await tools.setTool(id, false);
		await tools.setTool(id, true);
		expect(decide('one')).toBe('ask');
		tools.grant(id, { kind: 'any' }, 'conversation', 'one');
		publish({ type: 'data-replaced' });
		expect(decide('one')).toBe('ask');
	});

	test('can be left out of a conversation, and used in one while others don’t', async () => {
		const { tools, tool, conversation } = openTools();
		const { id } = await tool('calculator');
		const here = conversation();
		await tools.setTool(id, true);
		tools.use(here, id, false);
		expect((await tools.listTools(here)).find((one) => one.id === id)).toMatchObject({ used: false, state: 'ask' });
		expect(tools.decidePermission(id, args, here)).toBe('refuse');
		expect(tools.decidePermission(id, args, conversation())).toBe('ask');
	});

	test('is logged with what allowed it; the log goes with the conversation', async () => {
		const { tools, tool, conversation, database } = openTools();
		const { id } = await tool('calculator');
		const here = conversation();
		await tools.setTool(id, true);
		tools.grant(id, { kind: 'any' }, 'always', null);
		await tools.callTool(id, args, options(here));
		await tools.callTool(id, { expression: '1/0' }, options(here));
		tools.refuseCall(id, args, here);
		// Nothing of a temporary conversation is stored.
		await tools.callTool(id, args, options(null));
		const { calls } = tools.calls({ limit: 10 });
		expect(calls.map(({ decision, outcome, arguments: text }) => [decision, outcome, text])).toEqual([
			['refused', 'refused', '{"expression":"6 * 7"}'],
			['always', 'error', '{"expression":"1/0"}'],
			['always', 'done', '{"expression":"6 * 7"}'],
		]);
		expect(calls[2]).toMatchObject({ conversation: 'Weather', server: '', tool: 'calculator', resultBytes: 2 });
		const { clearedAt } = tools.clearLog(here);
		expect(tools.calls({ limit: 10 }).calls).toEqual([]);
		expect(tools.restoreLog(clearedAt)).toBe(3);
		run(database, 'DELETE FROM conversations WHERE id = :here', { here });
		expect(tools.calls({ limit: 10 }).calls).toEqual([]);
	});

	test('a cleared log that can’t be deleted is left to the next start', async () => {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
		onTestFinished(() => void vi.useRealTimers());
		const { tools, tool, conversation, database, log } = openTools();
		const { id } = await tool('calculator');
		tools.refuseCall(id, args, conversation());
		tools.clearLog(undefined);
		// As on a full disk.
		connectionOf(database).pragma('query_only = ON');
		vi.advanceTimersByTime(60_000);
		await tools.close();
		connectionOf(database).pragma('query_only = OFF');
		expect(log).toHaveLength(2);
		const again = openTools({ database });
		expect(all(database, 'SELECT id FROM tool_calls')).toEqual([]);
		await again.tools.close();
	});

	test('whose arguments don’t fit says what is wrong with them', async () => {
		const { tools, tool } = openTools();
		const { id } = await tool('calculator');
		const result = await tools.callByHand(id, { formula: '1' }, signal);
		expect(result.isError).toBe(true);
		expect(result.content).toContain('expression');
	});
});
