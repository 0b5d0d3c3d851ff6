import { PanelLeft } from 'lucide-react';
import { useStore } from 'zustand';
import { IconButton } from '../design/button.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { formatShortcut } from './keyboard/key-bindings.ts';
import { findSectionList } from './section-list.tsx';
import { useWindowWidth } from './use-window-width.ts';

/** Whether the section's list is hidden: closed, or an overlay in a narrow window. */
export function useListHidden(): boolean {
	const { layout } = useServices();
	const listOpen = useStore(layout.state, (state) => state.listOpen);
	return useWindowWidth() === 'narrow' || !listOpen;
}

/** Shows or hides the list. It appears at the start of a header if the list is hidden or the window is medium. */
export function ListToggle() {
	const { layout } = useServices();
	const width = useWindowWidth();
	const hidden = useListHidden();
	const list = useStore(layout.state, ({ route }) => findSectionList(route.section));
	if (!hidden && width !== 'medium') return null;
	return (
		<IconButton
			icon={PanelLeft}
			label={hidden ? (list?.show ?? t('Show list')) : (list?.hide ?? t('Hide list'))}
			keys={formatShortcut('toggle-list')}
			className="-ml-2.5"
			onClick={() => layout.set(width === 'narrow' ? { listOverlay: true } : { listOpen: hidden })}
		/>
	);
}
