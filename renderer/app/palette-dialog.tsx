import { useStore } from 'zustand';
import { NewDatasetDialog } from '../dataset/dataset-list.tsx';
import { AddDocumentsDialog } from '../documents/add-documents-dialog.tsx';
import { NewCollectionDialog } from '../documents/collection-list.tsx';
import { QuantizeDialog } from '../library/quantize-dialog.tsx';
import { PresetEditor } from '../preset/preset-list.tsx';
import { NewPromptDialog } from '../prompt/prompt-list.tsx';
import { useServices } from '../services.ts';

/** The dialog that a command of the palette opened: it has no screen that would show it. */
export function PaletteDialog() {
	const { layout, models, presets } = useServices();
	const asked = useStore(layout.state, (state) => state.asked);
	const files = useStore(models.state, (state) => state.models);
	const all = useStore(presets.state);
	const close = () => layout.set({ asked: null });
	switch (asked?.what) {
		case 'new-dataset':
			return <NewDatasetDialog onClose={close} />;
		case 'new-collection':
			return <NewCollectionDialog onClose={close} />;
		case 'add-documents':
			return <AddDocumentsDialog onClose={close} />;
		case 'new-prompt':
			return <NewPromptDialog onClose={close} />;
		case 'quantise': {
			const model = files.find(({ id }) => id === asked.modelId);
			return model === undefined ? null : <QuantizeDialog model={model} onClose={close} />;
		}
		case 'preset': {
			const preset = all.find(({ id }) => id === asked.presetId);
			return <PresetEditor preset={preset ?? null} onClose={close} />;
		}
		case undefined:
			return null;
	}
}
