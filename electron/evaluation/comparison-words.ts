import type { Pair } from '../contract/evaluation/schema.ts';

/** How scores are worded: shares in percent and their differences in points, other scores as they are. */
export interface Scale {
	readonly share: boolean;
	/** The same outputs scored twice: no answer is better, only the score is higher. */
	readonly sameOutputs?: boolean;
}

function signed(value: number, digits: number): string {
	const text = Math.abs(value).toFixed(digits);
	return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

function points(value: number, { share }: Scale): string {
	return share ? signed(100 * value, 1) : signed(value, 3);
}

function samples(n: number): string {
	return `${n.toLocaleString('en')} ${n === 1 ? 'sample' : 'samples'}`;
}

type Found = Omit<Pair, 'words'>;

/** Describes one pair in a sentence: the result, its certainty, and what would settle it. */
export function pairWords(label: string, first: string, pair: Found, scale: Scale): string {
	const { difference, low, high, n, verdict, fewest } = pair;
	const unit = scale.share ? ' points' : '';
	if (n === 0) return `${label} and ${first} have no scored sample in common.`;
	if (verdict === 'better' || verdict === 'worse') {
		const [a, b] = difference > 0 ? [low, high] : [-high, -low];
		const size = `${points(Math.abs(difference), scale)}${unit}`;
		const sentence = scale.sameOutputs
			? `${label} scores ${size} ${verdict === 'better' ? 'higher' : 'lower'} than ${first}`
			: `${label} is ${verdict} than ${first} by ${size}`;
		return `${sentence}, 95 % interval ${points(a, scale)} to ${points(b, scale)}; ${samples(n)}.`;
	}
	const seen =
		difference === 0
			? `${label} and ${first} score the same on average`
			: `${label} scores ${points(Math.abs(difference), scale)}${unit} ${difference > 0 ? 'higher' : 'lower'} than ${first}`;
	if (fewest !== null) return `Too few samples to tell: ${seen} on ${samples(n)}. It takes at least ${fewest}.`;
	if (verdict === 'same') {
		return `${label} and ${first} score the same on each of ${samples(n)}; a true difference of up to ${points(Math.min(1, 3 / n), scale)}${unit} is still possible.`;
	}
	return `Can't tell yet: ${seen}, 95 % interval ${points(low, scale)} to ${points(high, scale)}; ${samples(n)}.${whatWouldTell(pair, unit, scale)}`;
}

function whatWouldTell({ samplesNeeded, n, detectable }: Found, unit: string, scale: Scale): string {
	if (samplesNeeded !== null && samplesNeeded > n && samplesNeeded <= 1_000_000) {
		return ` About ${rounded(samplesNeeded - n)} more samples would tell.`;
	}
	return detectable === null
		? ''
		: ` With this many samples, a true difference below ${points(detectable, scale)}${unit} is rarely found.`;
}

/** Rounds to two digits: more would overstate the precision of an estimate. */
function rounded(value: number): string {
	return Number(Math.max(1, value).toPrecision(2)).toLocaleString('en');
}

/** Describes all pairs in a sentence or two. */
export function comparisonWords(pairs: readonly Pair[], sides: readonly { label: string }[], serious: boolean): string {
	const caution = serious ? ' Read the warning first: the sides were measured differently.' : '';
	const [only] = pairs;
	if (only === undefined) return 'There is nothing to compare.';
	if (pairs.length === 1) return `${only.words}${caution}`;
	const first = sides[0]?.label ?? '';
	const names = (verdict: Pair['verdict']): string[] =>
		pairs.flatMap((pair, index) => (pair.verdict === verdict ? [sides[index + 1]?.label ?? ''] : []));
	const parts = [...listed(names('better'), `better than ${first}`), ...listed(names('worse'), `worse than ${first}`)];
	const open = pairs.length - names('better').length - names('worse').length;
	if (parts.length === 0) return `Can't tell any of the ${pairs.length} apart from ${first} yet.${caution}`;
	const rest = open === 0 ? '' : `; can't tell yet for ${open === 1 ? 'one' : open}`;
	return `${parts.join('; ')}${rest} (tested together at 5 %, Holm).${caution}`;
}

function listed(names: readonly string[], what: string): string[] {
	if (names.length === 0) return [];
	return [`${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} ${what}`];
}
