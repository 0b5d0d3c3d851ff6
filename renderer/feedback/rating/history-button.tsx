import { History as Clock } from 'lucide-react';
import { useState } from 'react';
import type { MessageFeedback } from '../../../electron/contract/feedback.ts';
import { iconButtonClass } from '../../design/button.tsx';
import { formatQuantity } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Popover } from '../../design/popover.tsx';
import { FeedbackHistory } from '../history.tsx';

/** Under an answer of which something else was said before: opens what that was. */
export function HistoryButton({ said }: { said: MessageFeedback }) {
	const [open, setOpen] = useState(false);
	const label = `Changed ${formatQuantity(said.earlier, 'time')}: show what was said before`;
	return (
		<Popover
			align="start"
			width={300}
			label="What was said before"
			open={open}
			onOpenChange={setOpen}
			trigger={
				<button type="button" aria-label={label} title={label} className={`${iconButtonClass('sm')} text-ink-3`}>
					<Icon of={Clock} size={14} />
				</button>
			}
		>
			<FeedbackHistory messageId={said.messageId} said={said} />
		</Popover>
	);
}
