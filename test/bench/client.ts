import { once } from 'node:events';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../../electron/contract/contract.ts';
import type { Message, SendInput } from '../../electron/contract/conversation/schema.ts';
import { contractVersion } from '../../electron/contract/system/version.ts';

export type Client = ContractRouterClient<Contract>;

/**
 * Connects like the page: takes the token from the address's fragment and sends it in the first frame. Returns the
 * token to connect with again, which the host sends in exchange for a link's.
 */
export async function connect(url: string): Promise<{ client: Client; token: string; close(): void }> {
	const address = new URL(url);
	const token = new URLSearchParams(address.hash.slice(1)).get('token') ?? '';
	const socket = new WebSocket(`ws://${address.host}/socket`);
	await once(socket, 'open');
	const refused = new Promise<never>((_, reject) => {
		socket.addEventListener('close', ({ code, reason }) => {
			reject(new Error(`the host at ${address.host} closed the connection: ${reason || `code ${code}`}`));
		});
	});
	// Nobody awaits this once the connection is up.
	refused.catch(() => {});
	socket.send(JSON.stringify({ type: 'hello', token, contractVersion }));
	const [{ data }] = (await Promise.race([once(socket, 'message'), refused])) as [MessageEvent<string>];
	const ready = JSON.parse(data) as { token?: string };
	return {
		client: createORPCClient(new RPCLink({ websocket: socket })),
		token: ready.token ?? token,
		close: () => socket.close(),
	};
}

/** One answer as a page sees it. Times are measured in this process, in ms since the text was sent. */
export interface Answer {
	readonly message: Message;
	readonly conversationId: number;
	readonly firstTokenMs: number;
	/** Tokens that arrived with the first text. */
	readonly firstTokens: number;
	readonly lastTokenMs: number;
	/** From sending to the end of the update stream, ms. */
	readonly endMs: number;
}

/** Sends a message and follows its answer to the end. Throws if the answer fails. */
export async function ask(client: Client, input: SendInput): Promise<Answer> {
	const start = performance.now();
	const { conversationId, generationId } = await client.conversations.send(input);
	let firstTokenMs = Number.NaN;
	let firstTokens = 0;
	let lastTokenMs = Number.NaN;
	let message: Message | null = null;
	for await (const update of await client.generations.subscribe({ id: generationId })) {
		const now = performance.now() - start;
		if (update.type === 'end') message = update.message;
		const text = update.type === 'tokens' ? update.text : update.type === 'snapshot' ? update.message.content : '';
		if (text === '') continue;
		lastTokenMs = now;
		if (!Number.isNaN(firstTokenMs)) continue;
		firstTokenMs = now;
		firstTokens = update.type === 'tokens' ? update.completionTokens : 1;
	}
	if (message === null) throw new Error('the stream of updates stopped before the answer ended');
	if (message.status !== 'complete') {
		throw new Error(`the answer ended ${message.status}: ${JSON.stringify(message.failure)}`);
	}
	return { message, conversationId, firstTokenMs, firstTokens, lastTokenMs, endMs: performance.now() - start };
}
