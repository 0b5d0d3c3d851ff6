import { FlaskConical } from 'lucide-react';
import { useStore } from 'zustand';
import { percent, timeLeft } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { useServices } from '../../services.ts';
import { liveRuns } from '../evaluations.ts';
import { doneShare } from '../list/run-words.ts';
import { showRun } from '../run-actions.ts';

/** The run that is measured, in the status bar; leads to it. */
export function RunStatus({ className }: { className: string }) {
	const services = useServices();
	const runs = useStore(services.evaluations.state, (state) => state.runs);
	const [run] = liveRuns({ runs });
	if (run === undefined) return null;
	const share = doneShare(run);
	const { secondsLeft } = run.progress;
	const words = [run.name, share === null ? null : percent(share), secondsLeft === null ? null : timeLeft(secondsLeft)];
	return (
		<button type="button" className={`${className} min-w-0 text-accent-ink`} onClick={() => showRun(services, run.id)}>
			<Icon of={FlaskConical} size={12} />
			<span className="max-w-72 truncate">{words.filter(Boolean).join(', ')}</span>
		</button>
	);
}
