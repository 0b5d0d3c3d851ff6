import { FileInput, ListPlus } from 'lucide-react';
import type { Command } from '../app/command.ts';
import { toAddRequest } from '../feedback/filtered-answers.ts';
import type { Services } from '../services.ts';
import { findAnswerToAdd } from './add-to-dataset.ts';

/** Lists commands for datasets; `answerId` is the newest answer on the screen. */
export function listDatasetCommands(services: Services, answerId: number | null): Command[] {
	const { addingToDataset, datasetImport, layout } = services;
	const { section } = layout.state.getState().route;
	const asked = findAnswerToAdd(services, answerId, section === 'feedback' ? toAddRequest(services) : null);
	return [
		{
			id: 'import-samples',
			label: 'Import a dataset',
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
						label: asked.kind === 'message' ? 'Add the answer to a dataset' : 'Add the answers shown to a dataset',
						icon: ListPlus,
						shortcut: 'add-to-dataset' as const,
						run: () => addingToDataset.ask(asked),
					},
				]),
	];
}
