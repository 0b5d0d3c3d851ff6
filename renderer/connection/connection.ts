import { type ClientContext, type ClientLink, type ClientOptions, createORPCClient, ORPCError } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Contract } from '../../electron/contract/contract.ts';
import type { Hello } from '../../electron/contract/system/schema.ts';
import { contractVersion } from '../../electron/contract/system/version.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import { t } from '../messages/t.ts';
import { toFailure } from './failure.ts';
import { translateAnswers } from './translate-answers.ts';
import { LinkEnd, type OpenLink, type OpenTransport } from './transport.ts';

export type Client = ContractRouterClient<Contract>;

export type ConnectionState =
	| { status: 'connecting'; attempt: number }
	| { status: 'ready'; hello: Hello }
	/** Reconnects at `retryAt` (ms since 1970). */
	| { status: 'lost'; cause: string; retryAt: number; attempt: number }
	/** Does not reconnect by itself. */
	| { status: 'refused'; failure: FailureFacts };

export interface Connection {
	readonly client: Client;
	readonly state: StoreApi<ConnectionState>;
	/** The latest link's hello, kept while the link is down; null before the first. */
	lastHello(): Hello | null;
	/** Calls the listener after each successful connect, including the first. The signal aborts when that link ends. */
	onReady(listener: (signal: AbortSignal) => void): () => void;
	retryNow(): void;
	close(): void;
}

/** Pauses between attempts, in ms: short at first (the application restarts), then ten seconds. */
export const pausesMs: readonly number[] = [300, 700, 1_500, 3_000, 6_000, 10_000];

/** Connects and keeps the connection alive. */
export function connect(open: OpenTransport): Connection {
	const link = new SwitchingLink();
	const client: Client = createORPCClient(translateAnswers(link));
	const state = createStore<ConnectionState>(() => ({ status: 'connecting', attempt: 0 }));
	const listeners = new Set<(signal: AbortSignal) => void>();
	let current: OpenLink | null = null;
	let lifetime: AbortController | null = null;
	let hello: Hello | null = null;
	let timer: ReturnType<typeof setTimeout> | undefined;
	let closed = false;

	async function attempt(number: number): Promise<void> {
		if (number === 0) state.setState({ status: 'connecting', attempt: number }, true);
		let opened: OpenLink;
		try {
			opened = await open();
		} catch (error) {
			return fail(error, number);
		}
		if (closed) return opened.close();
		current = opened;
		link.use(opened.link);
		lifetime = new AbortController();
		void opened.ended.then((end) => {
			if (current !== opened) return;
			drop();
			if (!closed) fail(end, 0);
		});
		try {
			hello = await client.system.hello({ contractVersion });
		} catch (error) {
			if (current !== opened) return;
			drop();
			opened.close();
			return fail(error, number);
		}
		state.setState({ status: 'ready', hello }, true);
		for (const listener of listeners) listener(lifetime.signal);
	}

	function drop(): void {
		current = null;
		link.use(null);
		lifetime?.abort();
		lifetime = null;
	}

	function fail(error: unknown, number: number): void {
		const end = error instanceof LinkEnd ? error : null;
		if (end === null || end.final) {
			const failure =
				end === null
					? toFailure(error)
					: {
							code: 'connection-refused',
							message: end.message,
							next: [t('Run the command that started Assay again'), t('Open the link it prints')],
						};
			state.setState({ status: 'refused', failure }, true);
			return;
		}
		const pause = pausesMs[Math.min(number, pausesMs.length - 1)] ?? 10_000;
		state.setState({ status: 'lost', cause: end.message, retryAt: Date.now() + pause, attempt: number + 1 }, true);
		timer = setTimeout(() => void attempt(number + 1), pause);
	}

	void attempt(0);
	return {
		client,
		state,
		lastHello: () => hello,
		onReady(listener) {
			listeners.add(listener);
			if (state.getState().status === 'ready' && lifetime) listener(lifetime.signal);
			return () => listeners.delete(listener);
		},
		retryNow() {
			const now = state.getState();
			if (now.status === 'ready' || now.status === 'connecting') return;
			clearTimeout(timer);
			void attempt(now.status === 'lost' ? now.attempt : 0);
		},
		close() {
			closed = true;
			clearTimeout(timer);
			current?.close();
			drop();
		},
	};
}

/**
 * A link that passes calls to the currently open link. Without one, a call fails at once instead of hanging. A call
 * whose link is lost fails with a LinkEnd: it may or may not have taken effect.
 */
class SwitchingLink implements ClientLink<ClientContext> {
	#current: ClientLink<ClientContext> | null = null;

	use(link: ClientLink<ClientContext> | null): void {
		this.#current = link;
	}

	async call(path: readonly string[], input: unknown, options: ClientOptions<ClientContext>): Promise<unknown> {
		if (this.#current === null) throw new LinkEnd(t('Assay is not connected.'));
		try {
			return await this.#current.call(path, input, options);
		} catch (error) {
			// The application answers with an ORPCError; anything else is a broken link, unless the caller aborted.
			if (error instanceof ORPCError || options.signal?.aborted) throw error;
			throw new LinkEnd(t('The connection to Assay was lost.'));
		}
	}
}
