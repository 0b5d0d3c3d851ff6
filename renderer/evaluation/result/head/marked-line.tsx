import { useStore } from 'zustand';
import type { Run } from '../../../../electron/contract/evaluation/run.ts';
import { Button } from '../../../design/button.tsx';
import { useServices } from '../../../services.ts';
import { formatEvaluateRoute } from '../../place.ts';
import { openRun } from '../../run-actions.ts';
import { describeScorerChanges } from './marked-words.ts';
import { StateLine } from './state-line.tsx';

/** Of a run that marks outputs again: whose they are, what is otherwise, and the way there. */
export function RescoredLine({ run }: { run: Run }) {
	const services = useServices();
	const { evaluations, layout } = services;
	const source = useStore(evaluations.state, ({ runs }) => runs.find(({ id }) => id === run.markedOf));
	const { marked } = run.manifest;
	if (marked === undefined) return null;
	const words = describeScorerChanges(run);
	return (
		<StateLine
			action={
				source === undefined ? null : (
					<>
						<Button size="sm" kind="ghost" onClick={() => openRun(services, source.id)}>
							Show that run
						</Button>
						<Button
							size="sm"
							kind="ghost"
							onClick={() =>
								layout.go({
									section: 'evaluate',
									part: formatEvaluateRoute({ kind: 'compare', ids: [source.id, run.id] }),
								})
							}
						>
							Compare with it
						</Button>
					</>
				)
			}
		>
			The outputs of {source?.name ?? `run ${marked.runId}, ${marked.name}, which was deleted`}, marked again
			{words === null ? '' : `: ${words}`}. No answer was generated.
		</StateLine>
	);
}
