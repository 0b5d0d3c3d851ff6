import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { type LlamaServer, startLlamaServer } from './llama-server.ts';
import type { BenchContext, Measurement } from './measurement.ts';
import { longAnswerPrompt, text } from './prompts.ts';
import { inTurn, median } from './statistics.ts';

/** A server that speaks OpenAI's API. */
interface Served {
	/** Without the path of an API. */
	readonly base: string;
	readonly key: string;
}

/** Neither side draws with a fixed seed or at temperature 0, so both may reuse every token that they have cached. */
const sampling = { temperature: 0.8, top_k: 40, top_p: 0.95, min_p: 0.05, repeat_penalty: 1 };

const writtenTokens = 64;

/** Lengths in tokens: of what all prompts begin with, and of what each adds. */
const [sharedTokens, ownTokens] = [1_000, 24];

let prompts = 0;

/** A prompt that no cache holds whole. */
function nextPrompt(): string {
	prompts += 1;
	return `${text(sharedTokens, 1)}\n${text(ownTokens, 10_000 + prompts)}`;
}

async function post({ base, key }: Served, path: string, body: object): Promise<Response> {
	const response = await fetch(`${base}${path}`, {
		method: 'POST',
		headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
		body: JSON.stringify({ ...sampling, ...body }),
	});
	if (!response.ok) throw new Error(`${base} answered ${response.status}: ${await response.text()}`);
	return response;
}

/** Answers `requests` of so many clients, each with its next request as soon as its last is answered; requests per second. */
async function answerAll(server: Served, clients: number, requests: number): Promise<number> {
	let left = requests;
	let tokens = 0;
	async function client(): Promise<void> {
		while (left > 0) {
			left -= 1;
			const response = await post(server, '/v1/completions', { prompt: nextPrompt(), max_tokens: writtenTokens });
			const { usage } = (await response.json()) as { usage: { completion_tokens: number } };
			tokens += usage.completion_tokens;
		}
	}
	const from = performance.now();
	await Promise.all(Array.from({ length: clients }, client));
	// An answer that ended early counts for less.
	return ((tokens / writtenTokens) * 1000) / (performance.now() - from);
}

/** Switches the product's server on, with as many threads as the other side has. */
async function startServed(context: BenchContext): Promise<Served> {
	const { client, modelFileId } = await context.product();
	const { options } = await client.models.options({ id: modelFileId });
	if (options.threads !== context.cores) {
		await client.models.setOptions({ id: modelFileId, options: { threads: context.cores } });
		await client.models.load({ id: modelFileId });
	}
	const { status } = await client.server.start({});
	if (status.state !== 'on') throw new Error(`the server is ${status.state}`);
	const { secret } = await client.server.addKey({ name: `bench ${Date.now()}`, scopes: ['inference'] });
	return { base: new URL(status.url).origin, key: secret };
}

async function startOther(context: BenchContext, slots: number): Promise<Served & LlamaServer> {
	if (context.llamaServer === null) throw new Error('name the program: --llama-server <path>');
	const { llamaServer: binary, modelPath: model, cores: threads } = context;
	return { ...(await startLlamaServer({ binary, model, threads, slots, slotTokens: 1_280 })), key: '' };
}

/** Starts llama-server with the number of slots that a trial finds fastest, each warm: half as many while that helps. */
async function startBestOther(
	context: BenchContext,
	clients: number,
): Promise<Served & LlamaServer & { slots: number }> {
	let best: (Served & LlamaServer & { slots: number; speed: number }) | null = null;
	for (let slots = clients; slots >= 1; slots /= 2) {
		const server = await startOther(context, slots);
		await answerAll(server, slots, slots);
		if (clients === 1 || context.quick) return { ...server, slots };
		await context.settle();
		const speed = await answerAll(server, clients, clients);
		context.note(`llama-server with ${slots} slots: ${speed.toFixed(2)} requests/s`);
		if (best !== null && best.speed >= speed) {
			await server.stop();
			break;
		}
		await best?.stop();
		best = { ...server, slots, speed };
	}
	return best!;
}

function servedRequests(clients: number, limit: number): Measurement {
	return {
		name: `served-requests-${clients}`,
		about: `requests per second of ${clients} at once with a prefix of 1,000 tokens in common and 64 new tokens, against llama-server`,
		unit: 'requests/s',
		target: { of: 'ratio', relation: 'at-least', limit },
		needs: 'llamaServer',
		async run(context) {
			const other = await startBestOther(context, clients);
			try {
				const product = await startServed(context);
				const requests = Math.max(8, 2 * clients);
				const rounds = clients < 16 ? 3 : 2;
				const { ours, theirs } = await inTurn(
					context.quick ? 1 : rounds,
					{
						ours: () => answerAll(product, clients, requests),
						theirs: () => answerAll(other, clients, requests),
					},
					() => context.settle(),
				);
				const details = { requests, slots: other.slots, threads: context.cores };
				return { values: ours, baselines: theirs, details };
			} finally {
				await other.stop();
			}
		},
	};
}

