import { useStore } from 'zustand';
import type { CatalogueEntry } from '../../electron/contract/library/hub.ts';
import { formatBytes, formatCount, formatParameterCount } from '../design/format.ts';
import { t, translate } from '../messages/t.ts';
import { Trans } from '../messages/trans.tsx';
import { useServices } from '../services.ts';
import { cell, figure, HubFitBadge, HubTable, Opener } from './hub-table.tsx';
import { formatLicence } from './model-wording.ts';
import { DownloadButton, RepositoryFiles } from './repository-files.tsx';

/** Good small models, chosen by hand, shown before the first search. */
export function CuratedList() {
	const { models } = useServices();
	const catalogue = useStore(models.state, (state) => state.catalogue);
	const onlyFits = useStore(models.hub.state, (state) => state.onlyFits);
	const shown = onlyFits ? catalogue.filter(({ fit }) => fit.verdict !== 'wont-fit') : catalogue;
	return (
		<section aria-label={t('Good small models')} className="flex flex-col gap-3">
			<h2 className="text-[13px] font-semibold">{t('Good small models')}</h2>
			<p className="-mt-2.5 text-xs text-pretty text-ink-3">
				{t(
					'Open licences, no account needed, at most 8 billion weights. Size and SHA-256 of a file marked “about” are read from the hub when you download it.',
				)}
			</p>
			{shown.length === 0 ? (
				<p className="text-ink-2">{t('No model on this list fits in the free memory.')}</p>
			) : (
				<HubTable
					label={t('Good small models')}
					columns={[
						{ name: t('Model') },
						{ name: t('Weights'), right: true },
						{ name: t('Context'), unit: t('tokens'), right: true, className: 'hidden @4xl:table-cell' },
						{ name: t('Licence'), className: 'hidden @3xl:table-cell' },
						{ name: t('Size'), right: true },
						{ name: t('Fit') },
					]}
				>
					{shown.map((entry) => (
						<CuratedRow key={entry.id} entry={entry} />
					))}
				</HubTable>
			)}
		</section>
	);
}

function CuratedRow({ entry }: { entry: CatalogueEntry }) {
	const { models } = useServices();
	const { repository } = entry;
	const open = useStore(models.hub.state, (state) => repository !== null && state.open === repository);
	return (
		<>
			<tr>
				<td className={`${cell} max-w-0 w-full whitespace-normal`}>
					<div className="flex items-center gap-2 font-medium">
						{repository === null ? (
							<span className="truncate pl-5">{entry.name}</span>
						) : (
							<Opener open={open} onToggle={() => void models.hub.toggle(repository)}>
								{entry.name}
							</Opener>
						)}
						<span className="font-mono text-xs font-normal text-ink-2">{entry.quantization}</span>
					</div>
					<p className="line-clamp-3 pl-5 text-xs text-pretty text-ink-3" title={translate(entry.description)}>
						{translate(entry.description)}
					</p>
				</td>
				<td className={figure}>{formatParameterCount(entry.parameters)}</td>
				<td className={`${figure} hidden @4xl:table-cell`}>{formatCount(entry.contextLength)}</td>
				<td className={`${cell} hidden text-xs text-ink-2 @3xl:table-cell`}>{formatLicence(entry.license)}</td>
				<td className={figure}>
					{entry.sizeExact ? (
						formatBytes(entry.sizeBytes)
					) : (
						<Trans
							text="<note>about</note> {size}"
							values={{
								size: formatBytes(entry.sizeBytes),
								note: (words) => <span className="font-sans text-ink-3">{words}</span>,
							}}
						/>
					)}
				</td>
				<td className={cell}>
					<HubFitBadge fit={entry.fit} of={entry.name} />
				</td>
				<td className={`${cell} text-right`}>
					<DownloadButton
						name={`${entry.name} ${entry.quantization}`}
						request={{ catalogueId: entry.id }}
						here={entry.installed}
						matches={({ catalogueId }) => catalogueId === entry.id}
					/>
				</td>
			</tr>
			{open && repository !== null ? <RepositoryFiles repository={repository} columns={7} /> : null}
		</>
	);
}
