import {
	Archive,
	CalendarDays,
	Folder,
	ListFilter,
	Box as ModelIcon,
	Paperclip,
	Search,
	Tag,
	ThumbsUp,
	TriangleAlert,
	UserRound,
	X,
} from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { SearchChoices, SearchTerm } from '../../electron/contract/search/schema.ts';
import { formatShortcut } from '../app/keyboard/key-bindings.ts';
import { openMessage } from '../conversation/actions.ts';
import { formatCount } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Kbd } from '../design/kbd.tsx';
import { Menu, MenuItem, MenuLine, MenuSub } from '../design/menu.tsx';
import { Tooltip } from '../design/tooltip.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { addFilter, removeFilter } from './search-filters.ts';

const inner = 'grid size-6 flex-none place-items-center rounded-sm text-ink-3 hover:bg-hover data-popup-open:bg-hover';

/** The search field above the conversations. Down moves into the results, Enter opens the first. */
export function SearchField() {
	const { search } = useServices();
	const openFirst = useOpenFirst();
	const typed = useStore(search.state, (state) => state.typed);
	const filters = useStore(search.state, (state) => state.filters);
	const problems = filters.flatMap(({ problem }) => problem ?? []);
	return (
		<search className="mx-1 mb-0.5 flex-none">
			<div className="flex h-7.5 items-center gap-1.5 rounded-md bg-hover pr-0.5 pl-2 focus-within:outline-2 focus-within:outline-focus">
				<Icon of={Search} size={14} className="text-ink-3" />
				<input
					data-search
					type="text"
					value={typed}
					placeholder={t('Search')}
					aria-label={t('Search conversations')}
					autoComplete="off"
					spellCheck={false}
					maxLength={1000}
					onChange={(event) => search.type(event.target.value)}
					onKeyDown={(event) => {
						if (event.nativeEvent.isComposing) return;
						if (event.key === 'Escape' && typed !== '') {
							event.stopPropagation();
							search.type('');
						} else if (event.key === 'Enter') {
							openFirst();
						} else if (event.key === 'ArrowDown') {
							event.preventDefault();
							firstRow(event.currentTarget)?.focus();
						}
					}}
					className="min-w-0 flex-1 bg-transparent text-ellipsis outline-none"
				/>
				{typed === '' ? (
					<Kbd className="bg-transparent">{formatShortcut('search')}</Kbd>
				) : (
					<Tooltip text={t('Clear the search')}>
						<button
							type="button"
							aria-label={t('Clear the search')}
							onClick={() => {
								search.type('');
								// This button disappears; keep the focus.
								document.querySelector<HTMLElement>('[data-search]')?.focus();
							}}
							className={inner}
						>
							<Icon of={X} size={14} />
						</button>
					</Tooltip>
				)}
				<Menu
					trigger={
						<button type="button" aria-label={t('Filter the search')} className={inner}>
							<Icon of={ListFilter} size={14} />
						</button>
					}
				>
					<FilterMenuItems />
				</Menu>
			</div>
			{filters.length === 0 ? null : (
				<ul aria-label={t('Filters')} className="mt-1 flex flex-wrap gap-1">
					{filters.map((filter) => (
						<li key={filter.typed} className="min-w-0">
							<FilterChip filter={filter} onRemove={() => search.type(removeFilter(typed, filter.typed))} />
						</li>
					))}
				</ul>
			)}
			{problems.map((problem) => (
				<p key={problem} className="px-1 pt-1 text-xs text-warn">
					{problem}
				</p>
			))}
		</search>
	);
}

/** Returns a function that opens the first hit for the current text, which may still be on its way. */
function useOpenFirst(): () => void {
	const services = useServices();
	const { state } = services.search;
	const waiting = useRef<string | null>(null);
	useEffect(
		() =>
			state.subscribe(({ typed, status, hits: [first] }) => {
				if (waiting.current === null || status === 'searching') return;
				if (waiting.current === typed && first !== undefined) openMessage(services, first);
				if (waiting.current !== typed || status !== 'going-on' || first !== undefined) waiting.current = null;
			}),
		[services, state],
	);
	return () => {
		const {
			typed,
			status,
			hits: [first],
		} = state.getState();
		if (status === 'searching') waiting.current = typed;
		else if (first !== undefined) openMessage(services, first);
	};
}

/** Returns the first result row in the same pane. */
function firstRow(field: HTMLElement): HTMLElement | null {
	return field.closest('[data-list]')?.querySelector<HTMLElement>('[data-row]') ?? null;
}

