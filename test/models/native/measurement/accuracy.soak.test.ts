import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { type MeasurementSession, openMeasurement } from '../../../../models/native/measurement/session.ts';
import { starterModelPath } from '../../../support/starter-model.ts';
import { starterRuntime } from '../../../support/starter-runtime.ts';
import { answerOf } from './ask.ts';
import { chatTokens, fiftyQuestions } from './chat.ts';
import { judge, readTask, type tasks } from './tasks.ts';

type TaskName = keyof typeof tasks;
type Score = { acc: number; accNorm: number; questions: number };

let session: MeasurementSession;
const scores = new Map<TaskName, Score>();

beforeAll(async () => {
	session = await openMeasurement({ model: await starterModelPath(), width: 1, threads: 2 });
});

afterAll(() => session.close());

/** Returns the accuracy on a whole file, and its standard error in points. */
async function scoreOf(context: TestContext, name: TaskName): Promise<Score> {
	const known = scores.get(name);
	if (known !== undefined) return known;
	const questions = readTask(context, name);
	let acc = 0;
	let accNorm = 0;
	for (let at = 0; at < questions.length; at += 64) {
		const some = questions.slice(at, at + 64);
		const measured = await session.likelihood(some.flatMap(({ items }) => items));
		let next = 0;
		for (const question of some) {
			const right = judge(question, measured.slice(next, next + question.items.length));
			next += question.items.length;
			acc += Number(right.acc);
			accNorm += Number(right.accNorm);
		}
	}
	const count = questions.length;
	const score = { acc: (acc / count) * 100, accNorm: (accNorm / count) * 100, questions: count };
	process.stdout.write(`${name}: acc ${score.acc.toFixed(2)}, acc_norm ${score.accNorm.toFixed(2)} of ${count}\n`);
	scores.set(name, score);
	return score;
}

/** Returns three standard errors plus three points: prompts of model cards differ slightly from the harness's. */
function band(accuracy: number, questions: number): number {
	return 3 * Math.sqrt((accuracy * (100 - accuracy)) / questions) + 3;
}

describe('accuracy on whole files matches the model card', () => {
	// docs/formulas.md#published-figures-used-by-tests. Model: SmolLM2-135M-Instruct; only the card of the base model
	// has WinoGrande. All figures are acc_norm except WinoGrande.
	test.for([
		{ name: 'piqa', card: 66.3, of: 'accNorm' },
		{ name: 'hellaswag', card: 40.9, of: 'accNorm' },
		{ name: 'winogrande', card: 51.3, of: 'acc' },
	] as const)('$name', async ({ name, card, of }, context) => {
		const score = await scoreOf(context, name);
		expect(Math.abs(score[of] - card)).toBeLessThanOrEqual(band(card, score.questions));
	});

	test('mean of ARC easy and challenge', async (context) => {
		const easy = await scoreOf(context, 'arc_easy');
		const challenge = await scoreOf(context, 'arc_challenge');
		const mean = (easy.accNorm + challenge.accNorm) / 2;
		const error = (band(easy.accNorm, easy.questions) + band(challenge.accNorm, challenge.questions)) / 2;
		expect(Math.abs(mean - 37.3)).toBeLessThanOrEqual(error);
		// The harness's own result for the first 500 questions (lm_eval_golden/SOURCE.md).
		expect(Math.abs(easy.acc - 49.2)).toBeLessThanOrEqual(band(49.2, 500));
		expect(Math.abs(challenge.acc - 22.4)).toBeLessThanOrEqual(band(22.4, 500));
	});
});

test.each(['none', 'all'] as const)(
	'50 prompts, of which %s are sampled, get the tokens of a chat',
	async (sampled) => {
		const rows = fiftyQuestions(48, sampled);
		const single = await openMeasurement({ model: await starterModelPath(), width: 1, threads: 1 });
		const measured = await single.generate(rows);
		await single.close();
		const runtime = starterRuntime();
		const chat = await runtime.load('chat');
		const other: number[] = [];
		for (const [index, row] of rows.entries()) {
			if (answerOf(measured[index]).tokenIds.join() !== (await chatTokens(chat, row)).join()) other.push(index);
		}
		await runtime.close();
		expect(other).toEqual([]);
	},
);
