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

/** Where one is; kept in the address, so that a reload and the back button lead there. */
export type Route =
	| { section: 'chat'; conversationId: number | null; temporary?: true }
	| { section: 'trash' }
	/** What `part` says is known to evaluation/place.ts; null: the newest run. */
	| { section: 'evaluate'; part: string | null }
	| { section: 'compare' }
	| { section: 'models' }
	/** null: the one that was looked at last, else the first. */
	| { section: 'datasets'; datasetId: number | null }
	| { section: 'prompts'; promptId: number | null }
	| { section: 'feedback' }
	/** 'usage', or the kind that the log shows only; null: all of the log. */
	| { section: 'activity'; part: string | null }
	| { section: 'settings'; part: string | null };

export interface LayoutState {
	route: Route;
	/** The list as a pane (wide) or as an overlay (narrow). */
	listOpen: boolean;
	listOverlay: boolean;
	inspectorOverlay: boolean;
	palette: boolean;
	shortcuts: boolean;
	/** Conversation whose title is being changed in its place. */
	renaming: number | null;
	/** Own message being edited in its place. */
	editing: number | null;
	/** The field that finds words in the conversation is shown. */
	finding: boolean;
	/** Message to scroll to once it is there: what a search found. */
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

/** `#/chat/12` → the conversation with id 12. Anything unknown is a new conversation. */
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

/** Where a section begins. */
export function sectionStart(section: Section): Route {
	return parseRoute(`#/${section}`);
}
