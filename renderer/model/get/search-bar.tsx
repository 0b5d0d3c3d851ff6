import { Check, Search, X } from 'lucide-react';
import { useStore } from 'zustand';
import type { HubSearch } from '../../../electron/contract/model/hub.ts';
import { Button, IconButton } from '../../design/button.tsx';
import { Select } from '../../design/field/select.tsx';
import { fieldClass } from '../../design/field/text-field.tsx';
import { Icon } from '../../design/icon.tsx';
import { useServices } from '../../services.ts';

const sorts: readonly { value: HubSearch['sort']; words: string }[] = [
	{ value: 'downloads', words: 'Most downloaded' },
	{ value: 'trendingScore', words: 'Trending' },
	{ value: 'likes', words: 'Most liked' },
	{ value: 'lastModified', words: 'Newest' },
];

/** What to search for, and which of the found to show. Nothing is sent while one types. */
export function HubSearchBar() {
	const { models, settings } = useServices();
	const { hub } = models;
	const text = useStore(hub.state, (state) => state.text);
	const searched = useStore(hub.state, (state) => state.searched);
	const searching = useStore(hub.state, (state) => state.status === 'searching');
	const sort = useStore(hub.state, (state) => state.sort);
	const onlyFits = useStore(hub.state, (state) => state.onlyFits);
	const host = useStore(models.state, (state) => state.hosts[0] ?? 'the hub');
	const blocked = useStore(settings.state, (state) => state.networkBlocked);
	return (
		<div className="flex flex-wrap items-center gap-x-3 gap-y-2">
			<search className="flex min-w-72 flex-1">
				<form
					className="flex min-w-0 flex-1 gap-2"
					onSubmit={(event) => {
						event.preventDefault();
						if (!blocked) void hub.search();
					}}
				>
					<div className={`${fieldClass} min-w-0 flex-1 border-control`}>
						<Icon of={Search} size={14} className="text-ink-3" />
						<input
							type="text"
							aria-label={`Search ${host} for models`}
							enterKeyHint="search"
							value={text}
							maxLength={200}
							placeholder={`Search ${host} for models`}
							onChange={(event) => hub.state.setState({ text: event.target.value })}
							onKeyDown={(event) => {
								if (event.key !== 'Escape' || (text === '' && searched === null)) return;
								event.stopPropagation();
								hub.clear();
							}}
							className="min-w-0 flex-1 bg-transparent outline-none"
						/>
						{text === '' && searched === null ? null : (
							<IconButton icon={X} label="Back to the short list" size="sm" className="-mr-1.5" onClick={hub.clear} />
						)}
					</div>
					<Button
						type="submit"
						busy={searching ? 'Searching' : undefined}
						blocked={blocked ? 'The network is blocked' : undefined}
					>
						Search
					</Button>
				</form>
			</search>
			<span className="flex items-center gap-3">
				<Button
					className="aria-pressed:border-accent aria-pressed:text-accent-ink"
					aria-pressed={onlyFits}
					{...(onlyFits ? { icon: Check } : {})}
					onClick={() => hub.state.setState({ onlyFits: !onlyFits })}
				>
					Only what fits
				</Button>
				{searched === null ? null : (
					<Select
						label="Order of the results"
						value={sort}
						options={sorts}
						onChange={(next) => void hub.sortBy(next)}
					/>
				)}
			</span>
		</div>
	);
}
