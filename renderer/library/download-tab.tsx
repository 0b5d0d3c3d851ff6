import { Check, Lock, Search, X } from 'lucide-react';
import { useStore } from 'zustand';
import type { HubSearch } from '../../electron/contract/library/hub.ts';
import { toFailure } from '../connection/failure.ts';
import { Button, IconButton } from '../design/button.tsx';
import { formatAlternatives } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Select } from '../design/select.tsx';
import { fieldClass } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { CuratedList } from './curated-list.tsx';
import { Downloads } from './downloads.tsx';
import { HubResults } from './hub-results.tsx';

/** Downloads in progress and models to download: a short list and the hub's search. Fills the sheet under the tabs. */
export function DownloadTab() {
	const { models } = useServices();
	const searched = useStore(models.hub.state, (state) => state.searched);
	return (
		<div className="flex min-h-0 flex-1 flex-col gap-3.5 overflow-y-auto px-5 py-4 *:flex-none">
			<HubSearchBar />
			<OfflineCard />
			<Downloads />
			{searched === null ? <CuratedList /> : <HubResults />}
		</div>
	);
}

const sorts: readonly { value: HubSearch['sort']; words: string }[] = [
	{ value: 'downloads', words: t('Most downloaded') },
	{ value: 'trendingScore', words: t('Trending') },
	{ value: 'likes', words: t('Most liked') },
	{ value: 'lastModified', words: t('Newest') },
];

/** Search text and filter for results. Nothing is sent while the user types. */
function HubSearchBar() {
	const { models, settings } = useServices();
	const { hub } = models;
	const text = useStore(hub.state, (state) => state.text);
	const searched = useStore(hub.state, (state) => state.searched);
	const searching = useStore(hub.state, (state) => state.status === 'searching');
	const sort = useStore(hub.state, (state) => state.sort);
	const onlyFits = useStore(hub.state, (state) => state.onlyFits);
	const host = useStore(models.state, (state) => state.hosts[0] ?? t('the hub'));
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
							aria-label={t('Search {host} for models', { host })}
							enterKeyHint="search"
							value={text}
							maxLength={200}
							placeholder={t('Search {host} for models', { host })}
							onChange={(event) => hub.state.setState({ text: event.target.value })}
							onKeyDown={(event) => {
								if (event.key !== 'Escape' || (text === '' && searched === null)) return;
								event.stopPropagation();
								hub.clear();
							}}
							className="min-w-0 flex-1 bg-transparent outline-none"
						/>
						{text === '' && searched === null ? null : (
							<IconButton
								icon={X}
								label={t('Back to the short list')}
								size="sm"
								className="-mr-1.5"
								onClick={hub.clear}
							/>
						)}
					</div>
					<Button
						type="submit"
						busy={searching ? t('Searching') : undefined}
						blocked={blocked ? t('The network is blocked') : undefined}
					>
						{t('Search')}
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
					{t('Only what fits')}
				</Button>
				{searched === null ? null : (
					<Select label={t('Sort by')} value={sort} options={sorts} onChange={(next) => void hub.sortBy(next)} />
				)}
			</span>
		</div>
	);
}

/** Says that the network is blocked, and which hosts would be contacted otherwise. */
function OfflineCard() {
	const { models, settings, toasts } = useServices();
	const blocked = useStore(settings.state, (state) => state.networkBlocked);
	const hosts = useStore(models.state, (state) => state.hosts);
	if (!blocked) return null;
	const [hub = t('the model hub'), ...files] = hosts;
	return (
		<section
			aria-label={t('Network')}
			className="flex items-start gap-2.5 rounded-lg border border-line bg-sunken px-3.5 py-3"
		>
			<Icon of={Lock} className="mt-0.5 text-ink-2" />
			<div className="min-w-0 flex-1">
				<h2 className="font-semibold">{t('The network is blocked')}</h2>
				<p className="mt-0.5 max-w-150 text-pretty text-ink-2">
					{t(
						'A search sends your words to {hub}. A download requests a file from it, which may come from {hosts}. Nothing else is contacted, and every request is listed in Activity. The list below needs no network.',
						{ hub, hosts: formatAlternatives(files) },
					)}
				</p>
			</div>
			<Button
				onClick={() => void models.hub.allowNetwork().catch((error: unknown) => toasts.fail(toFailure(error).message))}
			>
				{t('Allow the network')}
			</Button>
		</section>
	);
}
