import { Table2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useStore } from 'zustand';
import type { Dataset } from '../../electron/contract/dataset/schema.ts';
import { formatCount } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Spinner } from '../design/spinner.tsx';
import { Tooltip } from '../design/tooltip.tsx';
import { t } from '../messages/t.ts';
import { Trans } from '../messages/trans.tsx';
import { useServices } from '../services.ts';
import { startFirstRun } from './plan/first-run.ts';

/** Returns the datasets that come with Assay, by name; empty until loaded. */
export function useStarterDatasets(): readonly Dataset[] {
	const { datasets } = useServices();
	const all = useStore(datasets.state, (state) => state.datasets);
	return all.filter(({ starterId }) => starterId !== null);
}

const hidden = (words: ReactNode): ReactNode => <span className="sr-only">{words}</span>;

/** Starter datasets: one click runs one with the defaults. */
export function StarterDatasets() {
	const services = useServices();
	const sets = useStarterDatasets();
	const [starting, setStarting] = useState<number | null>(null);
	if (sets.length === 0) return null;
	async function start(set: Dataset): Promise<void> {
		if (starting !== null) return;
		setStarting(set.id);
		await startFirstRun(services, set);
		setStarting(null);
	}
	return (
		<section aria-label={t('Starter sets')}>
			<h3 className="mt-2.5 flex h-6.5 items-center px-2 text-2xs font-medium text-ink-3">{t('Starter sets')}</h3>
			<ul className="flex flex-col gap-px">
				{sets.map((set) => (
					<li key={set.id}>
						<Tooltip text={t('Run {name} now', { name: set.name })} side="right">
							<button
								type="button"
								data-entry
								aria-busy={starting === set.id || undefined}
								onClick={() => void start(set)}
								className="flex min-h-7.5 w-full items-center gap-2 rounded-[6px] px-2 py-1 text-left text-ink-2 hover:bg-hover focus-visible:-outline-offset-2"
							>
								{starting === set.id ? (
									<span className="grid size-4 flex-none place-items-center">
										<Spinner />
									</span>
								) : (
									<Icon of={Table2} className="text-ink-3" />
								)}
								<span className="line-clamp-2 min-w-0 flex-1">
									<Trans text="<hidden>Run</hidden> {name}" values={{ hidden, name: set.name }} />
								</span>
								<span className="text-2xs text-ink-3 tabular-nums">
									<Trans
										text="{count}<hidden> {samples, plural, one {sample} other {samples}}</hidden>"
										values={{ hidden, count: formatCount(set.latest.samples), samples: set.latest.samples }}
									/>
								</span>
							</button>
						</Tooltip>
					</li>
				))}
			</ul>
		</section>
	);
}
