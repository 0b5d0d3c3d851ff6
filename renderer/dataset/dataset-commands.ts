import { FileInput, FileOutput, FlaskConical, ListPlus, Plus, ShieldCheck, Table2, Trash2 } from 'lucide-react';
import type { Command } from '../app/command.ts';
import { openNewRun } from '../evaluation/run-actions.ts';
import { toAddRequest } from '../feedback/filtered-answers.ts';
import { t } from '../messages/t.ts';
import type { Services } from '../services.ts';
import { findAnswerToAdd } from './add-to-dataset.ts';
import { removeDataset } from './dataset-menu.tsx';
import { exportFormats, exportSamples } from './export-menu.tsx';
import { allSamples } from './sample-list-store.ts';

/** Lists commands for datasets; `answerId` is the newest answer on the screen. */
export function listDatasetCommands(services: Services, answerId: number | null): Command[] {
	const { addingToDataset, datasetImport, layout } = services;
	const { section } = layout.state.getState().route;
	const asked = findAnswerToAdd(services, answerId, section === 'feedback' ? toAddRequest(services) : null);
	return [
		{
			id: 'new-dataset',
			label: t('New dataset'),
			synonyms: t('create samples test set'),
			icon: Plus,
			run() {
				layout.go({ section: 'datasets', datasetId: null });
				layout.set({ asked: { what: 'new-dataset' } });
			},
		},
		{
			id: 'import-samples',
			label: t('Import a dataset'),
			synonyms: t('samples csv jsonl open file add upload'),
			icon: FileInput,
			run: () => {
				layout.go({ section: 'datasets', datasetId: null });
				datasetImport.begin(null);
			},
		},
		...(asked === null
			? []
			: [
					{
						id: 'add-to-dataset',
						label:
							asked.kind === 'message' ? t('Add the answer to a dataset') : t('Add the answers shown to a dataset'),
						synonyms: t('sample save target feedback'),
						icon: ListPlus,
						shortcut: 'add-to-dataset' as const,
						run: () => addingToDataset.ask(asked),
					},
				]),
	];
}

/** Lists what can be done with each dataset. */
export function listCommandsOfDatasets(services: Services): Command[] {
	const { datasetImport, datasets, layout } = services;
	return datasets.state.getState().datasets.flatMap((dataset): Command[] => {
		const { id, name, latest } = dataset;
		const open = () => layout.go({ section: 'datasets', datasetId: id });
		return [
			{ id: `dataset-${id}`, label: name, synonyms: t('open show dataset samples'), icon: Table2, run: open },
			{
				id: `evaluate-dataset-${id}`,
				label: t('Evaluate with {name}', { name }),
				synonyms: t('dataset run test score'),
				icon: FlaskConical,
				run: () => openNewRun(services, { datasetId: id }),
			},
			{
				id: `check-dataset-${id}`,
				label: t('Check {name}', { name }),
				synonyms: t('dataset duplicates personal data quality leak pii'),
				icon: ShieldCheck,
				run() {
					open();
					datasets.show('checks');
				},
			},
			{
				id: `import-into-${id}`,
				label: t('Import samples into {name}', { name }),
				synonyms: t('dataset add file csv jsonl upload'),
				icon: FileInput,
				run() {
					open();
					datasetImport.begin(id);
				},
			},
			...exportFormats.map(({ format, words }) => ({
				id: `export-dataset-${id}-${format}`,
				label: t('Export {name}: {words}', { name, words }),
				synonyms: t('dataset save download file jsonl'),
				icon: FileOutput,
				run: () => void exportSamples(services, latest.id, allSamples, format),
			})),
			{
				id: `delete-dataset-${id}`,
				label: t('Move {name} to the trash', { name }),
				synonyms: t('dataset delete remove'),
				icon: Trash2,
				run: () => void removeDataset(services, dataset),
			},
		];
	});
}
