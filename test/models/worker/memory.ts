import { readFileSync } from 'node:fs';
import type { LoadOptions } from '../../../models/contract/load.ts';
import type { Engine } from '../../../models/engine.ts';
import { answerOf, ask, oneWorkerRuntime, testLoadOptions } from '../../support/worker-runtime.ts';

/** One worker whose memory can be read. */
export interface CountedWorker {
	readonly engine: Engine;
	residentBytes(): number;
	close(): Promise<void>;
}

export async function countedWorker(path: string, options: Partial<LoadOptions> = {}): Promise<CountedWorker> {
	const { runtime, pid } = oneWorkerRuntime();
	return {
		engine: await runtime.load({ key: 'counted', path, options: { ...testLoadOptions, ...options } }),
		residentBytes() {
			const status = readFileSync(`/proc/${pid()}/status`, 'utf8');
			return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
		},
		close: () => runtime.close(),
	};
}

/**
 * Generates short answers, `batchSize` at a time, of all kinds: greedy and sampled, with a grammar, with stop strings,
 * stopped midway. Reports after each hundred.
 */
export async function answerOften(
	engine: Engine,
	count: number,
	atOnce: number,
	each: (done: number) => void = () => {},
): Promise<void> {
	let begun = 0;
	let done = 0;
	const one = async (index: number): Promise<void> => {
		const kind = index % 5;
		const request = {
			...ask(`the cat ${index} and the dog`, {
				maxTokens: 1 + (index % 12),
				seed: index,
				temperature: kind === 0 ? 0 : 0.8,
				stop: kind === 1 ? ['e'] : [],
			}),
			cacheKey: `c${index % 40}`,
			...(kind === 2 ? { grammar: 'root ::= [a-z ]+' } : {}),
		};
		const giveUp = new AbortController();
		const answer = await answerOf(engine, request, giveUp.signal, ({ type }) => {
			if (kind === 3 && type === 'tokens') giveUp.abort();
		});
		if (answer.last?.type !== 'done') throw new Error(`answer ${index}: ${JSON.stringify(answer.last)}`);
		done += 1;
		if (done % 100 === 0) each(done);
	};
	const lane = async (): Promise<void> => {
		while (begun < count) await one(begun++);
	};
	await Promise.all(Array.from({ length: atOnce }, lane));
}
