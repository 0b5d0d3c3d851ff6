import { FileOutput, Plus, Scale, Trash2 } from 'lucide-react';
import type { Command } from '../app/command.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { saveText } from '../connection/save-file.ts';
import type { Services } from '../services.ts';

/** Command that starts a comparison. */
export function listNewComparisonCommands({ comparisons, layout }: Services): Command[] {
	return [
		{
			id: 'new-comparison',
			label: 'Compare files of a model',
			synonyms: 'new comparison quantisations quantizations benchmark which file quality speed',
			icon: Plus,
			run() {
				layout.go({ section: 'compare' });
				comparisons.plan();
			},
		},
	];
}

/** Lists what can be done with each comparison. */
export function listComparisonCommands(services: Services): Command[] {
	const { comparisons, layout, toasts } = services;
	return comparisons.state.getState().comparisons.flatMap(({ id, title }): Command[] => [
		{
			id: `comparison-${id}`,
			label: title,
			synonyms: 'open show comparison compare verdict result',
			icon: Scale,
			run() {
				layout.go({ section: 'compare' });
				void comparisons.choose(id);
			},
		},
		{
			id: `export-comparison-${id}`,
			label: `Export ${title} as JSON`,
			synonyms: 'save comparison share file',
			icon: FileOutput,
			run: () =>
				void runOrToast(services, async () => {
					const { fileName, text } = await comparisons.export(id, 'json');
					await saveText(fileName, [text]);
				}),
		},
		{
			id: `delete-comparison-${id}`,
			label: `Delete ${title}`,
			synonyms: 'remove trash comparison',
			icon: Trash2,
			run() {
				const undo = comparisons.remove(id);
				toasts.show({
					text: 'Comparison deleted',
					icon: Trash2,
					action: { label: 'Undo', run: undo },
					everywhere: true,
				});
			},
		},
	]);
}
