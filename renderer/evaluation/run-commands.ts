import {
	FileOutput,
	Flag,
	FlaskConical,
	ListChecks,
	Pause,
	Play,
	RotateCw,
	SlidersHorizontal,
	Trash2,
} from 'lucide-react';
import { type EvaluationExport, evaluationExportSchema } from '../../electron/contract/evaluation/calls.ts';
import type { RunSummary } from '../../electron/contract/evaluation/schema.ts';
import type { Command } from '../app/command.ts';
import { t } from '../messages/t.ts';
import type { Services } from '../services.ts';
import { formatEvaluateRoute } from './evaluate-route.ts';
import { deleteRun, exportRun, openNewRun, openRun, rerun } from './run-actions.ts';
import { describeCompared, isLive } from './run-wording.ts';

const formats: Record<EvaluationExport, string> = {
	json: 'JSON',
	csv: 'CSV',
	junit: 'JUnit',
	inspect: t('Inspect log'),
	promptfoo: t('promptfoo results'),
	config: t('config file'),
};

/** Lists what can be done with each run. */
export function listRunCommands(services: Services): Command[] {
	return services.evaluations.state.getState().runs.flatMap((run) => listCommandsFor(services, run));
}

function listCommandsFor(services: Services, run: RunSummary): Command[] {
	const { evaluations, layout } = services;
	const { id, name } = run;
	const ended = !isLive(run.status);
	const commands: (Command | null)[] = [
		{
			id: `run-${id}`,
			label: name,
			synonyms: t('open show run evaluation result scores outputs'),
			detail: describeCompared(run.arms),
			icon: FlaskConical,
			run: () => openRun(services, id),
		},
		{
			id: `edit-run-${id}`,
			label: t('Edit and rerun {name}', { name }),
			synonyms: t('change copy duplicate settings evaluation'),
			icon: SlidersHorizontal,
			run: () => openNewRun(services, { runId: id }),
		},
		{
			id: `repeat-run-${id}`,
			label: t('Repeat {name}', { name }),
			synonyms: t('again reproduce same run evaluation'),
			icon: RotateCw,
			run: () => void rerun(services, id),
		},
		ended
			? {
					id: `rescore-run-${id}`,
					label: t('Re-score {name}', { name }),
					synonyms: t('mark score again scorer judge run evaluation'),
					icon: ListChecks,
					run: () => layout.go({ section: 'evaluate', part: formatEvaluateRoute({ kind: 'mark', id }) }),
				}
			: null,
		run.status === 'running' || run.status === 'waiting'
			? {
					id: `pause-run-${id}`,
					label: t('Pause {name}', { name }),
					synonyms: t('stop hold run evaluation'),
					icon: Pause,
					run: () => void evaluations.pause(id),
				}
			: null,
		run.status === 'paused'
			? {
					id: `resume-run-${id}`,
					label: t('Resume {name}', { name }),
					synonyms: t('continue run evaluation'),
					icon: Play,
					run: () => void evaluations.resume(id),
				}
			: null,
		{
			id: `baseline-run-${id}`,
			label: run.baseline ? t('{name}: no longer the baseline', { name }) : t('Make {name} the baseline', { name }),
			synonyms: t('reference compare run evaluation'),
			icon: Flag,
			run: () => void evaluations.setBaseline(id, !run.baseline),
		},
		...evaluationExportSchema.options.map((format) => ({
			id: `export-run-${id}-${format}`,
			label: t('Export {name} as {format}', { name, format: formats[format] }),
			synonyms: t('save download file run evaluation yaml'),
			icon: FileOutput,
			run: () => void exportRun(services, id, format),
		})),
		{
			id: `delete-run-${id}`,
			label: t('Delete {name}', { name }),
			synonyms: t('remove trash run evaluation'),
			icon: Trash2,
			run: () => void deleteRun(services, id),
		},
	];
	return commands.filter((command) => command !== null);
}
