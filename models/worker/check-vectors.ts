import type { Engine } from '../engine.ts';
import { vectorOf } from '../vectors.ts';
import type { EngineHooks } from './engine-hooks.ts';

const sentences = ['A man is eating food.', 'A man is eating a piece of bread.', 'The girl is carrying a baby.'];

const question = {
	query: 'What is the capital of France?',
	documents: ['Paris is the capital of France.', 'Bread is made of flour and water.'],
};

function cosine(a: Float32Array, b: Float32Array): number {
	return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

/** Returns whether a model tells what belongs together in a case that any trained model gets right. */
async function tellsApart(engine: Pick<Engine, 'embed' | 'rank'>, kind: 'embedding' | 'reranker'): Promise<boolean> {
	if (kind === 'reranker') {
		const [right = Number.NaN, wrong = Number.NaN] = (await engine.rank(question)).scores;
		return right > wrong;
	}
	const [one, close, far] = (await engine.embed({ inputs: sentences })).vectors.map(vectorOf);
	return one !== undefined && close !== undefined && far !== undefined && cosine(one, close) > cosine(one, far);
}

/**
 * Logs a warning if the vectors or ratings of a loaded model mean nothing: a file made with the wrong pooling, tokenizer
 * or head loads like any other, and gives numbers of the right shape.
 */
export async function warnIfMeaningless(
	engine: Pick<Engine, 'embed' | 'rank'>,
	kind: 'embedding' | 'reranker',
	path: string,
	log: EngineHooks['log'],
): Promise<void> {
	try {
		if (await tellsApart(engine, kind)) return;
		const what =
			kind === 'embedding'
				? 'finds two alike sentences no closer than two unlike ones'
				: 'rates a wrong answer above the right one';
		log(
			'warn',
			`${path} ${what}: it was probably converted wrongly, or its pooling is not the one it was trained with`,
		);
	} catch (error) {
		log('warn', `${path} could not be tried: ${error instanceof Error ? error.message : String(error)}`);
	}
}
