import type { MeasureRow } from '../../../../models/contract/native/tasks.ts';
import type { Engine } from '../../../../models/engine.ts';
import { answerOf as chatAnswerOf, resultOf } from '../../../support/worker-runtime.ts';
import { asked } from './ask.ts';

const subjects = ['a lighthouse', 'the number seven', 'rain in June', 'an old bicycle', 'the sea', 'a short letter'];
const tasks = [
	'Say in one sentence what is special about',
	'Write two lines of a poem about',
	'List three words that come to mind with',
	'Explain to a child, as simply as you can, why people like',
	'Give a short answer and then a reason: would you rather have or forget',
];
const story =
	'The keeper of the lighthouse had a daughter who counted the ships. On Monday there were four, on Tuesday nine, and ' +
	'on Wednesday, when the wind turned, only one, which had a red sail and came from the north. ';

/**
 * Creates fifty different questions, from one line to a few hundred tokens, some with a long common prefix. Every
 * second one is sampled with its own seed, or all of them on request.
 */
export function fiftyQuestions(maxTokens: number, sampled: 'none' | 'half' | 'all'): MeasureRow[] {
	return Array.from({ length: 50 }, (_, index) => {
		const subject = subjects[index % subjects.length]!;
		const task = tasks[(index * 7) % tasks.length]!;
		const before = story.repeat([0, 0, 1, 3][index % 4]!);
		const draws = sampled === 'all' || (sampled === 'half' && index % 2 === 1);
		const sampling = draws ? { temperature: 0.8, repeatPenalty: 1.1 } : {};
		return asked(`${before}${task} ${subject}. (${index})`, { ...sampling, maxTokens }, 100 + index);
	});
}

/** Returns the tokens with which the chat engine answers a row. */
export async function chatTokens(engine: Engine, { prompt, sampling, seed }: MeasureRow): Promise<readonly number[]> {
	if (!('turns' in prompt)) throw new Error('a chat has turns');
	const answer = await chatAnswerOf(engine, { ...prompt, sampling: { ...sampling, seed }, cacheKey: 'same' });
	return resultOf(answer).tokenIds;
}
