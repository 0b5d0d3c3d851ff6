import { ORPCError } from '@orpc/client';
import { describe, expect, test, vi } from 'vitest';
import type { Hello } from '../../../electron/contract/system/schema.ts';
import { contractVersion } from '../../../electron/contract/system/version.ts';
import { takeTokenFromAddress } from '../../../renderer/connection/access-token.ts';
import { connect } from '../../../renderer/connection/connection.ts';
import { toFailure } from '../../../renderer/connection/failure.ts';
import { LinkEnd, type OpenLink } from '../../../renderer/connection/transport.ts';

const hello: Hello = { contractVersion, assayVersion: '0.1.0', host: 'browser', capabilities: [], dataFolder: '/d' };

/** Creates links that a test opens and cuts by hand. */
function transport() {
	const opened: { cut: (end: LinkEnd) => void; calls: string[] }[] = [];
	const answers: (LinkEnd | null)[] = [];
	return {
		opened,
		/** Failures of the next attempts, in order; null, or an empty list, opens a link. */
		answers,
		async open(): Promise<OpenLink> {
			const end = answers.shift() ?? null;
			if (end !== null) throw end;
			let cut = (_: LinkEnd) => {};
			const ended = new Promise<LinkEnd>((resolve) => {
				cut = resolve;
			});
			const calls: string[] = [];
			opened.push({ cut, calls });
			return {
				ended,
				close: () => cut(new LinkEnd('closed')),
				link: {
					call: async (path) => {
						calls.push(path.join('.'));
						return hello;
					},
				},
			};
		},
	};
}

describe('connecting', () => {
	test('says hello before it is ready, and tells listeners added before and after', async () => {
		const links = transport();
		const connection = connect(links.open);
		const early = vi.fn();
		connection.onReady(early);
		await vi.waitFor(() => expect(connection.state.getState().status).toBe('ready'));
		const late = vi.fn();
		connection.onReady(late);
		expect([links.opened[0]?.calls, early.mock.calls.length, late.mock.calls.length]).toEqual([['system.hello'], 1, 1]);
		connection.close();
	});

	test('a lost connection aborts the signal of the link, gives the reason, and reconnects by itself', async () => {
		const links = transport();
		const connection = connect(links.open);
		const signals: AbortSignal[] = [];
		connection.onReady((signal) => signals.push(signal));
		await vi.waitFor(() => expect(connection.state.getState().status).toBe('ready'));
		links.answers.push(new LinkEnd('still gone'));
		links.opened[0]!.cut(new LinkEnd('The cable was pulled.'));
		await vi.waitFor(() =>
			expect(connection.state.getState()).toMatchObject({ status: 'lost', cause: 'The cable was pulled.' }),
		);
		expect(signals[0]?.aborted).toBe(true);
		await vi.waitFor(() => expect(connection.state.getState()).toMatchObject({ status: 'lost', attempt: 2 }), 2_000);
		await vi.waitFor(() => expect(connection.state.getState().status).toBe('ready'), 3_000);
		expect(signals.length).toBe(2);
		connection.close();
	});

	test('calls fail at once without a link', async () => {
		const links = transport();
		links.answers.push(new LinkEnd('gone'), new LinkEnd('gone'));
		const connection = connect(links.open);
		await expect(connection.client.system.status()).rejects.toThrow('not connected');
		connection.close();
	});

	test('a refusal is final until the user tries again', async () => {
		const links = transport();
		links.answers.push(new LinkEnd('Wrong token.', true));
		const connection = connect(links.open);
		await vi.waitFor(() =>
			expect(connection.state.getState()).toMatchObject({ status: 'refused', failure: { message: 'Wrong token.' } }),
		);
		connection.retryNow();
		await vi.waitFor(() => expect(connection.state.getState().status).toBe('ready'));
		connection.close();
	});
});

describe('errors of a call', () => {
	test('a Failure passes unchanged; a defect is reported as such', () => {
		const data = { code: 'x', message: 'Why.', next: ['Do this'] };
		expect(toFailure(new ORPCError('FAILED', { status: 422, data }))).toBe(data);
		expect(toFailure(new TypeError('broken'))).toMatchObject({
			code: 'internal',
			message: 'This is a bug in Assay: broken',
		});
		expect(toFailure(new LinkEnd('Gone.'))).toMatchObject({ code: 'connection-lost', message: 'Gone.' });
	});
});

test('the token is removed from the address bar and the history, and kept in the tab', () => {
	const kept = new Map<string, string>();
	const storage = { setItem: (key: string, value: string) => kept.set(key, value) } as unknown as Storage;
	const replaceState = vi.fn();
	const location = { hash: '#token=abc', pathname: '/', search: '' } as Location;
	takeTokenFromAddress(location, { replaceState } as unknown as History, storage);
	expect([...kept.values()]).toEqual(['abc']);
	expect(replaceState).toHaveBeenCalledWith(null, '', '/');
});