function FilterChip({ filter, onRemove }: { filter: SearchTerm; onRemove: () => void }) {
	const { label, problem } = filter;
	return (
		<span
			className={`flex h-6 min-w-0 items-center gap-1 rounded-sm pl-[7px] text-xs font-medium ${
				problem === null ? 'bg-accent-soft text-accent-ink' : 'bg-warn-soft text-warn'
			}`}
		>
			{problem === null ? null : <Icon of={TriangleAlert} size={12} />}
			<span className="truncate" title={label}>
				{label}
			</span>
			<button
				type="button"
				aria-label={t('Remove the filter {label}', { label })}
				onClick={onRemove}
				className="grid size-6 flex-none place-items-center rounded-sm hover:bg-hover"
			>
				<Icon of={X} size={12} />
			</button>
		</span>
	);
}

const none: SearchChoices = { tags: [], folders: [], models: [] };

/** Search filters; choosing one adds it to the text of the field. */
function FilterMenuItems() {
	const { connection, search } = useServices();
	const typed = useStore(search.state, (state) => state.typed);
	const [choices, setChoices] = useState<SearchChoices>(none);
	useEffect(() => {
		let shown = true;
		connection.client.search.choices().then(
			(found) => {
				if (shown) setChoices(found);
			},
			// Without them, only the fixed filters are offered.
			() => {},
		);
		return () => {
			shown = false;
		};
	}, [connection]);
	const add = (key: string, value: string) => () => {
		search.type(addFilter(typed, key, value));
		// Wait until the menu has returned the focus to its button.
		setTimeout(() => document.querySelector<HTMLElement>('[data-search]')?.focus(), 0);
	};
	const { tags, folders, models } = choices;
	const thisYear = String(new Date().getFullYear());
	return (
		<>
			<MenuSub icon={CalendarDays} label={t('When')}>
				<MenuItem onSelect={add('on', 'today')}>{t('Today')}</MenuItem>
				<MenuItem onSelect={add('on', 'yesterday')}>{t('Yesterday')}</MenuItem>
				<MenuItem onSelect={add('after', '7d')}>{t('Last 7 days')}</MenuItem>
				<MenuItem onSelect={add('after', '30d')}>{t('Last 30 days')}</MenuItem>
				<MenuItem onSelect={add('on', thisYear)}>{t('This year')}</MenuItem>
				<MenuItem onSelect={add('before', thisYear)}>{t('Before this year')}</MenuItem>
			</MenuSub>
			<MenuSub icon={UserRound} label={t('Written by')}>
				<MenuItem onSelect={add('from', 'me')}>{t('You')}</MenuItem>
				<MenuItem onSelect={add('from', 'model')}>{t('A model')}</MenuItem>
			</MenuSub>
			<MenuSub icon={ThumbsUp} label={t('Feedback')}>
				<MenuItem onSelect={add('has', 'feedback')}>{t('Any feedback')}</MenuItem>
				<MenuItem onSelect={add('has', 'up')}>{t('Rated good')}</MenuItem>
				<MenuItem onSelect={add('has', 'down')}>{t('Rated bad')}</MenuItem>
				<MenuItem onSelect={add('has', 'correction')}>{t('Corrected')}</MenuItem>
			</MenuSub>
			{models.length === 0 ? null : (
				<MenuSub icon={ModelIcon} label={t('Answered by')}>
					{models.map((name) => (
						<MenuItem key={name} onSelect={add('model', name)}>
							{name}
						</MenuItem>
					))}
				</MenuSub>
			)}
			{folders.length === 0 ? null : (
				<MenuSub icon={Folder} label={t('Folder')}>
					{folders.map(({ name, conversations }) => (
						<MenuItem key={name} keys={formatCount(conversations)} onSelect={add('in', name)}>
							{name}
						</MenuItem>
					))}
				</MenuSub>
			)}
			{tags.length === 0 ? null : (
				<MenuSub icon={Tag} label={t('Tag')}>
					{tags.map(({ name, conversations }) => (
						<MenuItem key={name} keys={formatCount(conversations)} onSelect={add('tag', name)}>
							{name}
						</MenuItem>
					))}
				</MenuSub>
			)}
			<MenuLine />
			<MenuItem icon={Paperclip} onSelect={add('has', 'attachment')}>
				{t('With an attachment')}
			</MenuItem>
			<MenuItem icon={Archive} onSelect={add('is', 'archived')}>
				{t('Archived')}
			</MenuItem>
		</>
	);
}
