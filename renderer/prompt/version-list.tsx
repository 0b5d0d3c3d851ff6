import { ChevronsUpDown } from 'lucide-react';
import { useStore } from 'zustand';
import { PaneBlock } from '../app/pane-block.tsx';
import { Badge } from '../design/badge.tsx';
import { formatDate, phraseSeparator } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem } from '../design/menu.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';

/** All versions, newest first; an earlier one opens side by side with the newest, showing the differences. */
export function VersionList() {
	const { prompts } = useServices();
	const versions = useStore(prompts.state, (state) => state.versions);
	const compared = useStore(prompts.state, (state) => state.compared);
	const [newest] = versions;
	if (newest === undefined || newest.template === '') return null;
	const shown = compared?.fromId ?? newest.id;
	return (
		<PaneBlock label={t('Versions')}>
			<ul className="-mx-2 flex flex-col">
				{versions.map(({ id, number, note, createdAt }) => (
					<li key={id}>
						<button
							type="button"
							aria-current={id === shown ? 'true' : undefined}
							onClick={() => prompts.compare(id === newest.id ? null : { fromId: id, toId: newest.id })}
							className="flex w-full items-start gap-2 rounded-[6px] px-2 py-1.5 text-left hover:bg-hover aria-[current]:bg-selected"
						>
							<span className="min-w-0 flex-1">
								<span className="block font-medium">v{number}</span>
								<span className="block text-xs [overflow-wrap:anywhere] text-ink-2">
									{[note, formatDate(createdAt)].filter((part) => part !== '').join(phraseSeparator('comma'))}
								</span>
							</span>
							{id === newest.id ? <Badge tone="line">{t('Newest')}</Badge> : null}
						</button>
					</li>
				))}
			</ul>
		</PaneBlock>
	);
}

/** Shows the edited version and lets the user compare it with others; shown while the pane with the list is closed. */
export function PromptVersionMenu() {
	const { prompts } = useServices();
	const versions = useStore(prompts.state, (state) => state.versions);
	const compared = useStore(prompts.state, (state) => state.compared);
	const [newest] = versions;
	if (newest === undefined || newest.template === '') return null;
	return (
		<Menu
			align="start"
			width={260}
			trigger={
				<button
					type="button"
					aria-label={t('v{number}: compare with another version', { number: newest.number })}
					className="inline-flex h-7 flex-none items-center gap-1 rounded-md px-1.5 text-xs text-ink-2 hover:bg-hover data-popup-open:bg-hover"
				>
					v{newest.number}
					<Icon of={ChevronsUpDown} size={12} className="text-ink-3" />
				</button>
			}
		>
			{versions.map(({ id, number, note, createdAt }) => (
				<MenuItem
					key={id}
					selected={id === (compared?.fromId ?? newest.id)}
					onSelect={() => prompts.compare(id === newest.id ? null : { fromId: id, toId: newest.id })}
				>
					<span className="block py-1">
						v{number}
						<span className="block truncate text-xs text-ink-3">
							{[note, formatDate(createdAt)].filter((part) => part !== '').join(phraseSeparator('comma'))}
						</span>
					</span>
				</MenuItem>
			))}
		</Menu>
	);
}
