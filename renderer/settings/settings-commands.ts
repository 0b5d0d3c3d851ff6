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
import { formatPercentage } from '../design/format.ts';
import { withEnglish } from '../messages/english.ts';
import { offeredLanguages } from '../messages/language.ts';
import { t, translate } from '../messages/t.ts';
import type { Services } from '../services.ts';
import { findNextTextSize } from './appearance.ts';

/** Lists the palette's settings commands, named by the words that people search for. */
export function listSettingsCommands({ layout, settings }: Services): Command[] {
	const { networkBlocked, textSize, theme } = settings.state.getState();
	const open = (part: string) => () => layout.go({ section: 'settings', part });
	const size = (to: number) => () => settings.change({ textSize: to });
	const [larger, smaller] = [findNextTextSize(textSize, 1), findNextTextSize(textSize, -1)];
	const appearance = t('appearance colours colors theme mode night day');
	const text = t('font zoom scale text size accessibility');
	const commands: (Command | null)[] = [
		theme === 'dark'
			? null
			: {
					id: 'dark',
					label: t('Use the dark theme'),
					synonyms: appearance,
					icon: Moon,
					run: () => settings.change({ theme: 'dark' }),
				},
		theme === 'light'
			? null
			: {
					id: 'light',
					label: t('Use the light theme'),
					synonyms: appearance,
					icon: Sun,
					run: () => settings.change({ theme: 'light' }),
				},
		larger === textSize
			? null
			: {
					id: 'larger',
					label: t('Larger text: {size}', { size: formatPercentage(larger) }),
					synonyms: text,
					icon: AArrowUp,
					run: size(larger),
				},
		smaller === textSize
			? null
			: {
					id: 'smaller',
					label: t('Smaller text: {size}', { size: formatPercentage(smaller) }),
					synonyms: text,
					icon: AArrowDown,
					run: size(smaller),
				},
		textSize === 100
			? null
			: {
					id: 'normal-text',
					label: t('Normal text size'),
					synonyms: t('font zoom scale text size accessibility reset'),
					icon: ALargeSmall,
					run: size(100),
				},
		{
			id: 'change-keys',
			label: t('Change keyboard shortcuts'),
			synonyms: t('keys hotkeys bindings rebind'),
			icon: Keyboard,
			run: open('keyboard'),
		},
		{
			id: 'backups',
			label: t('Back up or restore'),
			synonyms: t('backup copy recover data'),
			icon: History,
			run: open('data'),
		},
		{
			id: 'storage',
			label: t('Free disk space'),
			synonyms: t('storage clean up delete cache size'),
			icon: HardDrive,
			run: open('storage'),
		},
		{
			id: 'updates',
			label: t('Check for updates'),
			synonyms: t('upgrade new version release'),
			icon: RefreshCw,
			run: open('updates'),
		},
		{
			id: 'diagnostics',
			label: t('Create a diagnostics bundle'),
			synonyms: t('bug report problem crash logs support'),
			icon: LifeBuoy,
			run: open('diagnostics'),
		},
		{
			id: 'network',
			label: networkBlocked ? t('Allow the network') : t('Block the network'),
			synonyms: t('offline online privacy internet connection'),
			icon: networkBlocked ? Globe : Lock,
			run: () => settings.change({ networkBlocked: !networkBlocked }),
		},
	];
	return commands.filter((command) => command !== null);
}

/** Each setting by its label, the part of the settings that holds it, and other words for it. */
const rows: readonly (readonly [label: string, part: string, synonyms: string])[] = [
	[t('Theme'), 'appearance', t('dark light system colours colors mode')],
	[t('Text size'), 'appearance', t('font zoom larger smaller scale')],
	...(offeredLanguages().length < 2
		? []
		: [[t('Language'), 'appearance', t('translation locale english german french spanish japanese chinese')] as const]),
	[t('Settings pane in chat'), 'appearance', t('inspector sidebar panel')],
	[t('Model for new conversations'), 'answers', t('default')],
	[t('System prompt for new conversations'), 'answers', t('instructions default')],
	...samplingParameters.map(({ label }): [string, string, string] => [
		translate(label),
		'answers',
		t('sampling sampler answers'),
	]),
	[t('Answer limit'), 'answers', t('max tokens length sampling')],
	[t('Seed'), 'answers', t('random reproducible sampling')],
	[t('Stop sequences'), 'answers', t('stop strings texts sampling')],
	[t('Presets'), 'answers', t('profiles')],
	[t('Keep conversations ready'), 'memory', t('saved state kv cache disk fast restart')],
	[t('Unload idle models'), 'memory', t('memory timeout free')],
	[t('Use what is remembered in answers'), 'facts', t('memory remember facts about me')],
	[t('Suggest facts to remember'), 'facts', t('memory remember facts about me')],
	[t('Remember without asking'), 'facts', t('memory remember facts about me')],
	[t('Keyboard shortcuts'), 'keyboard', t('keys hotkeys bindings')],
	[t('Tools of models'), 'tools', t('mcp model context protocol servers functions permissions')],
	[t('Server for other programs'), 'server', t('api openai port key http localhost')],
	[t('Keep texts of requests'), 'server', t('api bodies prompts answers log privacy')],
	[t('Block the network'), 'privacy', t('offline internet')],
	[t('Model hub address'), 'privacy', t('mirror hugging face huggingface url proxy')],
	[t('Record implicit feedback'), 'privacy', t('signals copy stop telemetry usage')],
	[t('Check for updates daily'), 'updates', t('automatic upgrade version')],
	[t('Backups'), 'data', t('restore copy daily')],
	[t('Data folder'), 'data', t('path location directory files')],
	[t('Disk space'), 'storage', t('storage clean up size free')],
	[t('Diagnostics bundle'), 'diagnostics', t('bug report logs support')],
	[t('Version and licences'), 'about', t('about check health licenses open source')],
];

/** Lists every setting, for the palette to open the part that holds it. */
export function listSettingRows({ layout }: Pick<Services, 'layout'>): Command[] {
	return rows.map(([label, part, synonyms]) => ({
		id: `setting-${part}-${label}`,
		label,
		synonyms: `${withEnglish(synonyms)} ${withEnglish(t('setting settings preferences options'))}`,
		icon: Settings2,
		run: () => layout.go({ section: 'settings', part }),
	}));
}
