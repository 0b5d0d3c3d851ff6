import { ArrowDownToLine, Box, Plus } from 'lucide-react';
import { useStore } from 'zustand';
import { Button } from '../../design/button.tsx';
import { EmptyState } from '../../design/state/empty-state.tsx';
import { FailureCard } from '../../design/state/failure-card.tsx';
import { Skeleton } from '../../design/state/skeleton.tsx';
import { useServices } from '../../services.ts';
import { AddModelDialog } from '../add-model-dialog.tsx';
import { Downloads } from '../get/downloads.tsx';
import { ModelTable } from './model-table.tsx';
import { RemoveModelDialog } from './remove-model-dialog.tsx';
import { useChosen } from './use-chosen.ts';

/** The files on this computer, and the downloads that will be among them. */
export function LibraryTab() {
	const { models } = useServices();
	const status = useStore(models.state, (state) => state.status);
	const failure = useStore(models.state, (state) => state.failure);
	const files = useStore(models.state, (state) => state.models);
	const dialog = useStore(models.view, (view) => view.dialog);
	const selected = useChosen();
	const { setState } = models.view;
	const closeDialog = () => setState({ dialog: { kind: 'none' } });
	const removing = dialog.kind === 'remove' ? dialog.id : null;
	return (
		<div className="flex min-h-0 flex-1 flex-col gap-3.5 overflow-y-auto px-5 py-4 *:flex-none">
			{status === 'failed' && failure !== null ? (
				<FailureCard
					title="The library could not be read"
					failure={failure}
					actions={
						<Button size="sm" onClick={() => void models.refresh()}>
							Try again
						</Button>
					}
				/>
			) : null}
			{status === 'loading' ? <Skeleton rows={4} /> : null}
			<Downloads />
			{files.length > 0 ? (
				<ModelTable
					selected={selected?.id ?? null}
					onSelect={(chosen) => setState({ chosen })}
					onRemove={(id) => setState({ dialog: { kind: 'remove', id } })}
				/>
			) : status === 'ready' ? (
				<EmptyState
					icon={Box}
					title="No models yet"
					actions={
						<>
							<Button kind="primary" icon={ArrowDownToLine} onClick={() => setState({ tab: 'get' })}>
								Get a model
							</Button>
							<Button icon={Plus} onClick={() => setState({ dialog: { kind: 'add' } })}>
								Add file
							</Button>
						</>
					}
				>
					A model is one GGUF file. Fetch one, or use a file that is already on this computer.
				</EmptyState>
			) : null}
			<AddModelDialog
				open={dialog.kind === 'add'}
				onClose={closeDialog}
				onAdded={(chosen) => setState({ chosen })}
			/>
			<RemoveModelDialog model={files.find(({ id }) => id === removing) ?? null} onClose={closeDialog} />
		</div>
	);
}
