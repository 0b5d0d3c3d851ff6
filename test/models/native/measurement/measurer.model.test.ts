import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MeasurementSession, openMeasurement } from '../../../../models/native/measurement/session.ts';
import { runNativeTask } from '../../../../models/native/run-task.ts';
import { failureOf } from '../../../support/failure.ts';
import { starterModelPath } from '../../../support/starter-model.ts';
import { type StarterRuntime, starterRuntime } from '../../../support/starter-runtime.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { answerOf, asked, bitsOf } from './ask.ts';
import { chatTokens, fiftyQuestions } from './chat.ts';

let runtime: StarterRuntime;
let model: string;

beforeAll(async () => {
	runtime = starterRuntime();
	model = await starterModelPath();
});

afterAll(() => runtime.close());

/** Writes the starter as another type; the folder goes with the test. */
async function quantised(type: 'F16' | 'Q4_K_M'): Promise<string> {
	const path = join(temporaryFolder(), `starter.${type}.gguf`);
	await runNativeTask({
		kind: 'quantize',
		input: model,
		outputs: [{ type, path }],
		allowRequantize: true,
		threads: 2,
	});
	return path;
}

async function measuring<T>(width: number, work: (session: MeasurementSession) => Promise<T>): Promise<T> {
	const session = await openMeasurement({ model, width, threads: 1 });
	try {
		return await work(session);
	} finally {
		await session.close();
	}
}

test('at width 1, greedy and seeded, 50 prompts get the same tokens as in chat', {
	timeout: 600_000,
}, async () => {
	const rows = fiftyQuestions(10, 'half');
	const measured = await measuring(1, (session) => session.generate(rows));
	const chat = await runtime.load('chat');
	const other: number[] = [];
	for (const [index, row] of rows.entries()) {
		if (answerOf(measured[index]).tokenIds.join() !== (await chatTokens(chat, row)).join()) other.push(index);
	}
	expect(other).toEqual([]);
	await runtime.runtime.unload('chat');
});

test('two measurements of one shard are equal bit by bit, even across a kill', { timeout: 600_000 }, async () => {
	const rows = fiftyQuestions(12, 'half')
		.slice(0, 14)
		.map((row, index) => ({ ...row, sampling: { ...row.sampling, maxTokens: 4 + (index % 9) } }));
	const broken = async (session: MeasurementSession) => {
		const cut = () => session.generate(rows, { onRow: () => process.kill(session.processId, 'SIGKILL') });
		return (await failureOf(cut)).code;
	};
	const again = async (session: MeasurementSession) => {
		// A shard before it has no effect.
		await session.generate(rows.slice(3, 6));
		return await session.generate(rows);
	};
	const [first, code, second] = await Promise.all([
		measuring(5, (session) => session.generate(rows)),
		measuring(5, broken),
		measuring(5, again),
	]);
	expect(code).toBe('native-process-died');
	expect(bitsOf(second)).toEqual(bitsOf(first));
});

test.each(['Q4_1', 'F16', 'Q4_K_M'] as const)(
	'an independent row of %s has the tokens that it has in every other shard',
	{ timeout: 600_000 },
	async (type) => {
		const path = type === 'Q4_1' ? model : await quantised(type);
		const rows = fiftyQuestions(8, 'half').slice(0, 11);
		const measure = async (
			width: number,
			work: (tokens: (some: typeof rows) => Promise<number[][]>) => Promise<void>,
		) => {
			const session = await openMeasurement({ model: path, width, threads: 1, independent: true });
			const tokens = async (some: typeof rows) =>
				(await session.generate(some)).map((row) => [...answerOf(row).tokenIds]);
			try {
				await work(tokens);
			} finally {
				await session.close();
			}
		};
		let all: number[][] = [];
		await measure(8, async (tokens) => {
			all = await tokens(rows);
			expect(await tokens(rows.slice(0, 4))).toEqual(all.slice(0, 4));
			expect(await tokens(rows.slice(7, 8))).toEqual(all.slice(7, 8));
		});
		await measure(3, async (tokens) => expect((await tokens(rows.toReversed())).toReversed()).toEqual(all));
	},
);

test('a grammar forces JSON from a model that would rather talk', async () => {
	const grammar = 'root ::= "{\\"city\\": \\"" [A-Z] [a-z]+ "\\"}"';
	const [free, forced] = await measuring(2, (session) =>
		session.generate([
			asked('What is the capital of England?', { maxTokens: 24 }),
			{ ...asked('What is the capital of England? Answer with its name.', { maxTokens: 24 }), grammar },
		]),
	);
	// In both answers, each token up to the end of the name leads the next likely one by more than 2.6 nats (France
	// begins with a tie). Whether the name continues is a closer call.
	expect(answerOf(free).text).toMatch(/^The capital of England is London\b/);
	expect(JSON.parse(answerOf(forced).text)).toEqual({ city: expect.stringMatching(/^London[a-z]*$/) });
});
