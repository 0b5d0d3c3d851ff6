import { ratingKeys } from '../../feedback/rating-keys.ts';

/** Every command that has a shortcut. */
export type ShortcutId =
	| 'palette'
	| 'new-conversation'
	| 'temporary-conversation'
	| 'new-page'
	| 'search'
	| 'find'
	| 'chat'
	| 'evaluate'
	| 'compare'
	| 'models'
	| 'datasets'
	| 'prompts'
	| 'feedback'
	| 'activity'
	| 'settings'
	| 'toggle-list'
	| 'toggle-inspector'
	| 'shortcuts'
	| 'answer-again'
	| 'continue-answer'
	| 'branch-previous'
	| 'branch-next'
	| 'copy-answer'
	| 'add-to-dataset';

/** Groups of changeable shortcuts, by where they work. */
export const shortcutGroups = ['Everywhere', 'In a conversation'] as const;

export interface Shortcut {
	readonly id: ShortcutId;
	readonly label: string;
	readonly group: (typeof shortcutGroups)[number];
	/** Default combinations in the window and in a browser tab, where Alt replaces Ctrl if the browser owns the key. */
	readonly window: string;
	readonly tab: string;
}

type Row = readonly [id: ShortcutId, label: string, window: string, tab?: string];

const everywhere: readonly Row[] = [
	['palette', 'Command palette', 'Mod+KeyK'],
	['new-conversation', 'New conversation', 'Mod+KeyN', 'Alt+KeyN'],
	['temporary-conversation', 'New temporary conversation', 'Mod+Shift+KeyN', 'Alt+Shift+KeyN'],
	['new-page', 'New page', 'Mod+Shift+KeyE', 'Alt+Shift+KeyE'],
	['search', 'Search conversations', 'Mod+KeyF', 'Alt+KeyF'],
	['chat', 'Chat', 'Mod+Digit1', 'Alt+Digit1'],
	['evaluate', 'Evaluate', 'Mod+Digit2', 'Alt+Digit2'],
	['compare', 'Compare', 'Mod+Digit3', 'Alt+Digit3'],
	['models', 'Models', 'Mod+Digit4', 'Alt+Digit4'],
	['datasets', 'Datasets', 'Mod+Digit5', 'Alt+Digit5'],
	['prompts', 'Prompts', 'Mod+Digit6', 'Alt+Digit6'],
	['feedback', 'Feedback', 'Mod+Digit7', 'Alt+Digit7'],
	['activity', 'Activity', 'Mod+Digit8', 'Alt+Digit8'],
	['settings', 'Settings', 'Mod+Comma'],
	['toggle-list', 'Show or hide the list', 'Mod+KeyB'],
	['toggle-inspector', 'Show or hide the settings pane', 'Mod+KeyI'],
	['shortcuts', 'Keyboard shortcuts', 'Mod+Slash'],
];

const inConversation: readonly Row[] = [
	['find', 'Find in the conversation', 'Mod+Shift+KeyF', 'Alt+Shift+KeyF'],
	['answer-again', 'Answer again', 'Mod+KeyR', 'Alt+KeyR'],
	['continue-answer', 'Continue answer', 'Mod+Shift+Enter', 'Mod+Shift+Enter'],
	['branch-previous', 'Previous version', 'Alt+BracketLeft'],
	['branch-next', 'Next version', 'Alt+BracketRight'],
	['copy-answer', 'Copy the last answer', 'Mod+Shift+KeyC', 'Alt+KeyC'],
	['add-to-dataset', 'Add the answer to a dataset', 'Mod+KeyD'],
];

const inGroup =
	(group: Shortcut['group']) =>
	([id, label, window, tab = window]: Row): Shortcut => ({ id, label, group, window, tab });

/** Every shortcut in display order. */
export const shortcuts: readonly Shortcut[] = [
	...everywhere.map(inGroup('Everywhere')),
	...inConversation.map(inGroup('In a conversation')),
];

export interface KeyGroup {
	readonly name: string;
	readonly keys: readonly { readonly label: string; readonly keys: string }[];
}

/** Keys that belong to the focused element and can't be changed. */
export const fixedKeys: readonly KeyGroup[] = [
	{
		name: 'In the composer',
		keys: [
			{ label: 'Send', keys: 'Enter' },
			{ label: 'New line', keys: 'Shift Enter' },
			{ label: 'Stop answer, close', keys: 'Esc' },
			{ label: 'Edit last message', keys: 'Up' },
			{ label: 'Next region', keys: 'F6' },
		],
	},
	{ name: 'On an answer', keys: ratingKeys },
	{
		name: 'On a page',
		keys: [
			{ label: 'Continue at the cursor', keys: 'Ctrl Enter' },
			{ label: 'Stop', keys: 'Esc' },
			{ label: 'Undo, redo', keys: 'Ctrl Z, Ctrl Shift Z' },
		],
	},
	{
		name: 'In the conversation list',
		keys: [
			{ label: 'Rename', keys: 'F2' },
			{ label: 'Pin', keys: 'P' },
			{ label: 'Archive', keys: 'E' },
			{ label: 'Select', keys: 'Space' },
			{ label: 'Select more', keys: 'Shift Down' },
			{ label: 'Move to trash', keys: 'Del' },
		],
	},
	{
		name: 'In samples, prompts and activity',
		keys: [
			{ label: 'Next, previous', keys: 'J, K' },
			{ label: 'Edit sample, open entry', keys: 'Enter' },
			{ label: 'Save sample or correction', keys: 'Ctrl Enter' },
			{ label: 'Try prompt on its sample', keys: 'Ctrl Enter' },
			{ label: 'Copy row', keys: 'Ctrl C' },
			{ label: 'Remove sample', keys: 'Del' },
		],
	},
	{
		name: 'In runs and results',
		keys: [
			{ label: 'Pause run', keys: 'Space' },
			{ label: 'Select run to compare', keys: 'C' },
			{ label: 'Set as baseline', keys: 'B' },
		],
	},
];
