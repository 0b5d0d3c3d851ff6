import { FlaskConical } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { ListToggle } from '../../app/frame/list-toggle.tsx';
import { EmptyState } from '../../design/state/empty-state.tsx';
import { Skeleton } from '../../design/state/skeleton.tsx';
import { useServices } from '../../services.ts';
import { RunningDock } from '../progress/running-dock.tsx';
import { RescoreForm } from './mark-form.tsx';

/** Marks the outputs of a run again, as a run of its own. */
export function RescoreSection({ id }: { id: number }) {
	const { evaluations } = useServices();
	const run = useStore(evaluations.state, ({ details }) => details[id]);
	const gone = useStore(
		evaluations.state,
		({ status, runs }) => status === 'ready' && !runs.some((one) => one.id === id),
	);
	useEffect(() => void evaluations.open(id), [id, evaluations]);
	if (run !== undefined && !gone) return <RescoreForm run={run} />;
	return (
		<>
			<header className="drag flex h-12 flex-none items-center gap-2 border-b border-line pr-3 pl-5">
				<ListToggle />
				<h1 className="text-[14px] font-semibold tracking-[-0.006em]">Mark again</h1>
			</header>
			<div className="relative min-h-0 flex-1 overflow-y-auto">
				{gone ? (
					<EmptyState icon={FlaskConical} title="There is no such run">
						It may have been deleted.
					</EmptyState>
				) : (
					<Skeleton rows={6} className="p-5" />
				)}
			</div>
			<RunningDock shown={undefined} />
		</>
	);
}
