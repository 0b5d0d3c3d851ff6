import { Lock, PencilLine, Shuffle } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { PaneBlock, PaneFact } from '../app/pane-block.tsx';
import { Badge } from '../design/badge.tsx';
import { Button } from '../design/button.tsx';
import { formatCount } from '../design/format.ts';
import { PaneHeader } from '../design/headers.tsx';
import { Icon } from '../design/icon.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { isChangeable, shownDataset, shownVersion } from './dataset-store.ts';
import { SplitDialog } from './split-dialog.tsx';
import { describeVersion } from './version-menu.tsx';

/** The dataset as a whole: versions, splits, and the fields of its samples. */
export function DatasetAbout({ onClose }: { onClose?: () => void }) {
	const { datasets } = useServices();
	const dataset = useStore(datasets.state, shownDataset);
	if (dataset === undefined) return null;
	return (
		<>
			<PaneHeader heading={t('About')} onClose={onClose} />
			<div className="flex min-h-0 flex-1 flex-col gap-4 overflow-x-hidden overflow-y-auto px-4 py-3.5">
				{dataset.description === '' ? null : <p className="text-pretty text-ink-2">{dataset.description}</p>}
				<Splits />
				<Contents />
				<Versions />
			</div>
		</>
	);
}

function Splits() {
	const { datasets, samples } = useServices();
	const facets = useStore(samples.state, (state) => state.facets);
	const changeable = useStore(datasets.state, isChangeable);
	const [splitting, setSplitting] = useState(false);
	if (facets === null || facets.splits.length === 0) return null;
	const total = facets.splits.reduce((sum, one) => sum + one.count, 0);
	return (
		<PaneBlock
			label={t('Splits')}
			action={
				changeable ? (
					<Button size="sm" kind="ghost" icon={Shuffle} onClick={() => setSplitting(true)}>
						{t('Random split')}
					</Button>
				) : undefined
			}
		>
			<table className="w-full text-xs">
				<caption className="sr-only">{t('Samples by split')}</caption>
				<thead className="sr-only">
					<tr>
						<th scope="col">{t('Split')}</th>
						<th scope="col">{t('Share', {}, 'part of the whole')}</th>
						<th scope="col">{t('Samples')}</th>
					</tr>
				</thead>
				<tbody>
					{facets.splits.map(({ split, count: n }) => (
						<tr key={split} className="h-6">
							<th scope="row" className="max-w-28 truncate pr-3 text-left font-normal">
								<button
									type="button"
									className="max-w-full truncate rounded-xs hover:text-accent-ink"
									onClick={() => {
										datasets.show('samples');
										samples.change({ split });
									}}
								>
									{split}
								</button>
							</th>
							<td className="w-full">
								<span className="sr-only">{Math.round((100 * n) / total)} %</span>
								<span aria-hidden className="block h-1 rounded-full bg-line">
									<span
										className="block h-full rounded-full bg-series-baseline"
										style={{ width: `${(100 * n) / total}%` }}
									/>
								</span>
							</td>
							<td className="pl-3 text-right font-mono tabular-nums">{formatCount(n)}</td>
						</tr>
					))}
				</tbody>
			</table>
			{splitting ? <SplitDialog onClose={() => setSplitting(false)} /> : null}
		</PaneBlock>
	);
}

function Contents() {
	const { datasets, samples } = useServices();
	const facets = useStore(samples.state, (state) => state.facets);
	const version = useStore(datasets.state, shownVersion);
	if (facets === null || version === undefined) return null;
	const without = version.samples - facets.withTarget;
	return (
		<PaneBlock label={t('Samples')}>
			<dl className="flex flex-col gap-1">
				<PaneFact label={t('Total')}>{formatCount(version.samples)}</PaneFact>
				<PaneFact label={t('With a target')}>{formatCount(facets.withTarget)}</PaneFact>
				{without > 0 ? (
					<PaneFact label={t('Without target')}>
						<button
							type="button"
							className="link"
							onClick={() => {
								datasets.show('samples');
								samples.change({ target: 'none' });
							}}
						>
							{formatCount(without)}
						</button>
					</PaneFact>
				) : null}
				{facets.withChoices > 0 ? (
					<PaneFact label={t('With choices')}>{formatCount(facets.withChoices)}</PaneFact>
				) : null}
				{facets.variables.length > 0 ? (
					<PaneFact label={t('Variables')}>
						<span className="font-mono text-xs" title={facets.variables.join(', ')}>
							{facets.variables.join(', ')}
						</span>
					</PaneFact>
				) : null}
			</dl>
		</PaneBlock>
	);
}

function Versions() {
	const { datasets } = useServices();
	const versions = useStore(datasets.state, (state) => state.versions);
	const shown = useStore(datasets.state, shownVersion);
	return (
		<PaneBlock label={t('Versions')}>
			<ul className="-mx-2 flex flex-col">
				{versions.map((version) => (
					<li key={version.id}>
						<button
							type="button"
							aria-current={version.id === shown?.id ? 'true' : undefined}
							onClick={() => datasets.showVersion(version.id)}
							className="flex w-full items-start gap-2 rounded-[6px] px-2 py-1.5 text-left hover:bg-hover aria-[current]:bg-selected"
						>
							<span className="min-w-0 flex-1">
								<span className="flex items-center gap-2 font-medium">v{version.number}</span>
								<span className="block text-xs [overflow-wrap:anywhere] text-ink-2 tabular-nums">
									{describeVersion(version)}
								</span>
							</span>
							<Badge tone={version.frozenAt === null ? 'line' : 'plain'}>
								<Icon of={version.frozenAt === null ? PencilLine : Lock} size={12} />
								{version.frozenAt === null ? t('Draft') : t('Frozen')}
							</Badge>
						</button>
					</li>
				))}
			</ul>
		</PaneBlock>
	);
}
