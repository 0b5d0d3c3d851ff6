import {
	amount,
	figure,
	list,
	type Said,
	type SayableValue,
	said,
	sentences,
	type Words,
} from '../../models/contract/said.ts';
import type { Pair } from '../contract/evaluation/schema.ts';

/** How scores are worded: shares in percent and their differences in points, other scores as they are. */
export interface Scale {
	readonly share: boolean;
	/** The same outputs scored twice: no answer is better, only the score is higher. */
	readonly sameOutputs?: boolean;
}

/** A score or a difference of scores, without its unit. */
function points(value: number, { share }: Scale): SayableValue {
	const digits = share ? 1 : 3;
	const shown = Number((share ? 100 * value : value).toFixed(digits));
	return figure(shown === 0 ? 0 : shown, digits);
}

/** A score with its unit. */
function withUnit(value: number, scale: Scale): SayableValue {
	return scale.share ? said`${points(value, scale)} points` : points(value, scale);
}

type Found = Omit<Pair, 'words'>;

/** Describes one pair in a sentence: the result, its certainty, and what would settle it. */
export function pairWords(label: Words, first: Words, pair: Found, scale: Scale): Said {
	const { difference, low, high, n, verdict, fewest } = pair;
	if (n === 0) return said`${label} and ${first} have no scored sample in common.`;
	const samples = said`${amount(n, 'sample')}`;
	const size = withUnit(Math.abs(difference), scale);
	if (verdict === 'better' || verdict === 'worse') {
		const [a, b] = (difference > 0 ? [low, high] : [-high, -low]).map((value) => points(value, scale)) as [
			SayableValue,
			SayableValue,
		];
		if (scale.sameOutputs) {
			return verdict === 'better'
				? said`${label} scores ${size} higher than ${first}, 95 % interval ${a} to ${b}; ${samples}.`
				: said`${label} scores ${size} lower than ${first}, 95 % interval ${a} to ${b}; ${samples}.`;
		}
		return verdict === 'better'
			? said`${label} is better than ${first} by ${size}, 95 % interval ${a} to ${b}; ${samples}.`
			: said`${label} is worse than ${first} by ${size}, 95 % interval ${a} to ${b}; ${samples}.`;
	}
	const seen =
		difference === 0
			? said`${label} and ${first} score the same on average`
			: difference > 0
				? said`${label} scores ${size} higher than ${first}`
				: said`${label} scores ${size} lower than ${first}`;
	if (fewest !== null) return said`Too few samples to tell: ${seen} on ${samples}. It takes at least ${fewest}.`;
	if (verdict === 'same') {
		return said`${label} and ${first} score the same on each of ${samples}; a true difference of up to ${withUnit(Math.min(1, 3 / n), scale)} is still possible.`;
	}
	return sentences(
		said`Can’t tell yet: ${seen}, 95 % interval ${points(low, scale)} to ${points(high, scale)}; ${samples}.`,
		whatWouldTell(pair, scale),
	);
}

function whatWouldTell({ samplesNeeded, n, detectable }: Found, scale: Scale): Said | null {
	if (samplesNeeded !== null && samplesNeeded > n && samplesNeeded <= 1_000_000) {
		return said`About ${figure(rounded(samplesNeeded - n))} more samples would tell.`;
	}
	return detectable === null
		? null
		: said`With this many samples, a true difference below ${withUnit(detectable, scale)} is rarely found.`;
}

/** Rounds to two digits: more would overstate the precision of an estimate. */
function rounded(value: number): number {
	return Number(Math.max(1, value).toPrecision(2));
}

interface Side {
	readonly label: Words;
}

/** Describes all pairs in a sentence or two. `ofPairs`: the words of each pair. */
export function comparisonWords(
	pairs: readonly Pair[],
	ofPairs: readonly Said[],
	sides: readonly Side[],
	serious: boolean,
): Said {
	const caution = serious ? said`Read the warning first: the sides were measured differently.` : null;
	const [only] = ofPairs;
	if (only === undefined) return said`There is nothing to compare.`;
	if (pairs.length === 1) return sentences(only, caution);
	const first = sides[0]?.label ?? '';
	const names = (verdict: Pair['verdict']): Words[] =>
		pairs.flatMap((pair, index) => (pair.verdict === verdict ? [sides[index + 1]?.label ?? ''] : []));
	const [better, worse] = [names('better'), names('worse')];
	const found = foundWords(better, worse, first);
	const open = pairs.length - better.length - worse.length;
	if (found === null) return sentences(said`Can’t tell any of the ${pairs.length} apart from ${first} yet.`, caution);
	const tested =
		open === 0
			? said`${found} (tested together at 5 %, Holm).`
			: open === 1
				? said`${found}; can’t tell yet for one (tested together at 5 %, Holm).`
				: said`${found}; can’t tell yet for ${open} (tested together at 5 %, Holm).`;
	return sentences(tested, caution);
}

function foundWords(better: readonly Words[], worse: readonly Words[], first: Words): Said | null {
	const above =
		better.length === 0
			? null
			: better.length === 1
				? said`${list(better)} is better than ${first}`
				: said`${list(better, 'each')} are better than ${first}`;
	const below =
		worse.length === 0
			? null
			: worse.length === 1
				? said`${list(worse)} is worse than ${first}`
				: said`${list(worse, 'each')} are worse than ${first}`;
	return above !== null && below !== null ? said`${above}; ${below}` : (above ?? below);
}
