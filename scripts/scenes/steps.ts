/** What a scene does on its page, as told by the process that knows the scenes to the page that shows one. */

/** Part of the way from the document to an element. */
export type Part =
	| { by: 'role'; role: string; name?: Pattern; exact?: boolean; level?: number }
	| { by: 'text'; text: Pattern; exact?: boolean }
	| { by: 'label'; text: Pattern; exact?: boolean }
	| { by: 'css'; selector: string }
	| { by: 'filter'; hasText: Pattern }
	/** -1: the last. */
	| { by: 'nth'; index: number };

/** A text to be found, or a regular expression. */
export type Pattern = string | { source: string; flags: string };

export interface GivenFile {
	name: string;
	type: string;
	base64: string;
}

export type Action =
	| { do: 'click'; button: 'left' | 'right'; modifiers: readonly string[] }
	| { do: 'hover' | 'check' | 'focus' | 'scrollIntoView' | 'isVisible' | 'waitFor' }
	| { do: 'fill'; text: string }
	| { do: 'press'; key: string }
	| { do: 'setFiles'; files: readonly GivenFile[] }
	/** A function of the scene, as the address of a module that exports it. */
	| { do: 'run'; module: string };

/** `path` null: the page itself, or what has the focus. */
export interface Step {
	id: number;
	path: readonly Part[] | null;
	action: Action;
}

export type Reply = { id: number; value: unknown } | { id: number; error: string };

/** What is known of a scene before it is shown. */
export interface SceneEntry {
	name: string;
	/** Whether something is done on it after it was opened. */
	acts: boolean;
}

/** A scene that was opened: the page connects with the token and looks at the route. */
export interface OpenedScene {
	token: string;
	route: string;
}
