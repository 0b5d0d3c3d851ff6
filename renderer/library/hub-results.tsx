import { Search } from 'lucide-react';
import { useStore } from 'zustand';
import type { HubModel } from '../../electron/contract/library/hub.ts';
import { Badge } from '../design/badge.tsx';
import { Button } from '../design/button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatCount, formatParameterCount, formatQuantity, formatShortTime } from '../design/format.ts';
import { Skeleton } from '../design/skeleton.tsx';
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
				title="Couldn’t search"
				failure={failure}
				actions={
					<>
						<Button size="sm" onClick={() => void hub.search()}>
							Try again
						</Button>
						<Button size="sm" kind="ghost" onClick={hub.clear}>
							Back to the short list
						</Button>
					</>
				}
			/>
		);
	}
	if (status === 'searching' && results.length === 0) {
		return (
			<div role="status">
				<span className="sr-only">Searching</span>
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
				title={hidden > 0 ? 'No result fits in memory' : 'No results'}
				actions={
					<>
						{hidden > 0 ? (
							<Button onClick={() => hub.state.setState({ onlyFits: false })}>Show models that won’t fit</Button>
						) : null}
						<Button onClick={hub.clear}>Back to the short list</Button>
					</>
				}
			>
				{hidden > 0
					? `${formatQuantity(hidden, 'model')} for “${searched}” ${hidden === 1 ? 'needs' : 'need'} more memory than is free on this computer.`
					: `No repository with GGUF files has “${searched}” in its name. Try fewer words.`}
			</EmptyState>
		);
	}
	return (
		<section aria-label="Search results" className="flex flex-col gap-2">
			<p role="status" className="text-xs text-ink-3 tabular-nums">
				{more ? `The first ${formatCount(results.length)} models` : formatQuantity(results.length, 'model')}
				{searched === '' ? '' : ` for “${searched}”`}
				{hidden > 0 ? `, ${formatCount(hidden)} hidden because they won’t fit` : ''}
			</p>
			<HubTable
				label="Search results"
				columns={[
					{ name: 'Repository' },
					{ name: 'Weights', right: true },
					{ name: 'Licence', className: 'hidden @2xl:table-cell' },
					{ name: 'Downloads', unit: 'a month', right: true, className: 'hidden @3xl:table-cell' },
					{ name: 'Changed', right: true, className: 'hidden @3xl:table-cell' },
					{ name: 'Fit', unit: 'as Q4_K_M' },
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
					busy={status === 'searching' ? 'Searching' : undefined}
					onClick={() => void hub.more()}
				>
					Show more
				</Button>
			) : null}
		</section>
	);
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
							<span className="text-xs text-ink-3">by {owner}</span>
						</Opener>
						{model.gated ? <Badge tone="line">Terms required</Badge> : null}
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
						<span className="text-xs text-ink-3">see its files</span>
					) : (
						<HubFitBadge fit={model.fit} of={repository} />
					)}
				</td>
				<td className={`${cell} text-right`}>
					<Button
						size="sm"
						kind="ghost"
						aria-label={`Files of ${repository}`}
						onClick={() => void models.hub.toggle(repository)}
					>
						Files
					</Button>
				</td>
			</tr>
			{open ? <RepositoryFiles repository={repository} columns={7} /> : null}
		</>
	);
}