export const servedRequestsOf1 = servedRequests(1, 0.97);
export const servedRequestsOf4 = servedRequests(4, 1.1);
export const servedRequestsOf16 = servedRequests(16, 1.1);

interface Streamed {
	/** From the request to the first text, and between the first text and the last, ms. */
	readonly firstMs: number;
	readonly restMs: number;
	readonly tokens: number;
	/** Time to the first token inside the worker, ms. Assay's own. */
	readonly workerMs: number;
}

/** One connection that stays open. `fetch` takes two milliseconds of its own, and some of the processor per token. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

async function openStream({ base, key }: Served, path: string, body: object): Promise<IncomingMessage> {
	const sent = request(`${base}${path}`, {
		agent,
		method: 'POST',
		headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
	});
	sent.end(JSON.stringify({ ...sampling, ...body }));
	const [response] = (await once(sent, 'response')) as [IncomingMessage];
	if (response.statusCode !== 200) throw new Error(`${base} answered ${response.statusCode}`);
	return response.setEncoding('utf8');
}

async function streamAnswer(server: Served, content: string, maxTokens: number): Promise<Streamed> {
	const from = performance.now();
	const response = await openStream(server, '/v1/chat/completions', {
		messages: [{ role: 'user', content }],
		max_tokens: maxTokens,
		stream: true,
		stream_options: { include_usage: true },
	});
	let [firstMs, lastMs, tokens, workerMs] = [Number.NaN, Number.NaN, 0, Number.NaN];
	let rest = '';
	for await (const piece of response as AsyncIterable<string>) {
		const at = performance.now() - from;
		const lines = (rest + piece).split('\n');
		rest = lines.pop() ?? '';
		for (const line of lines) {
			if (!line.startsWith('data: {')) continue;
			const { choices, usage, timings } = JSON.parse(line.slice(6)) as {
				choices: { delta: { content?: string | null } }[];
				usage?: { completion_tokens: number } | null;
				timings?: { ttft_ms?: number };
			};
			tokens = usage?.completion_tokens ?? tokens;
			workerMs = timings?.ttft_ms ?? workerMs;
			if ((choices[0]?.delta.content ?? '') === '') continue;
			lastMs = at;
			if (Number.isNaN(firstMs)) firstMs = at;
		}
	}
	return { firstMs, restMs: lastMs - firstMs, tokens, workerMs };
}

export const servedStream: Measurement = {
	name: 'served-stream',
	about: 'tokens per second of one stream at the client, against llama-server',
	unit: 'tok/s',
	target: { of: 'ratio', relation: 'at-least', limit: 0.97 },
	needs: 'llamaServer',
	async run(context) {
		const other = await startOther(context, 1);
		try {
			const product = await startServed(context);
			const maxTokens = context.quick ? 64 : 256;
			const speed = async (server: Served): Promise<number> => {
				const { tokens, restMs } = await streamAnswer(server, longAnswerPrompt(), maxTokens);
				return ((tokens - 1) * 1000) / restMs;
			};
			const { ours, theirs } = await inTurn(
				context.quick ? 2 : 9,
				{ ours: () => speed(product), theirs: () => speed(other) },
				() => context.settle(),
			);
			return { values: ours, baselines: theirs, details: { tokens: maxTokens, threads: context.cores } };
		} finally {
			await other.stop();
		}
	},
};

export const servedTtft: Measurement = {
	name: 'served-ttft',
	about: 'time to the first text at a client of the server less the time it took inside the worker, 95th percentile',
	unit: 'ms',
	target: { of: 'value', relation: 'at-most', limit: 5 },
	async run(context) {
		const server = await startServed(context);
		const added: number[] = [];
		const inWorker: number[] = [];
		// The first answers of a process compile its code paths.
		const warmUp = 10;
		for (let round = -warmUp; round < (context.quick ? 10 : 100); round += 1) {
			if (round === 0) await context.settle();
			const { firstMs, workerMs } = await streamAnswer(server, `${round}: say a word.`, 8);
			if (round < 0) continue;
			added.push(firstMs - workerMs);
			inWorker.push(workerMs);
		}
		const details = { medianMs: median(added), medianInWorkerMs: median(inWorker) };
		return { values: added, baselines: [], summary: 'p95', details };
	},
};
