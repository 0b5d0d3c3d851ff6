/** Steps of a scene on its page, sent from the process that knows the scenes to the page that shows one. */

/** Part of the way from the document to an element. */
export type Part =
	| { by: 'role'; role: string; name?: Pattern; exact?: boolean; level?: number }
	| { by: 'text'; text: Pattern; exact?: boolean }
	| { by: 'label'; text: Pattern; exact?: boolean }
	| { by: 'css'; selector: string }
	| { by: 'filter'; hasText: Pattern }
	/** -1 is the last. */
	| { by: 'nth'; index: number };

/** A text to find, or a regular expression. */
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
	/** A function of the scene, given as the address of a module that exports it. */
	| { do: 'run'; module: string };

/** If `path` is null, the step acts on the page itself or the focused element. */
export interface Step {
	id: number;
	path: readonly Part[] | null;
	action: Action;
}

export type Reply = { id: number; value: unknown } | { id: number; error: string };

/** Facts about a scene that are known before it is shown. */
export interface SceneEntry {
	name: string;
	/** Whether the scene acts on the page after opening it. */
	acts: boolean;
}

/** An opened scene: the page connects with the token and opens the route. */
export interface OpenedScene {
	token: string;
	route: string;
}
