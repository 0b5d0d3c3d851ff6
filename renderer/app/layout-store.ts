import { createStore, type StoreApi } from 'zustand/vanilla';

export type Section =
	| 'chat'
	| 'trash'
	| 'evaluate'
	| 'compare'
	| 'models'
	| 'datasets'
	| 'prompts'
	| 'feedback'
	| 'activity'
	| 'settings';

/** The current place, kept in the address so that reload and the back button return to it. */
export type Route =
	| { section: 'chat'; conversationId: number | null; temporary?: true }
	| { section: 'trash' }
	/** evaluation/evaluate-route.ts parses `part`; null: the newest run. */
	| { section: 'evaluate'; part: string | null }
	| { section: 'compare' }
	| { section: 'models' }
	/** null: the last one viewed, else the first. */
	| { section: 'datasets'; datasetId: number | null }
	| { section: 'prompts'; promptId: number | null }
	| { section: 'feedback' }
	/** 'usage', or the one kind of entry that the log shows; null: the whole log. */
	| { section: 'activity'; part: string | null }
	| { section: 'settings'; part: string | null };

export interface LayoutState {
	route: Route;
	/** Whether the list is shown, as a pane (wide) or as an overlay (narrow). */
	listOpen: boolean;
	listOverlay: boolean;
	inspectorOverlay: boolean;
	palette: boolean;
	shortcuts: boolean;
	/** Id of the conversation whose title is being edited in place. */
	renaming: number | null;
	/** Id of the user's message that is being edited in place. */
	editing: number | null;
	/** Whether the field that finds text in the conversation is shown. */
	finding: boolean;
	/** Id of the message, such as a search result, to scroll to once it has loaded. */
	target: number | null;
}

export interface LayoutStore {
	readonly state: StoreApi<LayoutState>;
	go(route: Route): void;
	set(part: Partial<Omit<LayoutState, 'route'>>): void;
}

export function createLayoutStore(location: Location, history: History): LayoutStore {
	const state = createStore<LayoutState>(() => ({
		route: parseRoute(location.hash),
		listOpen: true,
		listOverlay: false,
		inspectorOverlay: false,
		palette: false,
		shortcuts: false,
		renaming: null,
		editing: null,
		finding: false,
		target: null,
	}));
	globalThis.addEventListener('popstate', () => state.setState({ route: parseRoute(location.hash) }));
	return {
		state,
		go(route) {
			const address = formatRoute(route);
			if (address !== location.hash) history.pushState(null, '', location.pathname + location.search + address);
			state.setState({
				route,
				listOverlay: false,
				inspectorOverlay: false,
				palette: false,
				renaming: null,
				editing: null,
				finding: false,
			});
		},
		set: (part) => state.setState(part),
	};
}

/** Parses an address: `#/chat/12` → the conversation with id 12. Anything unknown opens a new conversation. */
export function parseRoute(hash: string): Route {
	const [, section = '', rest] = hash.split('/');
	const number = Number(rest);
	const id = Number.isInteger(number) && number > 0 ? number : null;
	switch (section) {
		case 'trash':
		case 'compare':
		case 'models':
		case 'feedback':
			return { section };
		case 'datasets':
			return { section, datasetId: id };
		case 'prompts':
			return { section, promptId: id };
		case 'evaluate':
		case 'activity':
		case 'settings':
			return { section, part: rest ?? null };
		default:
			if (rest === 'temporary') return { section: 'chat', conversationId: null, temporary: true };
			return { section: 'chat', conversationId: id };
	}
}

export function formatRoute(route: Route): string {
	const part = routePart(route);
	return part === null ? `#/${route.section}` : `#/${route.section}/${part}`;
}

function routePart(route: Route): number | string | null {
	switch (route.section) {
		case 'chat':
			return route.temporary ? 'temporary' : route.conversationId;
		case 'datasets':
			return route.datasetId;
		case 'prompts':
			return route.promptId;
		case 'evaluate':
		case 'activity':
		case 'settings':
			return route.part;
		case 'trash':
		case 'compare':
		case 'models':
		case 'feedback':
			return null;
	}
}

/** Returns the start page of a section. */
export function sectionStart(section: Section): Route {
	return parseRoute(`#/${section}`);
}
