import { ChevronsUpDown, GraduationCap, Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { TrainingRun } from '../../electron/contract/adaptation/schema.ts';
import { NameDialog } from '../app/name-dialog.tsx';
import { Button } from '../design/button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatDate } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../design/menu.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { TrainingForm } from './training-form.tsx';
import { TrainingRunView } from './training-run.tsx';

/** Models, Training: the runs, and the form for a new one. */
export function TrainingTab() {
	const { trainings } = useServices();
	const status = useStore(trainings.state, (state) => state.status);
	const failure = useStore(trainings.state, (state) => state.failure);
	const planning = useStore(trainings.state, (state) => state.planning);
	const shown = useStore(trainings.state, (state) => state.shown);
	const none = useStore(trainings.state, (state) => state.runs.length === 0);
	if (planning !== null) return <TrainingForm from={planning} />;
	if (status === 'failed' && failure !== null) {
		return (
			<div className="p-5">
				<FailureCard
					title={t('Couldn’t read the training runs')}
					failure={failure}
					actions={
						<Button size="sm" onClick={() => void trainings.refresh()}>
							{t('Try again')}
						</Button>
					}
				/>
			</div>
		);
	}
	if (status === 'ready' && none) {
		return (
			<div className="min-h-0 flex-1 overflow-y-auto">
				<EmptyState
					page
					icon={GraduationCap}
					title={t('Nothing trained yet')}
					actions={
						<Button kind="primary" icon={Plus} onClick={() => trainings.plan()}>
							{t('Fine-tune a model')}
						</Button>
					}
				>
					{t(
						'Teach a model your format, your tone or your corrections, on this computer. Then see whether it got better, and at what.',
					)}
				</EmptyState>
			</div>
		);
	}
	if (shown === null) return <Skeleton rows={6} className="p-5" />;
	return <TrainingRunView key={shown.id} run={shown} />;
}

/** Right end of the Models header on the training tab: the run on the screen, and a new one. */
export function TrainingActions() {
	const { trainings } = useServices();
	const planning = useStore(trainings.state, (state) => state.planning);
	const shown = useStore(trainings.state, (state) => state.shown);
	if (planning !== null || shown === null) return null;
	return (
		<>
			<RunMenu shown={shown} />
			<Button icon={Plus} onClick={() => trainings.plan()}>
				{t('Fine-tune')}
			</Button>
		</>
	);
}

function RunMenu({ shown }: { shown: TrainingRun }) {
	const { trainings, toasts } = useServices();
	const runs = useStore(trainings.state, (state) => state.runs);
	const [renaming, setRenaming] = useState(false);
	const remove = (): void => {
		const undo = trainings.remove(shown.id);
		toasts.show({ text: t('Training deleted'), icon: Trash2, action: { label: t('Undo'), run: undo } });
	};
	return (
		<>
			<Menu
				width={320}
				trigger={
					<button
						type="button"
						className="flex h-7 min-w-0 max-w-72 items-center gap-1.5 rounded-[6px] px-2 font-medium hover:bg-sunken"
						aria-label={t('Training: {name}', { name: shown.name })}
					>
						<span className="truncate">{shown.name}</span>
						<Icon of={ChevronsUpDown} size={12} className="text-ink-3" />
					</button>
				}
			>
				{runs.slice(0, 30).map(({ id, name, createdAt }) => (
					<MenuItem
						key={id}
						selected={id === shown.id}
						keys={formatDate(createdAt)}
						onSelect={() => void trainings.choose(id)}
					>
						{name}
					</MenuItem>
				))}
				<MenuLine />
				<MenuItem icon={Pencil} onSelect={() => setRenaming(true)}>
					{t('Rename')}
				</MenuItem>
				<MenuItem icon={Trash2} danger onSelect={remove}>
					{t('Delete')}
				</MenuItem>
			</Menu>
			{renaming ? (
				<NameDialog
					title={t('Rename training')}
					verb={t('Rename')}
					name={shown.name}
					onClose={() => setRenaming(false)}
					onName={(name) => trainings.rename(shown.id, name)}
				/>
			) : null}
		</>
	);
}
