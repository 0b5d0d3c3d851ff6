import { Check, type LucideIcon, TriangleAlert, Unplug } from 'lucide-react';
import type { ServerRequest } from '../../electron/contract/server/request-log.ts';
import { Dot } from '../design/badge.tsx';
import { Icon } from '../design/icon.tsx';
import { describeOutcome, describeState, outcomeOf, type RequestOutcome } from './server-wording.ts';

const marks: Record<RequestOutcome, { icon: LucideIcon; tone: string }> = {
	fine: { icon: Check, tone: 'text-ink-3' },
	left: { icon: Unplug, tone: 'text-ink-3' },
	failed: { icon: TriangleAlert, tone: 'text-bad' },
};

/** How an ended request went, as a word and a symbol. */
export function RequestOutcomeMark({ request }: { request: ServerRequest }) {
	const outcome = outcomeOf(request);
	const { icon, tone } = marks[outcome];
	return (
		<span className="flex min-w-0 items-center gap-1.5 tabular-nums">
			<Icon of={icon} size={12} className={`flex-none ${tone}`} />
			<span className={`truncate ${outcome === 'failed' ? 'text-bad' : ''}`}>{describeOutcome(request)}</span>
		</span>
	);
}

/** What a live request is doing. */
export function RequestStateMark({ request }: { request: ServerRequest }) {
	const isWorking = request.place === null && (request.state === 'answering' || request.state === 'prompt');
	return (
		<span className="flex min-w-0 items-center gap-1.5 tabular-nums">
			<Dot tone={isWorking ? 'accent' : 'idle'} />
			<span className="truncate">{describeState(request)}</span>
		</span>
	);
}
