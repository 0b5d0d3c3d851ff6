import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { NetworkRequest } from '../../electron/contract/system.ts';
import { failureOf } from '../connection/failure.ts';
import { Switch } from '../design/field/switch.tsx';
import { bytes, fullTime } from '../design/format.ts';
import { Scroller } from '../design/scroller.tsx';
import { useServices } from '../services.ts';

const cell = 'h-7 border-b border-line px-2.5 first:pl-3 last:pr-3 whitespace-nowrap';

/** The lock, and every request that was ever made. */
export function NetworkSection() {
	const { connection, settings, models } = useServices();
	const blocked = useStore(settings.state, (state) => state.networkBlocked);
	const busy = useStore(models.state, ({ downloads }) => downloads.map(({ state }) => state).join());
	const [requests, setRequests] = useState<readonly NetworkRequest[] | null>(null);
	const [problem, setProblem] = useState<string | null>(null);
	// biome-ignore lint/correctness/useExhaustiveDependencies: a download that changes its state made requests
	useEffect(() => {
		connection.client.system.network().then(
			(answer) => setRequests(answer.requests),
			(error: unknown) => setProblem(failureOf(error).message),
		);
	}, [connection, busy, blocked]);
	return (
		<>
			<Switch
				label="Block the network"
				description="Assay only goes online when you fetch a model. Blocked, it does not even then."
				checked={blocked}
				onChange={(next) => settings.change({ networkBlocked: next })}
			/>
			<div>
				<h3 className="mb-2 text-xs font-medium text-ink-2">Requests made</h3>
				{problem === null ? null : <p className="text-bad">{problem}</p>}
				{requests !== null && requests.length === 0 ? <p className="text-ink-2">None so far.</p> : null}
				{requests !== null && requests.length > 0 ? (
					<Scroller label="Requests made" className="max-h-72 rounded-lg border border-line">
						<table className="w-full border-separate border-spacing-0 text-xs tabular-nums">
							<thead className="sticky top-0 bg-sunken text-2xs text-ink-3">
								<tr>
									{['When', 'Host', 'Purpose', 'Outcome'].map((name) => (
										<th
											key={name}
											scope="col"
											className="border-b border-line px-2.5 py-1 text-left font-medium first:pl-3"
										>
											{name}
										</th>
									))}
									<th scope="col" className="border-b border-line py-1 pr-3 text-right font-medium">
										Received
									</th>
								</tr>
							</thead>
							<tbody className="[&>tr:last-child>td]:border-b-0">
								{requests.map((request) => (
									<tr key={request.id}>
										<td className={`${cell} text-ink-2`}>{fullTime(request.at)}</td>
										<td className={`${cell} font-mono`}>{request.host}</td>
										<td className={cell}>{request.purpose}</td>
										<td className={`${cell} whitespace-normal`}>{request.outcome}</td>
										<td className={`${cell} text-right font-mono`}>{bytes(request.bytes)}</td>
									</tr>
								))}
							</tbody>
						</table>
					</Scroller>
				) : null}
			</div>
		</>
	);
}
