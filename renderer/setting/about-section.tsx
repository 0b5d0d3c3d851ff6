import { Check, CircleAlert } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Doctor } from '../../electron/contract/system.ts';
import { failureOf } from '../connection/failure.ts';
import { Button } from '../design/button.tsx';
import { bytes, count } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { useServices } from '../services.ts';

/** Versions, and a check of everything on request. */
export function AboutSection() {
	const { connection, status, toasts } = useServices();
	const hello = useStore(connection.state, () => connection.lastHello());
	const engine = useStore(status, (now) => now?.engineBuild ?? '');
	const [doctor, setDoctor] = useState<Doctor | null>(null);
	const [busy, setBusy] = useState(false);
	async function check(): Promise<void> {
		setBusy(true);
		try {
			setDoctor(await connection.client.system.doctor());
		} catch (error) {
			toasts.fail(failureOf(error).message);
		} finally {
			setBusy(false);
		}
	}
	const facts: [string, string][] = [
		['Assay', hello?.assayVersion ?? ''],
		['Engine', engine],
		['Licence', 'MIT'],
		...(doctor === null
			? []
			: ([
					['Node', doctor.assay.node],
					['Computer', `${doctor.cpu.model}, ${count(doctor.cpu.cores)} cores`],
					['Memory', `${bytes(doctor.memory.available)} free of ${bytes(doctor.memory.total)}`],
					['GPU', doctor.gpus.length === 0 ? 'none found' : doctor.gpus.join(', ')],
					['Database', `version ${doctor.database.version}, ${doctor.database.integrity}`],
				] satisfies [string, string][])),
	];
	return (
		<>
			<dl className="flex flex-col gap-1">
				{facts.map(([name, value]) => (
					<div key={name} className="flex gap-3">
						<dt className="w-24 flex-none text-ink-2">{name}</dt>
						<dd className="min-w-0 [overflow-wrap:anywhere] tabular-nums">{value}</dd>
					</div>
				))}
			</dl>
			{doctor === null ? null : (
				<ul className="flex flex-col gap-1.5">
					{doctor.checks.map((one) => (
						<li key={one.name} className="flex items-start gap-2">
							<Icon
								of={one.ok ? Check : CircleAlert}
								size={14}
								className={`mt-[3px] ${one.ok ? 'text-good' : 'text-warn'}`}
							/>
							<span>
								<span className="font-medium">{one.name}</span>
								<span className="sr-only">{one.ok ? ' in order' : ' needs attention'}</span>{' '}
								<span className="text-ink-2">
									{one.detail}
									{one.next === null ? '' : ` ${one.next}`}
								</span>
							</span>
						</li>
					))}
				</ul>
			)}
			<Button className="self-start" busy={busy ? 'Checking' : undefined} onClick={() => void check()}>
				Check everything
			</Button>
		</>
	);
}
