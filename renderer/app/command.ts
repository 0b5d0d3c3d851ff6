import type { LucideIcon } from 'lucide-react';
import type { ShortcutId } from './keyboard/key-bindings.ts';

/** Something that can be done from anywhere: a line of the palette. */
export interface Command {
	id: string;
	label: string;
	icon: LucideIcon;
	shortcut?: ShortcutId;
	run: () => void;
}
