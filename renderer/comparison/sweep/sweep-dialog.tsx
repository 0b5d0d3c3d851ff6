import { Fragment } from 'react';
import { useStore } from 'zustand';
import { toFailure } from '../../connection/failure.ts';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { formatTimeLeft } from '../../design/format.ts';
import { FailureCard } from '../../design/state/failure-card.tsx';
import { Skeleton } from '../../design/state/skeleton.tsx';
import { computeJobFraction, JobProgress } from '../../exchange/job-progress.tsx';
import { useServices } from '../../services.ts';
import { SweepForm } from './sweep-form.tsx';
import { SweepResult } from './sweep-result.tsx';
import { isComplete } from './sweeps.ts';

/** With which threads, batch and cache a model is fastest here: chosen, measured, and used. Closing it lets it go on. */
export function SweepDialog() {
	const { sweeps, models, toasts } = useServices();
	const { modelId, choices, input, estimate, job, failure, sweep } = useStore(sweeps.state);
	const model = useStore(models.state, (state) => state.models.find(({ id }) => id === modelId));
	if (modelId === null || model === undefined) return null;
	const nothing = sweep !== null && Object.values(sweep.choose).every((value) => value === null);

	async function use(): Promise<void> {
		try {
			const undo = await sweeps.use();
			sweeps.close();
			const fail = (error: unknown) => toasts.fail(toFailure(error).message);
			toasts.show({
				text: `${model?.name ?? 'The model'} is loaded with these settings from now on.`,
				action: { label: 'Undo', run: () => void undo().catch(fail) },
			});
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	}

	// Keyed, so that no button turns into another under the pointer.
	const actions =
		job !== null ? (
			<Fragment key="running">
				<Button onClick={() => void sweeps.cancel()}>Cancel</Button>
				<Button kind="primary" onClick={sweeps.close}>
					Close, and go on
				</Button>
			</Fragment>
		) : sweep !== null && failure === null ? (
			<Fragment key="done">
				<Button onClick={sweeps.again}>Measure again</Button>
				<Button onClick={sweeps.close}>Close</Button>
				<Button
					kind="primary"
					blocked={nothing ? 'No difference could be measured' : undefined}
					onClick={() => void use()}
				>
					Use these settings
				</Button>
			</Fragment>
		) : (
			<Fragment key="choosing">
				<Button onClick={sweeps.close}>Cancel</Button>
				<Button
					kind="primary"
					blocked={
						input === null || !isComplete(input) ? 'Choose at least one of threads, batch and cache each' : undefined
					}
					onClick={() => void sweeps.start()}
				>
					Find the fastest settings
				</Button>
			</Fragment>
		);
	return (
		<Dialog
			open
			onClose={sweeps.close}
			title="Find the fastest settings"
			text={`${model.name}, ${model.quantization}, on this computer.`}
			width={620}
			tall={job === null}
			actions={actions}
		>
			<div className="mt-4 flex flex-col gap-4">
				{failure === null ? null : <FailureCard title="The settings could not be measured" failure={failure} />}
				{job !== null ? (
					<JobProgress
						name={job.title}
						fraction={computeJobFraction(job)}
						figures={
							job.state === 'queued' || job.total === null
								? 'Waits for another measurement, or for an answer being written'
								: job.secondsLeft === null
									? 'Measuring'
									: formatTimeLeft(job.secondsLeft)
						}
					/>
				) : sweep !== null && failure === null ? (
					<SweepResult sweep={sweep} />
				) : input !== null && choices !== null ? (
					<SweepForm
						offered={choices.offered}
						input={input}
						estimate={estimate}
						onChange={(change) => void sweeps.change(change)}
					/>
				) : failure === null ? (
					<Skeleton rows={4} />
				) : null}
			</div>
		</Dialog>
	);
}
