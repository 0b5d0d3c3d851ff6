import { Search } from 'lucide-react';
import { useStore } from 'zustand';
import type { HubModel } from '../../electron/contract/library/hub.ts';
import { Badge } from '../design/badge.tsx';
import { Button } from '../design/button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatCount, formatParameterCount, formatShortTime } from '../design/format.ts';
import { Skeleton } from '../design/skeleton.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { cell, figure, HubFitBadge, HubTable, Opener } from './hub-table.tsx';
import { formatLicence } from './model-wording.ts';
import { RepositoryFiles } from './repository-files.tsx';

/** Results of the hub's search. */
export function HubResults() {
	const { models } = useServices();
	const { hub } = models;
	const { status, results, more, failure, searched, onlyFits } = useStore(hub.state);
	if (status === 'failed' && failure !== null) {
		return (
			<FailureCard
				title={t('Couldn’t search')}
				failure={failure}
				actions={
					<>
						<Button size="sm" onClick={() => void hub.search()}>
							{t('Try again')}
						</Button>
						<Button size="sm" kind="ghost" onClick={hub.clear}>
							{t('Back to the short list')}
						</Button>
					</>
				}
			/>
		);
	}
	if (status === 'searching' && results.length === 0) {
		return (
			<div role="status">
				<span className="sr-only">{t('Searching')}</span>
				<Skeleton rows={6} />
			</div>
		);
	}
	// A model of unknown size may fit.
	const shown = onlyFits ? results.filter(({ fit }) => fit?.verdict !== 'wont-fit') : results;
	const hidden = results.length - shown.length;
	if (shown.length === 0) {
		return (
			<EmptyState
				icon={Search}
				title={hidden > 0 ? t('No result fits in memory') : t('No results')}
				actions={
					<>
						{hidden > 0 ? (
							<Button onClick={() => hub.state.setState({ onlyFits: false })}>{t('Show models that won’t fit')}</Button>
						) : null}
						<Button onClick={hub.clear}>{t('Back to the short list')}</Button>
					</>
				}
			>
				{hidden > 0
					? t(
							'{hidden, plural, one {# model for “{searched}” needs} other {# models for “{searched}” need}} more memory than is free on this computer.',
							{ hidden, searched: searched ?? '' },
						)
					: t('No repository with GGUF files has “{searched}” in its name. Try fewer words.', {
							searched: searched ?? '',
						})}
			</EmptyState>
		);
	}
	return (
		<section aria-label={t('Search results')} className="flex flex-col gap-2">
			<p role="status" className="text-xs text-ink-3 tabular-nums">
				{describeResults(results.length, more, searched ?? '', hidden)}
			</p>
			<HubTable
				label={t('Search results')}
				columns={[
					{ name: t('Repository') },
					{ name: t('Weights'), right: true },
					{ name: t('Licence'), className: 'hidden @2xl:table-cell' },
					{ name: t('Downloads'), unit: t('a month'), right: true, className: 'hidden @3xl:table-cell' },
					{ name: t('Changed'), right: true, className: 'hidden @3xl:table-cell' },
					{ name: t('Fit'), unit: t('as Q4_K_M') },
				]}
			>
				{shown.map((model) => (
					<ResultRow key={model.repository} model={model} />
				))}
			</HubTable>
			{more && results.length < 100 ? (
				<Button
					kind="ghost"
					className="self-center"
					busy={status === 'searching' ? t('Searching') : undefined}
					onClick={() => void hub.more()}
				>
					{t('Show more')}
				</Button>
			) : null}
		</section>
	);
}

function describeResults(count: number, more: boolean, searched: string, hidden: number): string {
	const models = more
		? t('The first {count, plural, one {# model} other {# models}}', { count })
		: t('{count, plural, one {# model} other {# models}}', { count });
	const found = searched === '' ? models : t('{models} for “{searched}”', { models, searched });
	return hidden > 0
		? t('{found}, {hidden} hidden because they won’t fit', { found, hidden: formatCount(hidden) })
		: found;
}

function ResultRow({ model }: { model: HubModel }) {
	const { models } = useServices();
	const { repository } = model;
	const open = useStore(models.hub.state, (state) => state.open === repository);
	const [owner = '', name = ''] = repository.split('/');
	return (
		<>
			<tr>
				<td className={`${cell} w-full max-w-0`}>
					<span className="flex items-center gap-2">
						<Opener open={open} onToggle={() => void models.hub.toggle(repository)}>
							<span className="font-medium">{name.replace(/[-_.]GGUF$/i, '')}</span>{' '}
							<span className="text-xs text-ink-3">{t('by {owner}', { owner })}</span>
						</Opener>
						{model.gated ? <Badge tone="line">{t('Terms required')}</Badge> : null}
					</span>
				</td>
				<td className={figure}>{model.parameters === null ? '–' : formatParameterCount(model.parameters)}</td>
				<td className={`${cell} hidden max-w-36 truncate text-xs text-ink-2 @2xl:table-cell`}>
					{model.license === null ? '–' : formatLicence(model.license)}
				</td>
				<td className={`${figure} hidden @3xl:table-cell`}>{formatCount(model.downloads)}</td>
				<td className={`${figure} hidden font-sans @3xl:table-cell`}>
					{model.updatedAt === null ? '–' : formatShortTime(model.updatedAt, Date.now())}
				</td>
				<td className={cell}>
					{model.fit === null ? (
						<span className="text-xs text-ink-3">{t('see its files')}</span>
					) : (
						<HubFitBadge fit={model.fit} of={repository} />
					)}
				</td>
				<td className={`${cell} text-right`}>
					<Button
						size="sm"
						kind="ghost"
						aria-label={t('Files of {repository}', { repository })}
						onClick={() => void models.hub.toggle(repository)}
					>
						{t('Files')}
					</Button>
				</td>
			</tr>
			{open ? <RepositoryFiles repository={repository} columns={7} /> : null}
		</>
	);
}
