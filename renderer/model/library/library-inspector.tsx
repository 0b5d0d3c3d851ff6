import { Drawer } from '../../app/frame/sheet-overlay.tsx';
import { useWindowWidth } from '../../app/media.ts';
import { useServices } from '../../services.ts';
import { ModelInspector } from '../inspector/model-inspector.tsx';
import { removeModel } from './remove-model.ts';
import { useInspectedModel } from './use-chosen.ts';

/** The chosen model beside the table, or over it where the window is narrow. */
export function LibraryInspector() {
	const services = useServices();
	const { models } = services;
	const wide = useWindowWidth() === 'wide';
	const selected = useInspectedModel();
	const close = () => models.view.setState({ chosen: null });
	const inspector = selected ? (
		<ModelInspector
			key={selected.id}
			model={selected}
			onRemove={() => void removeModel(services, selected)}
			onClose={wide ? undefined : close}
		/>
	) : null;
	if (!wide) {
		return (
			<Drawer open={inspector !== null} onClose={close} side="right" label="Model">
				{inspector}
			</Drawer>
		);
	}
	if (inspector === null) return null;
	return (
		<aside
			aria-label="Model"
			data-region
			className="flex min-h-0 w-(--inspector) flex-none flex-col border-l border-line"
		>
			{inspector}
		</aside>
	);
}
