import { createStore, type StoreApi } from 'zustand/vanilla';

export type Section = 'chat' | 'trash' | 'compare' | 'models' | 'feedback' | 'settings';

/** Where one is; kept in the address, so that a reload and the back button lead there. */
export type Route =
	| { section: 'chat'; conversationId: number | null; temporary?: true }
	| { section: 'trash' }
	| { section: 'compare' }
	| { section: 'models' }
	| { section: 'feedback' }
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
	/** Message to scroll to once it is there: what a search found. */
	target: number | null;
}

export interface Layout {
	readonly state: StoreApi<LayoutState>;
	go(route: Route): void;
	set(part: Partial<Omit<LayoutState, 'route'>>): void;
}

export function createLayout(location: Location, history: History): Layout {
	const state = createStore<LayoutState>(() => ({
		route: parseRoute(location.hash),
		listOpen: true,
		listOverlay: false,
		inspectorOverlay: false,
		palette: false,
		shortcuts: false,
		renaming: null,
		editing: null,
		target: null,
	}));
	globalThis.addEventListener('popstate', () => state.setState({ route: parseRoute(location.hash) }));
	return {
		state,
		go(route) {
			const address = routeAddress(route);
			if (address !== location.hash) history.pushState(null, '', location.pathname + location.search + address);
			state.setState({
				route,
				listOverlay: false,
				inspectorOverlay: false,
				palette: false,
				renaming: null,
				editing: null,
			});
		},
		set: (part) => state.setState(part),
	};
}

/** `#/chat/12` → the conversation with id 12. Anything unknown is a new conversation. */
export function parseRoute(hash: string): Route {
	const [, section, rest] = hash.split('/');
	if (section === 'trash' || section === 'compare' || section === 'models' || section === 'feedback')
		return { section };
	if (section === 'settings') return { section, part: rest ?? null };
	if (rest === 'temporary') return { section: 'chat', conversationId: null, temporary: true };
	const id = Number(rest);
	return { section: 'chat', conversationId: Number.isInteger(id) && id > 0 ? id : null };
}

export function routeAddress(route: Route): string {
	if (route.section === 'chat' && route.temporary) return '#/chat/temporary';
	if (route.section === 'chat') return route.conversationId === null ? '#/chat' : `#/chat/${route.conversationId}`;
	if (route.section === 'settings' && route.part !== null) return `#/settings/${route.part}`;
	return `#/${route.section}`;
}
