import { Eye, X } from 'lucide-react';
import type { NoticedSignal } from '../../electron/contract/feedback.ts';
import { iconButtonClass } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem } from '../design/menu.tsx';
import { useServices } from '../services.ts';
import { describeSignal } from './words.ts';

/** What was noticed about an answer: each can be taken back. */
export function NoticedMenu({ signals }: { signals: readonly NoticedSignal[] }) {
	const { feedback } = useServices();
	const label = `${signals.length} noticed`;
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
					Forget: {describeSignal(noticed)}
				</MenuItem>
			))}
		</Menu>
	);
}
