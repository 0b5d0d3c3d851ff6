import {
	Box,
	FlaskConical,
	FolderPlus,
	MemoryStick,
	MessageSquare,
	PackageMinus,
	Scale,
	Search,
	Star,
	Trash2,
} from 'lucide-react';
import type { ModelFile } from '../../electron/contract/library/schema.ts';
import type { Command } from '../app/command.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { chatRoute } from '../conversation/thread/thread-state.ts';
import { openNewRun } from '../evaluation/run-actions.ts';
import { t } from '../messages/t.ts';
import type { Services } from '../services.ts';
import type { ModelsView } from './library-store.ts';
import { removeModel, showModel } from './model-actions.ts';

/** Lists commands for the library as a whole. */
export function listLibraryCommands({ layout, models }: Services): Command[] {
	const open = (view: Partial<ModelsView>) => () => {
		layout.go({ section: 'models' });
		models.view.setState(view);
	};
	return [
		{
			id: 'download-model',
			label: t('Download a model'),
			synonyms: t('get fetch pull hub hugging face huggingface search gguf'),
			icon: Search,
			run: open({ tab: 'get' }),
		},
		{
			id: 'add-model',
			label: t('Add model files or folders'),
			synonyms: t('import gguf scan lm studio ollama file'),
			icon: FolderPlus,
			run: open({ tab: 'here', dialog: { kind: 'add' } }),
		},
	];
}

/** Lists what can be done with each usable model. */
export function listModelCommands(services: Services): Command[] {
	const { states, models: files } = services.models.state.getState();
	return files
		.filter(({ problem }) => problem === null)
		.flatMap((file) => listCommandsFor(services, file, states[file.id]?.state === 'loaded'));
}

function listCommandsFor(services: Services, file: ModelFile, loaded: boolean): Command[] {
	const { comparisons, layout, models, thread } = services;
	const { id } = file;
	const name = file.name.includes(file.quantization) ? file.name : `${file.name} ${file.quantization}`;
	const commands: (Command | null)[] = [
		file.chat
			? {
					id: `chat-with-${id}`,
					label: t('Chat with {name}', { name }),
					synonyms: t('answer use switch talk choose model'),
					icon: MessageSquare,
					run: () =>
						void runOrToast(services, async () => {
							await thread.setModel(id);
							layout.go(chatRoute(thread.state.getState()));
						}),
				}
			: null,
		{
			id: `show-model-${id}`,
			label: t('Open {name}', { name }),
			synonyms: t('show model file details inspect facts template'),
			icon: Box,
			run: () => showModel(services, id),
		},
		loaded
			? {
					id: `unload-${id}`,
					label: t('Unload {name}', { name }),
					synonyms: t('model memory free eject stop'),
					icon: MemoryStick,
					run: () => void runOrToast(services, () => models.unload(id)),
				}
			: {
					id: `load-${id}`,
					label: t('Load {name}', { name }),
					synonyms: t('model memory start warm'),
					icon: MemoryStick,
					run: () => void models.load(id),
				},
		{
			id: `quantise-${id}`,
			label: t('Quantise {name}', { name }),
			synonyms: t('quantize model compress smaller convert reduce imatrix gguf q4 q8'),
			icon: PackageMinus,
			run: () => layout.set({ asked: { what: 'quantise', modelId: id } }),
		},
		{
			id: `compare-model-${id}`,
			label: t('Compare files with {name}', { name }),
			synonyms: t('model comparison quality speed benchmark perplexity kl divergence'),
			icon: Scale,
			run() {
				comparisons.plan({ referenceId: null, candidateIds: [id] });
				layout.go({ section: 'compare' });
			},
		},
		{
			id: `evaluate-model-${id}`,
			label: t('Evaluate {name}', { name }),
			synonyms: t('model run test score accuracy'),
			icon: FlaskConical,
			run: () => openNewRun(services, { modelFileId: id }),
		},
		file.chat
			? {
					id: `default-model-${id}`,
					label: t('Use {name} for new conversations', { name }),
					synonyms: t('model default'),
					icon: Star,
					run: () => void runOrToast(services, () => models.setDefault(id)),
				}
			: null,
		{
			id: `remove-model-${id}`,
			label: t('Remove {name}', { name }),
			synonyms: t('model delete trash free'),
			icon: Trash2,
			run: () => void removeModel(services, file),
		},
	];
	return commands.filter((command) => command !== null);
}
