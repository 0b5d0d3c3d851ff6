import { Check, TriangleAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { ModelLoad } from '../../../electron/contract/model/own.ts';
import type { ModelFile } from '../../../electron/contract/model.ts';
import { formatCount, formatDuration, formatFullTime, formatQuantity, formatRate } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Skeleton } from '../../design/state/skeleton.tsx';
import { useServices } from '../../services.ts';
import { formatDeviation, formatGigabytes } from '../fit/fit-words.ts';

/** What happened when the model was loaded here: estimated, measured, how fast. */
export function LoadHistoryPart({ model }: { model: ModelFile }) {
	const { models, connection } = useServices();
	const state = useStore(models.state, ({ states }) => states[model.id]?.state);
	const [loads, setLoads] = useState<readonly ModelLoad[] | null>(null);
	// biome-ignore lint/correctness/useExhaustiveDependencies: each load and unload adds to it
	useEffect(() => {
		let current = true;
		connection.client.models.history({ id: model.id }).then(
			(answer) => current && setLoads(answer.loads),
			() => current && setLoads([]),
		);
		return () => {
			current = false;
		};
	}, [connection, model.id, state]);
	if (loads === null) return <Skeleton rows={3} />;
	if (loads.length === 0) {
		return (
			<p className="text-ink-2">
				Not loaded here yet. Each load is kept with what it was estimated at and what it took, and corrects the next
				estimate.
			</p>
		);
	}
	return (
		<ol aria-label="Loads, newest first" className="flex flex-col">
			{loads.map((load) => (
				<li key={load.id} className="border-b border-line py-2 first:pt-0 last:border-b-0">
					<Load load={load} />
				</li>
			))}
		</ol>
	);
}

function Load({ load }: { load: ModelLoad }) {
	const { failure, predictedBytes, measuredBytes } = load;
	const figures = [
		load.contextSize === null ? null : `${formatCount(load.contextSize)} tokens of context`,
		load.loadMs === null ? null : `loaded in ${formatDuration(load.loadMs)}`,
		load.threads === null ? null : formatQuantity(load.threads, 'thread'),
		load.tokensPerSecond === null || load.tokensPerSecond === 0 ? null : formatRate(load.tokensPerSecond),
	].filter((part) => part !== null);
	return (
		<>
			<p className="flex flex-wrap items-center gap-x-1.5">
				<Icon
					of={failure === null ? Check : TriangleAlert}
					size={14}
					className={failure === null ? 'text-good' : 'text-bad'}
				/>
				<span className="font-medium">{failure === null ? 'Loaded' : 'Not loaded'}</span>
				<span className="flex-1 text-right text-xs whitespace-nowrap text-ink-3">{formatFullTime(load.at)}</span>
			</p>
			{failure === null ? null : <p className="text-xs text-ink-2 [overflow-wrap:anywhere]">{failure.message}</p>}
			{figures.length === 0 ? null : <p className="text-xs text-ink-2 tabular-nums">{figures.join(' · ')}</p>}
			{predictedBytes === null || measuredBytes === null ? null : (
				<p className="text-xs text-ink-2 tabular-nums">
					Memory estimated {formatGigabytes(predictedBytes)}, measured {formatGigabytes(measuredBytes)} (
					{formatDeviation(predictedBytes, measuredBytes)})
				</p>
			)}
		</>
	);
}
