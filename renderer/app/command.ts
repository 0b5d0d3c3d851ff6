import type { LucideIcon } from 'lucide-react';
import type { ShortcutId } from './keyboard/key-bindings.ts';

/** An action available everywhere: one line of the palette. */
export interface Command {
	id: string;
	label: string;
	icon: LucideIcon;
	shortcut?: ShortcutId;
	run: () => void;
}
