import { PassThrough } from 'node:stream';
import { expect, test, vi } from 'vitest';
import type { AnswerStep } from '../../../../electron/contract/conversation/steps.ts';
import { callPermission } from '../../../../electron/hosts/cli/chat-tools.ts';

const step: AnswerStep = {
	...{ callId: 'a', server: 'Files', name: 'remove', arguments: '{"path":"/x\u001B[2K\u202E"}' },
	...{ status: 'asking', result: null, startedAt: null, durationMs: null },
};

/** Asks at a terminal of the test. */
function asking() {
	const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin });
	const stdout = Object.assign(new PassThrough(), { isTTY: true });
	const output = { progress: vi.fn(), note: vi.fn(), warn: vi.fn() };
	const interrupt = { trigger: vi.fn() };
	const context = { output, streams: { stdin, stdout }, interrupt } as unknown as Parameters<typeof callPermission>[0];
	const ended = new AbortController();
	const decision = callPermission(context, [], { question: null })(step, ended.signal);
	return { stdin, stdout, interrupt, ended, decision };
}

test('a question about a call shows the call, without what would hide it', async () => {
	const { stdin, stdout, decision } = asking();
	await vi.waitFor(() =>
		expect(String(stdout.read() ?? '')).toContain('remove (Files) {"path":"/x\\u001b[2K\\u202e"}'),
	);
	stdin.write('y\n');
	expect(await decision).toEqual({ kind: 'allow', scope: 'once', pattern: { kind: 'any' } });
});

test('a question whose input ends is a refusal', async () => {
	const { stdin, decision } = asking();
	stdin.end();
	expect(await decision).toEqual({ kind: 'refuse', words: '' });
});

test('Ctrl+C at a question interrupts the command', async () => {
	const { stdin, interrupt, ended, decision } = asking();
	await vi.waitFor(() => expect(stdin.listenerCount('keypress')).toBeGreaterThan(0));
	stdin.write('\u0003');
	await vi.waitFor(() => expect(interrupt.trigger).toHaveBeenCalled());
	ended.abort();
	await expect(decision).rejects.toThrow();
});
