import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Failure } from '../../models/contract/failure.ts';
import { amount, list, said } from '../../models/contract/said.ts';
import type { Sample } from '../contract/dataset/schema.ts';
import type { Technique } from '../contract/evaluation/technique.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { hasOtherSplit } from '../dataset/read-version.ts';
import { lastUserText } from '../prompt/compile-prompt.ts';
import { sampleHash } from './manifest-hash.ts';
import type { NewRunSample } from './store/samples.ts';

/** More samples need a limit: a run's data about each would not fit in memory together. */
const mostSamples = 200_000;
/** Characters of input and target that lists keep. */
const excerpt = 300;
/** Samples read before yielding to other work. */
const samplesAtOnce = 200;

export interface SampleChoice {
	/** Only this split; null: all except those that examples come from. */
	readonly split: string | null;
	readonly exampleSplits: ReadonlySet<string>;
	/** Only samples that have all of these. */
	readonly tags: readonly string[];
	readonly limit: number | null;
	readonly seed: number;
}

/**
 * Splits that examples come from: they are tested only if requested by name. “examples” is kept apart even if no
 * technique shows an example, so that the same samples are tested with and without them.
 */
export function exampleSplitsOf(
	database: ReadableDatabase,
	versionId: number,
	techniques: readonly Technique[],
): ReadonlySet<string> {
	const kept = hasOtherSplit(database, versionId, 'examples') ? ['examples'] : [];
	const shown = techniques.flatMap((technique) =>
		'shots' in technique && technique.shots > 0 ? [technique.split] : [],
	);
	return new Set([...kept, ...shown]);
}

export function isTested(
	{ split, tags }: Pick<Sample, 'split' | 'tags'>,
	choice: Omit<SampleChoice, 'limit' | 'seed'>,
): boolean {
	if (!choice.tags.every((tag) => tags.includes(tag))) return false;
	return choice.split === null ? !choice.exampleSplits.has(split) : split === choice.split;
}

function cut(text: string): string {
	const line = text
		.slice(0, excerpt * 2)
		.replace(/\s+/g, ' ')
		.trim();
	return line.length > excerpt ? `${line.slice(0, excerpt)}…` : line;
}

function kept(sample: Sample): NewRunSample {
	return {
		sampleId: sample.id,
		key: sample.key,
		sha256: sampleHash(sample),
		tags: sample.tags,
		cluster: sample.cluster,
		// Of a conversation, the question that is answered.
		input: cut(lastUserText(sample)),
		target: sample.target === null ? null : cut(sample.target),
	};
}

/** The rank of a sample depends on no other sample, so a dataset that grows keeps its selection. */
function rankOf(seed: number, key: string): string {
	return createHash('sha256')
		.update(JSON.stringify(['sample', seed, key]))
		.digest('hex');
}

/**
 * Selects the samples of a run, in dataset order; with a limit, those that rank first by the seed. Throws Failure
 * `run-empty`, `run-too-large`, and the signal's reason.
 */
export async function chooseSamples(
	samples: Iterable<Sample>,
	choice: SampleChoice,
	signal?: AbortSignal,
): Promise<readonly NewRunSample[]> {
	const { limit, seed } = choice;
	let taken: { rank: string; order: number; sample: NewRunSample }[] = [];
	const shrink = (): void => {
		if (limit === null || taken.length <= limit) return;
		taken = taken.toSorted((a, b) => (a.rank < b.rank ? -1 : 1)).slice(0, limit);
	};
	let order = 0;
	const apart: string[] = [];
	for (const sample of samples) {
		order += 1;
		if (order % samplesAtOnce === 0) {
			signal?.throwIfAborted();
			await nextTurn();
		}
		if (!isTested(sample, choice)) {
			if (choice.exampleSplits.has(sample.split)) apart.push(sample.split);
			continue;
		}
		taken.push({ rank: limit === null ? '' : rankOf(seed, sample.key), order, sample: kept(sample) });
		if (limit !== null && taken.length >= 2 * limit + samplesAtOnce) shrink();
		if (limit === null && taken.length > mostSamples) throw tooLarge();
	}
	shrink();
	if (taken.length === 0) throw empty(choice, apart);
	if (taken.length > mostSamples) throw tooLarge();
	return taken.toSorted((a, b) => a.order - b.order).map(({ sample }) => sample);
}

/** `apart`: the split of each sample that is reserved for examples. */
function empty({ split, tags }: SampleChoice, apart: readonly string[]): Failure {
	if (tags.length > 0) {
		const names = list(
			tags.map((tag) => `“${tag}”`),
			'each',
		);
		return new Failure({
			code: 'run-empty',
			message:
				split === null
					? said`The dataset has no samples to test that are tagged ${names}.`
					: said`The dataset has no samples in the split “${split}” that are tagged ${names}.`,
			next: [said`Choose other tags`, said`Choose fewer tags: a sample needs all of them`],
		});
	}
	if (split === null && apart.length > 0) {
		const names = [...new Set(apart)].map((name) => `“${name}”`).join(', ');
		return new Failure({
			code: 'run-empty',
			message: said`All ${amount(apart.length, 'sample')} are in ${names}, where the examples come from: no sample is left to test.`,
			next: [
				said`Move some samples to another split`,
				said`Draw the examples from another split`,
				said`Leave out the examples`,
			],
		});
	}
	return new Failure({
		code: 'run-empty',
		message:
			split === null
				? said`The dataset has no samples to test.`
				: said`The dataset has no samples in the split “${split}”.`,
		next: [said`Add samples`, said`Choose another split`],
	});
}

function tooLarge(): Failure {
	return new Failure({
		code: 'run-too-large',
		message: said`A run takes at most ${amount(mostSamples, 'sample')}.`,
		next: [said`Limit the number of samples: a few thousand show differences of a few points`],
	});
}
