import { Ban, Check, type LucideIcon } from 'lucide-react';
import type { ComparisonOutcome, ComparisonRow } from '../../../../electron/contract/comparison/comparison.ts';
import { Icon } from '../../../design/icon.tsx';

const marks: Partial<Record<ComparisonOutcome, { icon: LucideIcon; className: string }>> = {
	recommended: { icon: Check, className: 'rounded-sm bg-accent px-1.5 py-0.5 font-medium text-on-accent' },
	'ruled-out': { icon: Ban, className: 'text-bad' },
	worse: { icon: Ban, className: 'text-bad' },
};

/** What the rules made of a file, in a few words. */
export function Outcome({ row }: { row: ComparisonRow }) {
	if (row.reference && row.outcome !== 'recommended') {
		return <span className="rounded-sm border border-line-strong px-1.5 py-0.5">Reference</span>;
	}
	if (row.outcome === null) return <span className="text-ink-3">Not measured yet</span>;
	const mark = marks[row.outcome];
	return (
		<span className={`inline-flex items-center gap-1 ${mark?.className ?? 'text-ink-2'}`}>
			{mark === undefined ? null : <Icon of={mark.icon} size={12} />}
			{row.reason}
		</span>
	);
}
