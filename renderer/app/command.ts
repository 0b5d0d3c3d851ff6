import type { LucideIcon } from 'lucide-react';
import type { ShortcutId } from './keyboard/key-bindings.ts';

/** Headings of the palette: general commands, and one for each kind of object. */
export type CommandGroup =
	| 'Commands'
	| 'Settings'
	| 'Conversations'
	| 'Facts'
	| 'Models'
	| 'Presets'
	| 'Datasets'
	| 'Documents'
	| 'Runs'
	| 'Comparisons'
	| 'Prompts';

/** An action available everywhere: one line of the palette. */
export interface Command {
	id: string;
	label: string;
	icon: LucideIcon;
	/** Other words that people search for, separated by spaces: "compress smaller". */
	synonyms?: string;
	/** Says more than the label, on its right. */
	detail?: string;
	shortcut?: ShortcutId;
	run: () => void;
}
