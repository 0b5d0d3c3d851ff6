import { useState } from 'react';
import { useStore } from 'zustand';
import type { Doctor } from '../../../electron/contract/system.ts';
import { toFailure } from '../../connection/failure.ts';
import { Button } from '../../design/button.tsx';
import { formatBytes, formatQuantity } from '../../design/format.ts';
import { useServices } from '../../services.ts';
import { SettingRow } from '../setting-row.tsx';
import { Checks } from './checks.tsx';
import { LicenceList } from './licence-list.tsx';

/** Versions, a check of everything on request, and whose work is in here. */
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
			toasts.fail(toFailure(error).message);
		} finally {
			setBusy(false);
		}
	}
	const facts: [string, string][] = [
		['Assay', hello?.assayVersion ?? ''],
		['Engine', engine],
		['Licence', 'MIT'],
		...(doctor === null ? [] : doctorFacts(doctor)),
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
			<SettingRow
				label="Is everything in order?"
				description="Looks at engine, database, disk, memory, backups and models, and says what to do about what isn’t right."
			>
				<Button busy={busy ? 'Checking' : undefined} onClick={() => void check()}>
					Check everything
				</Button>
			</SettingRow>
			{doctor === null ? null : <Checks checks={doctor.checks} />}
			<LicenceList />
		</>
	);
}

function doctorFacts(doctor: Doctor): [string, string][] {
	return [
		['Node', doctor.assay.node],
		['Computer', `${doctor.cpu.model}, ${formatQuantity(doctor.cpu.cores, 'core')}`],
		['Memory', `${formatBytes(doctor.memory.available)} free of ${formatBytes(doctor.memory.total)}`],
		['GPU', doctor.gpus.length === 0 ? 'none found' : doctor.gpus.join(', ')],
		['Database', `version ${doctor.database.version}, ${doctor.database.integrity}`],
	];
}
