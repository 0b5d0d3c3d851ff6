import { Eye, Pencil, X } from 'lucide-react';
import { useStore } from 'zustand';
import type { NoticedSignal } from '../../electron/contract/feedback/schema.ts';
import { IconButton, iconButtonClass } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem } from '../design/menu.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { describeSignal } from './feedback-wording.ts';
import { RatingButton } from './rating-button.tsx';
import { WhyPopover } from './why-popover.tsx';

/** Thumbs with their reasons, the correction and signals. `blocked`: the reason why it can't be corrected here. */
export function FeedbackBar({ messageId, blocked }: { messageId: number; blocked?: string | undefined }) {
	const { feedback } = useServices();
	const messageFeedback = useStore(feedback.state, (all) => all.get(messageId));
	const rating = messageFeedback?.rating ?? null;
	// A suggestion has its own place while it can be confirmed.
	const noticed = messageFeedback?.signals.filter(({ source }) => rating !== null || source !== 'suggested') ?? [];
	return (
		<>
			<IconButton
				icon={Pencil}
				label={messageFeedback?.correction == null ? t('Correct answer') : t('Edit correction')}
				size="sm"
				keys="E"
				blocked={blocked}
				aria-pressed={messageFeedback?.correction != null}
				onClick={() => feedback.asked.setState({ messageId, about: 'correction' }, true)}
			/>
			<span className="mx-1.5 h-3.5 w-px bg-line-strong" />
			<RatingButton messageId={messageId} rating="up" />
			<RatingButton messageId={messageId} rating="down" />
			{rating !== null && messageFeedback !== undefined ? <WhyPopover messageFeedback={messageFeedback} /> : null}
			{noticed.length > 0 ? <NoticedMenu signals={noticed} /> : null}
		</>
	);
}

/** Signals recorded about an answer, each of which can be removed. */
function NoticedMenu({ signals }: { signals: readonly NoticedSignal[] }) {
	const { feedback } = useServices();
	const label = t('{count} recorded', { count: signals.length });
	return (
		<Menu
			align="start"
			trigger={
				<button type="button" className={`${iconButtonClass('sm')} w-auto! gap-1 px-1.5 text-xs text-ink-3`}>
					<Icon of={Eye} size={14} />
					{label}
				</button>
			}
		>
			{signals.map((noticed) => (
				<MenuItem key={noticed.id} icon={X} onSelect={() => void feedback.removeSignal(noticed.id)}>
					{t('Remove the record “{signal}”', { signal: describeSignal(noticed) })}
				</MenuItem>
			))}
		</Menu>
	);
}
