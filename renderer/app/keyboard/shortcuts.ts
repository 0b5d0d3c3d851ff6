import { ratingKeys } from '../../feedback/rating-keys.ts';
import { t } from '../../messages/t.ts';

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
	| 'documents'
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
export const shortcutGroups = [t('Everywhere'), t('In a conversation')] as const;

export interface Shortcut {
	readonly id: ShortcutId;
	readonly label: string;
	readonly group: string;
	/** Default combinations in the window and in a browser tab, where Alt replaces Ctrl if the browser owns the key. */
	readonly window: string;
	readonly tab: string;
}

type Row = readonly [id: ShortcutId, label: string, window: string, tab?: string];

const everywhere: readonly Row[] = [
	['palette', t('Command palette'), 'Mod+KeyK'],
	['new-conversation', t('New conversation'), 'Mod+KeyN', 'Alt+KeyN'],
	['temporary-conversation', t('New temporary conversation'), 'Mod+Shift+KeyN', 'Alt+Shift+KeyN'],
	['new-page', t('New page'), 'Mod+Shift+KeyE', 'Alt+Shift+KeyE'],
	['search', t('Search conversations'), 'Mod+KeyF', 'Alt+KeyF'],
	['chat', t('Chat'), 'Mod+Digit1', 'Alt+Digit1'],
	['evaluate', t('Evaluate'), 'Mod+Digit2', 'Alt+Digit2'],
	['compare', t('Compare'), 'Mod+Digit3', 'Alt+Digit3'],
	['models', t('Models'), 'Mod+Digit4', 'Alt+Digit4'],
	['datasets', t('Datasets'), 'Mod+Digit5', 'Alt+Digit5'],
	['documents', t('Documents'), 'Mod+Digit6', 'Alt+Digit6'],
	['prompts', t('Prompts'), 'Mod+Digit7', 'Alt+Digit7'],
	['feedback', t('Feedback'), 'Mod+Digit8', 'Alt+Digit8'],
	['activity', t('Activity'), 'Mod+Digit9', 'Alt+Digit9'],
	['settings', t('Settings'), 'Mod+Comma'],
	['toggle-list', t('Show or hide the list'), 'Mod+KeyB'],
	['toggle-inspector', t('Show or hide the settings pane'), 'Mod+KeyI'],
	['shortcuts', t('Keyboard shortcuts'), 'Mod+Slash'],
];

const inConversation: readonly Row[] = [
	['find', t('Find in the conversation'), 'Mod+Shift+KeyF', 'Alt+Shift+KeyF'],
	['answer-again', t('Answer again'), 'Mod+KeyR', 'Alt+KeyR'],
	['continue-answer', t('Continue answer'), 'Mod+Shift+Enter', 'Mod+Shift+Enter'],
	['branch-previous', t('Previous version'), 'Alt+BracketLeft'],
	['branch-next', t('Next version'), 'Alt+BracketRight'],
	['copy-answer', t('Copy the last answer'), 'Mod+Shift+KeyC', 'Alt+KeyC'],
	['add-to-dataset', t('Add the answer to a dataset'), 'Mod+KeyD'],
];

const inGroup =
	(group: Shortcut['group']) =>
	([id, label, window, tab = window]: Row): Shortcut => ({ id, label, group, window, tab });

/** Every shortcut in display order. */
export const shortcuts: readonly Shortcut[] = [
	...everywhere.map(inGroup(shortcutGroups[0])),
	...inConversation.map(inGroup(shortcutGroups[1])),
];

export interface KeyGroup {
	readonly name: string;
	readonly keys: readonly { readonly label: string; readonly keys: string }[];
}

/** Keys that belong to the focused element and can't be changed. */
export const fixedKeys: readonly KeyGroup[] = [
	{
		name: t('In the composer'),
		keys: [
			{ label: t('Send'), keys: t('Enter', {}, 'key') },
			{ label: t('New line'), keys: t('Shift Enter') },
			{ label: t('Stop answer, close'), keys: t('Esc', {}, 'key') },
			{ label: t('Edit last message'), keys: t('Up', {}, 'key') },
			{ label: t('Next region'), keys: 'F6' },
		],
	},
	{ name: t('On an answer'), keys: ratingKeys },
	{
		name: t('On a page'),
		keys: [
			{ label: t('Continue at the cursor'), keys: t('Ctrl Enter') },
			{ label: t('Stop'), keys: t('Esc', {}, 'key') },
			{ label: t('Undo, redo'), keys: t('Ctrl Z, Ctrl Shift Z') },
		],
	},
	{
		name: t('In the conversation list'),
		keys: [
			{ label: t('Rename'), keys: 'F2' },
			{ label: t('Pin'), keys: 'P' },
			{ label: t('Archive'), keys: 'E' },
			{ label: t('Select'), keys: t('Space', {}, 'key') },
			{ label: t('Select more'), keys: t('Shift Down') },
			{ label: t('Move to trash'), keys: t('Del', {}, 'key') },
		],
	},
	{
		name: t('In samples, prompts and activity'),
		keys: [
			{ label: t('Next, previous'), keys: 'J, K' },
			{ label: t('Edit sample, open entry'), keys: t('Enter', {}, 'key') },
			{ label: t('Save sample or correction'), keys: t('Ctrl Enter') },
			{ label: t('Try prompt on its sample'), keys: t('Ctrl Enter') },
			{ label: t('Copy row'), keys: t('Ctrl C') },
			{ label: t('Remove sample'), keys: t('Del', {}, 'key') },
		],
	},
	{
		name: t('In runs and results'),
		keys: [
			{ label: t('Pause run'), keys: t('Space', {}, 'key') },
			{ label: t('Select run to compare'), keys: 'C' },
			{ label: t('Set as baseline'), keys: 'B' },
		],
	},
];
