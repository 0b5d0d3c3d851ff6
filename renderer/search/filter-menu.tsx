import { Archive, CalendarDays, Folder, Box as ModelIcon, Paperclip, Tag, ThumbsUp, UserRound } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { SearchChoices } from '../../electron/contract/search.ts';
import { formatCount } from '../design/format.ts';
import { MenuItem, MenuLine, MenuSub } from '../design/menu.tsx';
import { useServices } from '../services.ts';
import { addFilter } from './filter-text.ts';

const none: SearchChoices = { tags: [], folders: [], models: [] };

/** What a search can be narrowed to; a choice becomes a word in the field. */
export function FilterMenuItems() {
	const { connection, search } = useServices();
	const typed = useStore(search.state, (state) => state.typed);
	const [choices, setChoices] = useState<SearchChoices>(none);
	useEffect(() => {
		let shown = true;
		connection.client.search.choices().then(
			(found) => {
				if (shown) setChoices(found);
			},
			// Without them the filters that always are remain.
			() => {},
		);
		return () => {
			shown = false;
		};
	}, [connection]);
	const add = (key: string, value: string) => () => {
		search.type(addFilter(typed, key, value));
		// After the menu has given the focus back to its button.
		setTimeout(() => document.querySelector<HTMLElement>('[data-search]')?.focus(), 0);
	};
	const { tags, folders, models } = choices;
	const thisYear = String(new Date().getFullYear());
	return (
		<>
			<MenuSub icon={CalendarDays} label="When">
				<MenuItem onSelect={add('on', 'today')}>Today</MenuItem>
				<MenuItem onSelect={add('on', 'yesterday')}>Yesterday</MenuItem>
				<MenuItem onSelect={add('after', '7d')}>Last 7 days</MenuItem>
				<MenuItem onSelect={add('after', '30d')}>Last 30 days</MenuItem>
				<MenuItem onSelect={add('on', thisYear)}>This year</MenuItem>
				<MenuItem onSelect={add('before', thisYear)}>Before this year</MenuItem>
			</MenuSub>
			<MenuSub icon={UserRound} label="Written by">
				<MenuItem onSelect={add('from', 'me')}>You</MenuItem>
				<MenuItem onSelect={add('from', 'model')}>A model</MenuItem>
			</MenuSub>
			<MenuSub icon={ThumbsUp} label="Feedback">
				<MenuItem onSelect={add('has', 'feedback')}>Any feedback</MenuItem>
				<MenuItem onSelect={add('has', 'up')}>Thumb up</MenuItem>
				<MenuItem onSelect={add('has', 'down')}>Thumb down</MenuItem>
				<MenuItem onSelect={add('has', 'correction')}>Corrected</MenuItem>
			</MenuSub>
			{models.length === 0 ? null : (
				<MenuSub icon={ModelIcon} label="Answered by">
					{models.map((name) => (
						<MenuItem key={name} onSelect={add('model', name)}>
							{name}
						</MenuItem>
					))}
				</MenuSub>
			)}
			{folders.length === 0 ? null : (
				<MenuSub icon={Folder} label="Folder">
					{folders.map(({ name, conversations }) => (
						<MenuItem key={name} keys={formatCount(conversations)} onSelect={add('in', name)}>
							{name}
						</MenuItem>
					))}
				</MenuSub>
			)}
			{tags.length === 0 ? null : (
				<MenuSub icon={Tag} label="Tag">
					{tags.map(({ name, conversations }) => (
						<MenuItem key={name} keys={formatCount(conversations)} onSelect={add('tag', name)}>
							{name}
						</MenuItem>
					))}
				</MenuSub>
			)}
			<MenuLine />
			<MenuItem icon={Paperclip} onSelect={add('has', 'attachment')}>
				With an attachment
			</MenuItem>
			<MenuItem icon={Archive} onSelect={add('is', 'archived')}>
				Archived
			</MenuItem>
		</>
	);
}
