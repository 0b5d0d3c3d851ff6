import { createHash } from 'node:crypto';
import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { PromptSample } from '../contract/prompt/schema.ts';
import { questionKey } from './same-question.ts';

export interface ExampleChoice {
	readonly shots: number;
	readonly split: string;
	readonly seed: number;
	readonly pick: 'random' | 'first';
}

interface Candidate<Sample> {
	readonly sample: Sample;
	readonly key: string;
	/** The smallest is drawn first. */
	readonly rank: string;
}

/** Number of extra candidates kept at first: those that turn out to be tested are skipped. */
const spare = 64;

/**
 * Draws few-shot examples from `pool`, the rows of the split: the same for the same content and seed, whatever the
 * order of the rows ('first': the first of the split). Leaves out rows without a target, rows that ask the same as one
 * drawn already, and rows that ask the same as a tested row, by content. Both functions may be called more than once;
 * memory holds only the candidates and one row. Throws Failure `too-few-examples`.
 */
export function drawExamples<Sample extends PromptSample>(
	pool: () => Iterable<Sample>,
	tested: () => Iterable<PromptSample>,
	choice: ExampleChoice,
): readonly Sample[] {
	const { shots, split, seed, pick } = choice;
	if (shots === 0) return [];
	for (let room = shots + spare; ; room *= 8) {
		const candidates = smallest(pool(), room, pick, seed);
		const free = new Map(candidates.map((candidate) => [candidate.key, candidate]));
		for (const sample of tested()) {
			if (free.size === 0) break;
			free.delete(questionKey(sample));
		}
		if (free.size >= shots) return [...free.values()].slice(0, shots).map(({ sample }) => sample);
		if (candidates.length < room) throw tooFew(shots, split, candidates.length, free.size);
	}
}

/** The first `room` candidates by rank, in order, each question once. */
function smallest<Sample extends PromptSample>(
	pool: Iterable<Sample>,
	room: number,
	pick: ExampleChoice['pick'],
	seed: number,
): readonly Candidate<Sample>[] {
	let kept = new Map<string, Candidate<Sample>>();
	let position = 0;
	const cut = (most: number): void => {
		const sorted = [...kept.values()].sort((a, b) => (a.rank < b.rank ? -1 : 1)).slice(0, most);
		kept = new Map(sorted.map((candidate) => [candidate.key, candidate]));
	};
	for (const sample of pool) {
		if (sample.target === null) continue;
		const key = questionKey(sample);
		const rank =
			pick === 'first'
				? String(position).padStart(16, '0')
				: createHash('sha256').update(`${seed}:${key}`).digest('hex');
		position += 1;
		if (kept.has(key)) continue;
		kept.set(key, { sample, key, rank });
		if (kept.size >= 2 * room) {
			cut(room);
			if (pick === 'first') break;
		}
	}
	cut(room);
	return [...kept.values()];
}

function tooFew(shots: number, split: string, there: number, free: number): Failure {
	const why =
		there === 0
			? said`The split “${split}” has no samples with a target; ${shots} examples are needed.`
			: free < there
				? there - free === 1
					? said`Of the ${there} different questions in “${split}” that have a target, ${there - free} is tested itself; ${shots} examples are needed.`
					: said`Of the ${there} different questions in “${split}” that have a target, ${there - free} are tested themselves; ${shots} examples are needed.`
				: said`The split “${split}” has ${there} different questions with a target; ${shots} examples are needed.`;
	return new Failure({
		code: 'too-few-examples',
		message: why,
		next: [said`Move more samples into that split`, said`Draw from another split`, said`Use fewer examples`],
	});
}
