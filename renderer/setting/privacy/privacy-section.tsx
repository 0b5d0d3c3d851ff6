import { useStore } from 'zustand';
import type { NetworkRequest } from '../../../electron/contract/system.ts';
import { Switch } from '../../design/field/switch.tsx';
import { bytes, fullTime } from '../../design/format.ts';
import { Scroller } from '../../design/scroller.tsx';
import { FailureCard } from '../../design/state/failure-card.tsx';
import { useServices } from '../../services.ts';
import { useLoaded } from '../use-loaded.ts';
import { HubField } from './hub-field.tsx';

/** What leaves the computer (the lock, and every request that was ever made), and what is noted on it. */
export function PrivacySection() {
	const { connection, settings, models } = useServices();
	const blocked = useStore(settings.state, (state) => state.networkBlocked);
	const collect = useStore(settings.state, (state) => state.collectSignals);
	// A download that changes its state made requests.
	const busy = useStore(models.state, ({ downloads }) => downloads.map(({ state }) => state).join());
	const log = useLoaded(() => connection.client.system.network(), `${busy} ${blocked}`);
	return (
		<>
			<Switch
				label="Block the network"
				description="Assay only goes online when you search the model hub or fetch a model. Blocked, it does not even then: no connection leaves this computer, whichever part of the program asks for it."
				checked={blocked}
				onChange={(next) => settings.change({ networkBlocked: next })}
			/>
			<HubField />
			<Switch
				label="Note what you do with answers"
				description="Copying, stopping, asking again and the like are kept as feedback on this computer. Under each answer you see what was noted, and can take it back."
				checked={collect}
				onChange={(next) => settings.change({ collectSignals: next })}
			/>
			<div>
				<h3 className="mb-2 text-xs font-medium text-ink-2">Requests made</h3>
				{log.problem === null ? null : <FailureCard title="The list can’t be shown" failure={log.problem} />}
				{log.value === null ? null : log.value.requests.length === 0 ? (
					<p className="text-ink-2">None so far. Nothing has left this computer.</p>
				) : (
					<RequestTable requests={log.value.requests} />
				)}
			</div>
		</>
	);
}

const cell = 'h-7 border-b border-line px-2.5 py-1 first:pl-3 last:pr-3';
const head = 'border-b border-line px-2.5 py-1 font-medium first:pl-3 last:pr-3';

function RequestTable({ requests }: { requests: readonly NetworkRequest[] }) {
	return (
		<Scroller label="Requests made" className="max-h-72 rounded-lg border border-line">
			<table className="w-full border-separate border-spacing-0 text-xs tabular-nums">
				<thead className="sticky top-0 bg-sunken text-2xs text-ink-3">
					<tr>
						{['When', 'Host', 'Purpose', 'Outcome'].map((name) => (
							<th key={name} scope="col" className={`${head} text-left`}>
								{name}
							</th>
						))}
						<th scope="col" className={`${head} text-right`}>
							Received
						</th>
					</tr>
				</thead>
				<tbody className="[&>tr:last-child>td]:border-b-0">
					{requests.map((request) => (
						<tr key={request.id}>
							<td className={`${cell} whitespace-nowrap text-ink-2`}>{fullTime(request.at)}</td>
							<td className={`${cell} font-mono whitespace-nowrap`}>{request.host}</td>
							<td className={cell}>{request.purpose}</td>
							<td className={cell}>{request.outcome}</td>
							<td className={`${cell} text-right font-mono whitespace-nowrap`}>{bytes(request.bytes)}</td>
						</tr>
					))}
				</tbody>
			</table>
		</Scroller>
	);
}
