import { Check, ChevronRight, CircleAlert } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Doctor, DoctorCheck } from '../../electron/contract/system/schema.ts';
import { toFailure } from '../connection/failure.ts';
import { Button } from '../design/button.tsx';
import { formatBytes, formatList } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Scroller } from '../design/scroll-area.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { SettingRow } from './setting-row.tsx';

/** Versions, a health check on request, and the licences of included packages. */
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
		[t('Engine'), engine],
		[t('Licence'), 'MIT'],
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
				label={t('System check')}
				description={t(
					'Checks the engine, database, disk, memory, backups and models, and suggests a fix for each problem.',
				)}
			>
				<Button busy={busy ? t('Checking') : undefined} onClick={() => void check()}>
					{t('Run check')}
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
		[
			t('Computer'),
			t('{model}, {cores, plural, one {# core} other {# cores}}', {
				model: doctor.cpu.model,
				cores: doctor.cpu.cores,
			}),
		],
		[
			t('Memory'),
			t('{available} free of {total}', {
				available: formatBytes(doctor.memory.available),
				total: formatBytes(doctor.memory.total),
			}),
		],
		['GPU', doctor.gpus.length === 0 ? t('none found') : formatList(doctor.gpus)],
		[
			t('Database'),
			t('version {version}, {integrity}', { version: doctor.database.version, integrity: doctor.database.integrity }),
		],
	];
}

/** Each check with its result and its remedy. */
function Checks({ checks }: { checks: readonly DoctorCheck[] }) {
	return (
		<ul aria-label={t('Checks')} className="flex flex-col gap-1.5">
			{checks.map(({ name, ok, detail, next }) => (
				<li key={name} className="flex items-start gap-2">
					<Icon of={ok ? Check : CircleAlert} size={14} className={`mt-[3px] ${ok ? 'text-good' : 'text-warn'}`} />
					<span className="min-w-0 [overflow-wrap:anywhere]">
						<span className="font-medium">{name}</span>
						<span className="sr-only"> {ok ? t('OK') : t('needs attention')}</span>{' '}
						<span className="text-ink-2">{next === null ? detail : t('{detail}. {next}', { detail, next })}</span>
					</span>
				</li>
			))}
		</ul>
	);
}

/** A licence as the build writes it next to the page (scripts/package/licences.ts). */
interface Licence {
	readonly name: string;
	readonly version: string;
	readonly licence: string;
	readonly text: string;
}

/** All packages included in Assay, with their licences; fetched on request. */
function LicenceList() {
	const { toasts } = useServices();
	const [licences, setLicences] = useState<readonly Licence[] | null>(null);
	async function show(): Promise<void> {
		try {
			const answer = await fetch('./licences.json');
			if (!answer.ok)
				throw new Error(t('this build has no list of licences (HTTP {status})', { status: answer.status }));
			setLicences((await answer.json()) as Licence[]);
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	}
	return (
		<>
			<SettingRow label={t('Licences')} description={t('Open-source packages in Assay, with their licences.')}>
				<Button aria-expanded={licences !== null} onClick={() => (licences === null ? void show() : setLicences(null))}>
					{licences === null ? t('Show licences') : t('Hide licences')}
				</Button>
			</SettingRow>
			{licences === null ? null : (
				<section aria-label={t('Licences')}>
					<p className="mb-1.5 text-xs text-ink-2">
						{t('{packages, plural, one {# package} other {# packages}}', { packages: licences.length })}
					</p>
					<Scroller label={t('Packages')} className="max-h-96 rounded-lg border border-line">
						<ul>
							{licences.map((one) => (
								<LicenceRow key={`${one.name} ${one.version}`} licence={one} />
							))}
						</ul>
					</Scroller>
				</section>
			)}
		</>
	);
}

function LicenceRow({ licence: { name, version, licence, text } }: { licence: Licence }) {
	const [open, setOpen] = useState(false);
	return (
		<li className="border-b border-line last:border-b-0">
			<button
				type="button"
				aria-expanded={open}
				onClick={() => setOpen(!open)}
				className="flex min-h-7.5 w-full items-center gap-2 px-2 hover:bg-hover focus-visible:-outline-offset-2"
			>
				<Icon of={ChevronRight} size={14} className={`text-ink-3 ${open ? 'rotate-90' : ''}`} />
				<span className="min-w-0 flex-1 truncate">
					{name} <span className="text-ink-3">{version}</span>
				</span>
				<span className="text-xs text-ink-2">{licence}</span>
			</button>
			{open ? (
				<pre className="px-8 pt-1 pb-3 font-mono text-2xs whitespace-pre-wrap text-ink-2 [overflow-wrap:anywhere]">
					{text === '' ? t('The package includes no licence text. Its licence is {licence}.', { licence }) : text}
				</pre>
			) : null}
		</li>
	);
}
