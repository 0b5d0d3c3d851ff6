import { FileOutput, Plus, Scale, Trash2 } from 'lucide-react';
import type { Command } from '../app/command.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { saveText } from '../connection/save-file.ts';
import { t } from '../messages/t.ts';
import type { Services } from '../services.ts';

/** Command that starts a comparison. */
export function listNewComparisonCommands({ comparisons, layout }: Services): Command[] {
	return [
		{
			id: 'new-comparison',
			label: t('Compare files of a model'),
			synonyms: t('new comparison quantisations quantizations benchmark which file quality speed'),
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
			synonyms: t('open show comparison compare verdict result'),
			icon: Scale,
			run() {
				layout.go({ section: 'compare' });
				void comparisons.choose(id);
			},
		},
		{
			id: `export-comparison-${id}`,
			label: t('Export {title} as JSON', { title }),
			synonyms: t('save comparison share file'),
			icon: FileOutput,
			run: () =>
				void runOrToast(services, async () => {
					const { fileName, text } = await comparisons.export(id, 'json');
					await saveText(fileName, [text]);
				}),
		},
		{
			id: `delete-comparison-${id}`,
			label: t('Delete {title}', { title }),
			synonyms: t('remove trash comparison'),
			icon: Trash2,
			run() {
				const undo = comparisons.remove(id);
				toasts.show({
					text: t('Comparison deleted'),
					icon: Trash2,
					action: { label: t('Undo'), run: undo },
					everywhere: true,
				});
			},
		},
	]);
}
