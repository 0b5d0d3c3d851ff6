import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { sampleSchema } from '../../../../electron/contract/dataset/schema.ts';
import { parametersSchema } from '../../../../electron/contract/evaluation/run-config.ts';
import { techniqueSchema } from '../../../../electron/contract/evaluation/technique.ts';
import { measureShard } from '../../../../electron/evaluation/shard/measure-shard.ts';
import { scriptedSessions } from '../../../support/evaluation.ts';

test('an outcome that cannot be kept ends the shard with its error, and the others are kept', async () => {
	const unhandled: unknown[] = [];
	const note = (error: unknown): void => void unhandled.push(error);
	process.on('unhandledRejection', note);
	onTestFinished(() => void process.off('unhandledRejection', note));
	const sessions = scriptedSessions();
	// The rest of the shard still runs when the first outcome is there.
	sessions.delayMs = 20;
	const inputs = ['one', 'two', 'three'];
	const samples = inputs.map((input, position) =>
		sampleSchema.parse({
			id: position,
			key: input,
			split: 'test',
			position,
			source: { kind: 'written' },
			createdAt: 1,
			input,
			target: null,
			choices: null,
			variables: {},
			tags: [],
			metadata: {},
			cluster: null,
		}),
	);
	const kept: number[] = [];
	const shard = measureShard(
		await sessions.open({ model: 'scripted', width: 1, threads: 1 }),
		{
			collect: null,
			technique: techniqueSchema.parse({ kind: 'zero-shot' }),
			parameters: parametersSchema.parse({}),
			runSeed: 1,
			build: ({ input }) => ({
				kind: 'generate',
				turns: [{ role: 'user', content: String(input) }],
				text: String(input),
				votes: 1,
				temperature: null,
				grammar: null,
			}),
		},
		samples.map((_, position) => ({ position, epoch: 0 })),
		samples,
		{
			signal: new AbortController().signal,
			scoring: {
				read: async (_technique, texts) => ({ output: texts[0] ?? '', answer: null, votes: [] }),
				run: async () => ({ output: '' }),
			},
			onOutcome: (index) => {
				if (index === 0) throw new Error('the disk is full');
				kept.push(index);
			},
		},
	);
	await expect(shard).rejects.toThrow('the disk is full');
	await sleep(10);
	expect({ kept, unhandled }).toEqual({ kept: [1, 2], unhandled: [] });
});
