import { ChartColumn, FileOutput, Globe, Trash2 } from 'lucide-react';
import type { Command } from '../app/command.ts';
import { t } from '../messages/t.ts';
import type { Services } from '../services.ts';
import { clearLog, exportLog } from './log-view.tsx';

/** Lists commands for the log and the usage figures. */
export function listActivityCommands(services: Services): Command[] {
	const open = (part: string) => () => services.layout.go({ section: 'activity', part });
	return [
		{
			id: 'network-requests',
			label: t('Show network requests'),
			synonyms: t('privacy online connections log hosts activity'),
			icon: Globe,
			run: open('network'),
		},
		{
			id: 'usage',
			label: t('Show usage'),
			synonyms: t('tokens statistics speed days chart activity'),
			icon: ChartColumn,
			run: open('usage'),
		},
		...(['csv', 'json'] as const).map((format) => ({
			id: `export-log-${format}`,
			label: t('Export the activity log as {format}', { format: format.toUpperCase() }),
			synonyms: t('save events download'),
			icon: FileOutput,
			run: () => void exportLog(services, format),
		})),
		{
			id: 'clear-log',
			label: t('Clear the activity log'),
			synonyms: t('delete events history privacy'),
			icon: Trash2,
			run: () => void clearLog(services),
		},
	];
}
