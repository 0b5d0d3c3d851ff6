import { ChevronDown } from 'lucide-react';
import { useStore } from 'zustand';
import { buttonClass } from '../../design/button.tsx';
import { formatQuantity } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Menu, MenuItem } from '../../design/menu.tsx';
import { useServices } from '../../services.ts';

const choices = [7, 30, 90, 365, null] as const;

function nameOf(days: number | null): string {
	return days === null ? 'Only by hand' : `After ${formatQuantity(days, 'day')}`;
}

/** After how long the trash empties itself. */
export function TrashRetention() {
	const { settings, trash } = useServices();
	const days = useStore(settings.state, (state) => state.trashDays);
	const offered = choices.some((choice) => choice === days) ? choices : [days, ...choices];
	return (
		<div className="flex items-center gap-2">
			<span className="text-ink-2 max-md:hidden">Deleted for good</span>
			<Menu
				trigger={
					<button type="button" aria-label={`Deleted for good: ${nameOf(days)}`} className={buttonClass('secondary')}>
						{nameOf(days)}
						<Icon of={ChevronDown} size={14} className="text-ink-3" />
					</button>
				}
			>
				{offered.map((choice) => (
					<MenuItem
						key={choice ?? 'never'}
						selected={choice === days}
						onSelect={() => {
							settings.change({ trashDays: choice });
							// The times in the list follow once it is stored.
							setTimeout(() => void trash.refresh(), 400);
						}}
					>
						{nameOf(choice)}
					</MenuItem>
				))}
			</Menu>
		</div>
	);
}
