import type { FeedbackSummary } from '../../../electron/contract/feedback.ts';
import { count } from '../../design/format.ts';

type Comparison = NonNullable<FeedbackSummary['comparison']>;

export function modelWords({ modelName }: { readonly modelName: string }): string {
	return modelName === '' ? 'Not known' : modelName;
}

/** What the two most rated models' thumbs say of them, and what they don't: people rate what they happened to ask. */
export function comparisonWords({ first, second, difference, low, high }: Comparison): string {
	const one = `${modelWords(first)} ${first.quantization}`.trim();
	const other = `${modelWords(second)} ${second.quantization}`.trim();
	const interval = `95 % interval ${points(low)} to ${points(high)}`;
	if (low > 0) {
		return `${one} is rated good more often than ${other}, by ${points(difference)} points (${interval}). The prompts were not the same, so part of that may be the prompts.`;
	}
	return `Between ${one} and ${other}, ${points(difference)} points could still be chance (${interval}).`;
}

/** A difference of shares in points, with a real minus: −0.041 → "−4". */
function points(difference: number): string {
	const value = Math.round(difference * 100);
	return count(value === 0 ? 0 : value);
}
