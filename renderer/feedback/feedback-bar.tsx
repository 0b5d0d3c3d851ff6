import { ChevronDown, Pencil, ThumbsDown, ThumbsUp } from 'lucide-react';
import { useStore } from 'zustand';
import type { Message } from '../../electron/contract/conversation.ts';
import type { MessageFeedback } from '../../electron/contract/feedback.ts';
import { IconButton } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem } from '../design/menu.tsx';
import { useServices } from '../services.ts';
import { NoticedMenu } from './noticed-menu.tsx';
import { reasons, reasonWords } from './words.ts';

/** Thumbs with the reason beside them, correct, and what was noticed. */
export function FeedbackBar({ message, onCorrect }: { message: Message; onCorrect: () => void }) {
	const { feedback } = useServices();
	const said = useStore(feedback.state, (all) => all.get(message.id));
	const rating = said?.rating ?? null;
	return (
		<>
			<IconButton
				icon={Pencil}
				label={said?.correction == null ? 'Correct answer' : 'Change the correction'}
				size="sm"
				aria-pressed={said?.correction != null}
				onClick={onCorrect}
			/>
			<span className="mx-1.5 h-3.5 w-px bg-line-strong" />
			<IconButton
				icon={ThumbsUp}
				label="Good answer"
				size="sm"
				aria-pressed={rating === 'up'}
				className={rating === 'up' ? 'bg-good-soft! text-good!' : ''}
				onClick={() => void feedback.rate(message.id, rating === 'up' ? null : 'up')}
			/>
			<IconButton
				icon={ThumbsDown}
				label="Bad answer"
				size="sm"
				aria-pressed={rating === 'down'}
				className={rating === 'down' ? 'bg-bad-soft! text-bad!' : ''}
				onClick={() => void feedback.rate(message.id, rating === 'down' ? null : 'down')}
			/>
			{rating === 'down' && said !== undefined ? <Reason said={said} /> : null}
			{said !== undefined && said.signals.length > 0 ? <NoticedMenu signals={said.signals} /> : null}
		</>
	);
}

/** Asked once, in place, after a thumb down. */
function Reason({ said }: { said: MessageFeedback }) {
	const { feedback } = useServices();
	const words = said.tags.length === 0 ? 'Why?' : said.tags.map(reasonWords).join(', ');
	return (
		<Menu
			align="start"
			trigger={
				<button
					type="button"
					className="ml-1 inline-flex h-5.5 max-w-60 items-center gap-1 rounded-sm bg-bad-soft px-2 text-xs font-medium text-bad"
				>
					<span className="truncate">{words}</span>
					<Icon of={ChevronDown} size={12} />
				</button>
			}
		>
			{reasons.map(({ tag, words: reason }) => (
				<MenuItem key={tag} onSelect={() => void feedback.rate(said.messageId, 'down', [tag])}>
					{reason}
				</MenuItem>
			))}
		</Menu>
	);
}
