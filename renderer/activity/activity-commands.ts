import { ChartColumn, FileOutput, Globe, Trash2 } from 'lucide-react';
import type { Command } from '../app/command.ts';
import type { Services } from '../services.ts';
import { clearLog, exportLog } from './log-view.tsx';

/** Lists commands for the log and the usage figures. */
export function listActivityCommands(services: Services): Command[] {
	const open = (part: string) => () => services.layout.go({ section: 'activity', part });
	return [
		{
			id: 'network-requests',
			label: 'Show network requests',
			synonyms: 'privacy online connections log hosts activity',
			icon: Globe,
			run: open('network'),
		},
		{
			id: 'usage',
			label: 'Show usage',
			synonyms: 'tokens statistics speed days chart activity',
			icon: ChartColumn,
			run: open('usage'),
		},
		...(['csv', 'json'] as const).map((format) => ({
			id: `export-log-${format}`,
			label: `Export the activity log as ${format.toUpperCase()}`,
			synonyms: 'save events download',
			icon: FileOutput,
			run: () => void exportLog(services, format),
		})),
		{
			id: 'clear-log',
			label: 'Clear the activity log',
			synonyms: 'delete events history privacy',
			icon: Trash2,
			run: () => void clearLog(services),
		},
	];
}
