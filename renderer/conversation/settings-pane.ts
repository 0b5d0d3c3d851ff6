import { useStore } from 'zustand';
import { hasRoomForInspector, useWindowWidth } from '../app/use-window-width.ts';
import { type Services, useServices } from '../services.ts';
import { closeSource } from './ledger/shown-source.ts';

/** Whether the conversation's settings are shown beside it. A narrow window has no room for them, and an open source takes their place. */
export function useSettingsPaneShown(): boolean {
	const { settings, shownSource } = useServices();
	const wide = useWindowWidth() === 'wide';
	const open = useStore(settings.state, (state) => state.inspectorOpen);
	const source = useStore(shownSource, (shown) => shown !== null);
	return wide && open && !source;
}

/** Shows or hides the settings of the conversation. A source that has their place is closed. */
export function toggleSettingsPane({ layout, settings, shownSource }: Services): void {
	const covered = shownSource.getState() !== null && layout.state.getState().route.section === 'chat';
	// A focus elsewhere, as on the button of the pane, stays where it is.
	if (covered && document.activeElement?.closest('[data-source-pane]') != null) closeSource(shownSource);
	if (covered) shownSource.setState(null, true);
	if (hasRoomForInspector()) settings.change({ inspectorOpen: covered || !settings.state.getState().inspectorOpen });
	else layout.set({ inspectorOverlay: covered || !layout.state.getState().inspectorOverlay });
}
