import {
	AArrowDown,
	AArrowUp,
	ALargeSmall,
	Globe,
	HardDrive,
	History,
	Keyboard,
	LifeBuoy,
	Lock,
	Moon,
	RefreshCw,
	Settings2,
	Sun,
} from 'lucide-react';
import { samplingParameters } from '../../models/contract/sampling-parameters.ts';
import type { Command } from '../app/command.ts';
import type { Services } from '../services.ts';
import { findNextTextSize } from './appearance.ts';

/** Lists the palette's settings commands, named by the words that people search for. */
export function listSettingsCommands({ layout, settings }: Services): Command[] {
	const { networkBlocked, textSize, theme } = settings.state.getState();
	const open = (part: string) => () => layout.go({ section: 'settings', part });
	const size = (to: number) => () => settings.change({ textSize: to });
	const [larger, smaller] = [findNextTextSize(textSize, 1), findNextTextSize(textSize, -1)];
	const appearance = 'appearance colours colors theme mode night day';
	const text = 'font zoom scale text size accessibility';
	const commands: (Command | null)[] = [
		theme === 'dark'
			? null
			: {
					id: 'dark',
					label: 'Use the dark theme',
					synonyms: appearance,
					icon: Moon,
					run: () => settings.change({ theme: 'dark' }),
				},
		theme === 'light'
			? null
			: {
					id: 'light',
					label: 'Use the light theme',
					synonyms: appearance,
					icon: Sun,
					run: () => settings.change({ theme: 'light' }),
				},
		larger === textSize
			? null
			: { id: 'larger', label: `Larger text: ${larger} %`, synonyms: text, icon: AArrowUp, run: size(larger) },
		smaller === textSize
			? null
			: { id: 'smaller', label: `Smaller text: ${smaller} %`, synonyms: text, icon: AArrowDown, run: size(smaller) },
		textSize === 100
			? null
			: { id: 'normal-text', label: 'Normal text size', synonyms: `${text} reset`, icon: ALargeSmall, run: size(100) },
		{
			id: 'change-keys',
			label: 'Change keyboard shortcuts',
			synonyms: 'keys hotkeys bindings rebind',
			icon: Keyboard,
			run: open('keyboard'),
		},
		{
			id: 'backups',
			label: 'Back up or restore',
			synonyms: 'backup copy recover data',
			icon: History,
			run: open('data'),
		},
		{
			id: 'storage',
			label: 'Free disk space',
			synonyms: 'storage clean up delete cache size',
			icon: HardDrive,
			run: open('storage'),
		},
		{
			id: 'updates',
			label: 'Check for updates',
			synonyms: 'upgrade new version release',
			icon: RefreshCw,
			run: open('updates'),
		},
		{
			id: 'diagnostics',
			label: 'Create a diagnostics bundle',
			synonyms: 'bug report problem crash logs support',
			icon: LifeBuoy,
			run: open('diagnostics'),
		},
		{
			id: 'network',
			label: networkBlocked ? 'Allow the network' : 'Block the network',
			synonyms: 'offline online privacy internet connection',
			icon: networkBlocked ? Globe : Lock,
			run: () => settings.change({ networkBlocked: !networkBlocked }),
		},
	];
	return commands.filter((command) => command !== null);
}

/** Each setting by its label, the part of the settings that holds it, and other words for it. */
const rows: readonly (readonly [label: string, part: string, synonyms: string])[] = [
	['Theme', 'appearance', 'dark light system colours colors mode'],
	['Text size', 'appearance', 'font zoom larger smaller scale'],
	['Settings pane in chat', 'appearance', 'inspector sidebar panel'],
	['Model for new conversations', 'answers', 'default'],
	['System prompt for new conversations', 'answers', 'instructions default'],
	...samplingParameters.map(({ label }): [string, string, string] => [label, 'answers', 'sampling sampler answers']),
	['Answer limit', 'answers', 'max tokens length sampling'],
	['Seed', 'answers', 'random reproducible sampling'],
	['Stop sequences', 'answers', 'stop strings texts sampling'],
	['Presets', 'answers', 'profiles'],
	['Keep conversations ready', 'memory', 'saved state kv cache disk fast restart'],
	['Unload idle models', 'memory', 'memory timeout free'],
	['Keyboard shortcuts', 'keyboard', 'keys hotkeys bindings'],
	['Server for other programs', 'server', 'api openai port key http localhost'],
	['Block the network', 'privacy', 'offline internet'],
	['Model hub address', 'privacy', 'mirror hugging face huggingface url proxy'],
	['Record implicit feedback', 'privacy', 'signals copy stop telemetry usage'],
	['Check for updates daily', 'updates', 'automatic upgrade version'],
	['Backups', 'data', 'restore copy daily'],
	['Data folder', 'data', 'path location directory files'],
	['Disk space', 'storage', 'storage clean up size free'],
	['Diagnostics bundle', 'diagnostics', 'bug report logs support'],
	['Version and licences', 'about', 'about check health licenses open source'],
];

/** Lists every setting, for the palette to open the part that holds it. */
export function listSettingRows({ layout }: Pick<Services, 'layout'>): Command[] {
	return rows.map(([label, part, synonyms]) => ({
		id: `setting-${part}-${label}`,
		label,
		synonyms: `${synonyms} setting settings preferences options`,
		icon: Settings2,
		run: () => layout.go({ section: 'settings', part }),
	}));
}
