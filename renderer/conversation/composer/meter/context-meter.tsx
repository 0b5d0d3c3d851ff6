import { useStore } from 'zustand';
import type { PromptTokens } from '../../../../electron/contract/conversation/measure.ts';
import { formatCount } from '../../../design/format.ts';
import { Popover } from '../../../design/popover.tsx';
import { useServices } from '../../../services.ts';
import { shownMessages } from '../../thread-state.ts';
import { ContextDetails } from './context-details.tsx';
import { computeContextShare, formatTokens } from './context-words.ts';

/** How many tokens the message has and how much of the context it would fill; a click says by what. */
export function ContextMeter() {
	const { tokenCount, thread } = useServices();
	const known = useStore(tokenCount.state, (state) => state.known);
	const messages = useStore(thread.state, shownMessages);
	if (known === null) return null;
	const { exact, contextSize, sent, draft, attachments } = known;
	const own = draft + attachments;
	const figures = `${formatTokens(sent, exact)} / ${formatCount(contextSize)}`;
	return (
		<Popover
			side="top"
			align="end"
			label="Context of the next answer"
			trigger={
				<button
					type="button"
					className="mr-1 inline-flex h-7 items-center gap-2 rounded-[8px] px-2 text-xs whitespace-nowrap text-ink-2 tabular-nums hover:bg-hover data-popup-open:bg-hover"
				>
					<span className="sr-only">Context: </span>
					{own > 0 ? (
						<span className="@max-lg:sr-only">
							{exact ? '' : '≈ '}
							<b className="font-medium text-ink">{formatCount(own)}</b> {own === 1 ? 'token' : 'tokens'}
							<span className="sr-only"> in this message, </span>
						</span>
					) : null}
					<Bar measure={known} />
					<span className={known.excess > 0 ? 'font-medium text-bad' : known.dropped.length > 0 ? 'text-warn' : ''}>
						{figures}
					</span>
				</button>
			}
		>
			<ContextDetails measure={known} messages={messages} />
		</Popover>
	);
}

function Bar({ measure }: { measure: PromptTokens }) {
	const { sent, draft, attachments, excess, dropped } = measure;
	const own = Math.min(sent, draft + attachments);
	const full = excess > 0 ? 'bg-bad' : dropped.length > 0 ? 'bg-warn' : 'bg-accent';
	return (
		<span aria-hidden className="hidden h-1.5 w-16 overflow-hidden rounded-xs bg-line-strong @md:flex">
			<i
				className="block h-full bg-[color-mix(in_oklab,var(--accent)_55%,var(--raised))]"
				style={{ width: `${computeContextShare(sent - own, measure) * 100}%` }}
			/>
			{own > 0 ? (
				<i
					className={`block h-full min-w-[3px] ${full}`}
					style={{ width: `${computeContextShare(own, measure) * 100}%` }}
				/>
			) : null}
		</span>
	);
}
