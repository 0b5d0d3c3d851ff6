import { Check, Lock, type LucideIcon, Square, TriangleAlert } from 'lucide-react';
import type { ActivityEntry, ActivityResult } from '../../electron/contract/activity/schema.ts';
import { Icon } from '../design/icon.tsx';
import { describeOutcome } from './log-wording.ts';

const marks: Record<ActivityResult, { icon: LucideIcon; tone: string }> = {
	fine: { icon: Check, tone: 'text-ink-3' },
	stopped: { icon: Square, tone: 'text-ink-3' },
	failed: { icon: TriangleAlert, tone: 'text-bad' },
	blocked: { icon: Lock, tone: 'text-warn' },
};

/** The outcome of an entry as a word and a symbol. */
export function OutcomeBadge({ entry }: { entry: ActivityEntry }) {
	const { icon, tone } = marks[entry.result];
	return (
		<span className="flex min-w-0 items-center gap-1.5">
			<Icon of={icon} size={12} className={`flex-none ${tone}`} />
			<span className={`truncate ${entry.result === 'failed' ? 'text-bad' : ''}`}>{describeOutcome(entry)}</span>
		</span>
	);
}
