import { ChartColumn, ChevronsRight, Server, Trash2, TriangleAlert } from 'lucide-react';
import type { Command } from '../app/command.ts';
import { t } from '../messages/t.ts';
import type { Services } from '../services.ts';
import { deleteRequests } from './request-actions.ts';
import { allRequests } from './server-store.ts';

/** Lists commands for the requests of other programs. */
export function listServerCommands(services: Services): Command[] {
	const { layout, serverPage, settings } = services;
	const open = (part: string) => () => layout.go({ section: 'activity', part });
	return [
		{
			id: 'server-requests',
			label: t('Show server requests'),
			synonyms: t('api live queue programs clients history activity'),
			icon: Server,
			run: open('server'),
		},
		{
			id: 'server-errors',
			label: t('Show failed server requests'),
			synonyms: t('api errors problems programs clients'),
			icon: TriangleAlert,
			run: () => {
				serverPage.change({ ...allRequests, outcome: 'failed' });
				layout.go({ section: 'activity', part: 'server' });
			},
		},
		{
			id: 'server-figures',
			label: t('Show server figures'),
			synonyms: t('api percentiles latency keys usage tokens statistics'),
			icon: ChartColumn,
			run: open('server-figures'),
		},
		{
			id: 'server-settings',
			label: settings.state.getState().serverOn ? t('Server settings') : t('Switch the server on'),
			synonyms: t('api openai port key http localhost serve'),
			icon: ChevronsRight,
			run: () => layout.go({ section: 'settings', part: 'server' }),
		},
		{
			id: 'delete-server-requests',
			label: t('Delete all server requests'),
			synonyms: t('clear history privacy api'),
			icon: Trash2,
			run: () => {
				serverPage.change(allRequests);
				void deleteRequests(services, null);
			},
		},
	];
}
