import { Globe, HardDrive, History, Keyboard, LifeBuoy, Lock, RefreshCw } from 'lucide-react';
import type { Command } from '../app/command.ts';
import type { Services } from '../services.ts';

/** Lists the palette's settings commands, named by the words that people search for. */
export function listSettingsCommands({ layout, settings }: Services): Command[] {
	const blocked = settings.state.getState().networkBlocked;
	const open = (part: string) => () => layout.go({ section: 'settings', part });
	return [
		{ id: 'change-keys', label: 'Change keys', icon: Keyboard, run: open('keyboard') },
		{ id: 'backups', label: 'Back up or restore', icon: History, run: open('data') },
		{ id: 'storage', label: 'Free storage', icon: HardDrive, run: open('storage') },
		{ id: 'updates', label: 'Check for updates', icon: RefreshCw, run: open('updates') },
		{ id: 'diagnostics', label: 'Put together a diagnostics bundle', icon: LifeBuoy, run: open('diagnostics') },
		{
			id: 'network',
			label: blocked ? 'Allow the network' : 'Block the network',
			icon: blocked ? Globe : Lock,
			run: () => settings.change({ networkBlocked: !blocked }),
		},
	];
}
