import { createStore, type StoreApi } from 'zustand/vanilla';
import { formatRoute, parseRoute, type Route } from './route.ts';

/** A dialog that opens over any screen. */
export type PaletteDialog =
	| { readonly what: 'new-dataset' | 'new-collection' | 'add-documents' | 'new-prompt' }
	| { readonly what: 'quantise'; readonly modelId: number }
	/** null: a new preset. */
	| { readonly what: 'preset'; readonly presetId: number | null };

export interface LayoutState {
	route: Route;
	/** Whether the list is shown, as a pane (wide) or as an overlay (narrow). */
	listOpen: boolean;
	listOverlay: boolean;
	inspectorOverlay: boolean;
	palette: boolean;
	shortcuts: boolean;
	/** Dialog that a command of the palette opened. */
	asked: PaletteDialog | null;
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
		asked: null,
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
