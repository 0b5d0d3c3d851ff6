import type { FeedbackSummary } from '../../../electron/contract/feedback.ts';
import { formatCount } from '../../design/format.ts';

type Comparison = NonNullable<FeedbackSummary['comparison']>;

export function describeModel({ modelName }: { readonly modelName: string }): string {
	return modelName === '' ? 'Not known' : modelName;
}

/** What the two most rated models' thumbs say of them, and what they don't: people rate what they happened to ask. */
export function describeComparison({ first, second, difference, low, high }: Comparison): string {
	const one = `${describeModel(first)} ${first.quantization}`.trim();
	const other = `${describeModel(second)} ${second.quantization}`.trim();
	const interval = `95 % interval ${formatPoints(low)} to ${formatPoints(high)}`;
	if (low > 0) {
		return `${one} is rated good more often than ${other}, by ${formatPoints(difference)} points (${interval}). The prompts were not the same, so part of that may be the prompts.`;
	}
	return `Between ${one} and ${other}, ${formatPoints(difference)} points could still be chance (${interval}).`;
}

/** A difference of shares in points, with a real minus: −0.041 → "−4". */
function formatPoints(difference: number): string {
	const value = Math.round(difference * 100);
	return formatCount(value === 0 ? 0 : value);
}
