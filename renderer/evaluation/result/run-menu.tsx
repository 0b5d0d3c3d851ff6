import {
	Copy,
	Ellipsis,
	FileOutput,
	Flag,
	GitCompareArrows,
	ListChecks,
	Pencil,
	RotateCw,
	SlidersHorizontal,
	Trash2,
} from 'lucide-react';
import type { RefObject } from 'react';
import { useStore } from 'zustand';
import { type EvaluationExport, evaluationExportSchema } from '../../../electron/contract/evaluation/calls.ts';
import type { Run } from '../../../electron/contract/evaluation/schema.ts';
import { iconButtonClass } from '../../design/button.tsx';
import { Icon } from '../../design/icon.tsx';
import { Menu, MenuItem, MenuLine, MenuSub } from '../../design/menu.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { formatEvaluateRoute } from '../evaluate-route.ts';
import { deleteRun, exportRun } from '../run-actions.ts';
import { isLive } from '../run-wording.ts';

const formats: Record<EvaluationExport, string> = {
	json: t('JSON, complete'),
	csv: t('CSV, one line per answer'),
	junit: t('JUnit, for CI'),
	inspect: t('Inspect log'),
	promptfoo: t('promptfoo results'),
	config: t('Config file, to rerun'),
};

/** Most runs offered for comparison, with those of the same dataset first. */
const maxOffered = 12;

/** Further actions on a run. */
export function RunMenu({
	run,
	button,
	onRename,
}: {
	run: Run;
	button: RefObject<HTMLButtonElement | null>;
	onRename: () => void;
}) {
	const services = useServices();
	const { evaluations, layout, toasts } = services;
	const runs = useStore(evaluations.state, (state) => state.runs);
	const others = runs
		.filter(({ id, progress }) => id !== run.id && progress.done > 0)
		.toSorted((a, b) => Number(b.dataset.id === run.dataset.id) - Number(a.dataset.id === run.dataset.id))
		.slice(0, maxOffered);
	const { errors } = run.progress;
	return (
		<Menu
			width={260}
			trigger={
				<button ref={button} type="button" aria-label={t('More for this run')} className={iconButtonClass()}>
					<Icon of={Ellipsis} />
				</button>
			}
		>
			<MenuItem icon={Pencil} onSelect={onRename}>
				{t('Rename')}
			</MenuItem>
			<MenuItem
				icon={SlidersHorizontal}
				onSelect={() =>
					layout.go({ section: 'evaluate', part: formatEvaluateRoute({ kind: 'new', given: { runId: run.id } }) })
				}
			>
				{t('Edit and rerun')}
			</MenuItem>
			{isLive(run.status) || run.progress.done === errors ? null : (
				<MenuItem
					icon={ListChecks}
					onSelect={() => layout.go({ section: 'evaluate', part: formatEvaluateRoute({ kind: 'mark', id: run.id }) })}
				>
					{t('Re-score …')}
				</MenuItem>
			)}
			{errors > 0 && !isLive(run.status) && run.manifest.marked === undefined ? (
				<MenuItem icon={RotateCw} onSelect={() => void evaluations.retry(run.id)}>
					{t('Retry {errors, plural, one {# failed answer} other {# failed answers}}', { errors })}
				</MenuItem>
			) : null}
			{others.length === 0 ? null : (
				<MenuSub icon={GitCompareArrows} label={t('Compare with')}>
					{others.map((other) => (
						<MenuItem
							key={other.id}
							onSelect={() =>
								layout.go({
									section: 'evaluate',
									part: formatEvaluateRoute({ kind: 'compare', ids: [other.id, run.id] }),
								})
							}
						>
							{other.name}
						</MenuItem>
					))}
				</MenuSub>
			)}
			<MenuItem icon={Flag} onSelect={() => void evaluations.setBaseline(run.id, !run.baseline)}>
				{run.baseline ? t('Remove as baseline') : t('Set as baseline of {name}', { name: run.dataset.name })}
			</MenuItem>
			<MenuSub icon={FileOutput} label={t('Export')}>
				{evaluationExportSchema.options.map((format) => (
					<MenuItem key={format} onSelect={() => void exportRun(services, run.id, format)}>
						{formats[format]}
					</MenuItem>
				))}
			</MenuSub>
			<MenuItem
				icon={Copy}
				onSelect={() => {
					void navigator.clipboard.writeText(run.manifestHash);
					toasts.show({ text: t('Manifest hash copied') });
				}}
			>
				{t('Copy manifest hash')}
			</MenuItem>
			<MenuLine />
			<MenuItem icon={Trash2} danger keys="Del" onSelect={() => void deleteRun(services, run.id)}>
				{t('Delete run')}
			</MenuItem>
		</Menu>
	);
}
