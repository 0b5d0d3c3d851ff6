import { CircleCheck, Copy, RotateCw, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { manifestText } from '../../electron/contract/comparison/manifest-text.ts';
import { overallQuality } from '../../electron/contract/comparison/overall-quality.ts';
import type { Comparison } from '../../electron/contract/comparison/schema.ts';
import { copyText } from '../app/clipboard.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { useQuery } from '../connection/use-query.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatCount, formatQuantity } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { useServices } from '../services.ts';
import { describeCaveats } from './comparison-wording.ts';

/**
 * The conditions of all rows, pinned below because the numbers mean nothing without them. The manifest has the rest.
 */
export function ConditionsBar({ comparison }: { comparison: Comparison }) {
	const services = useServices();
	const [manifest, setManifest] = useState(false);
	const { id, conditions, plan, rows, status, importedFrom } = comparison;
	if (Object.keys(conditions).length === 0) return null;
	const hasCaveats = describeCaveats(comparison).length > 0;
	const tokens = rows[0] === undefined ? undefined : overallQuality(rows[0])?.tokens;
	const power = { battery: 'on battery', mains: 'mains power' }[String(conditions.power)];
	const facts = [
		`${formatQuantity(Number(conditions.threads), 'thread')}, speed on ${conditions.gpu ?? 'the processor'}`,
		...(power === undefined ? [] : [power]),
		...(tokens === undefined ? [] : [`${formatCount(tokens)} tokens scored`]),
		`median of ${plan.repetitions} runs`,
		`${formatCount(plan.promptTokens)}-token prompt`,
		'± is 95\u00A0%',
	];
	return (
		<footer className="flex min-h-9 flex-none items-center gap-2 border-t border-line bg-sunken pr-3 pl-6 text-xs text-ink-2 max-[1099px]:pl-4">
			<Icon
				of={hasCaveats ? TriangleAlert : CircleCheck}
				size={14}
				className={hasCaveats ? 'text-warn' : 'text-good'}
			/>
			<p className="min-w-0 flex-1 py-1 text-pretty tabular-nums">
				<b className="font-medium text-ink">
					{hasCaveats ? 'Read these numbers with care.' : 'Same conditions for every row.'}
				</b>{' '}
				{facts.join(' · ')}
			</p>
			<Button kind="ghost" size="sm" onClick={() => setManifest(true)}>
				Manifest
			</Button>
			{importedFrom === null && status === 'done' ? (
				<Button
					kind="ghost"
					size="sm"
					icon={RotateCw}
					className="max-[1099px]:hidden"
					onClick={() => void runOrToast(services, () => services.comparisons.again(id))}
				>
					Run again exactly
				</Button>
			) : null}
			{manifest ? <ManifestDialog id={id} onClose={() => setManifest(false)} /> : null}
		</footer>
	);
}

/** The exact manifest, to read, copy and repeat. */
function ManifestDialog({ id, onClose }: { id: number; onClose: () => void }) {
	const { toasts } = useServices();
	const { data: manifest, failure } = useQuery(`${id}`, (client, signal) =>
		client.comparisons.manifest({ id }, { signal }),
	);
	async function copy(text: string, what: string): Promise<void> {
		if (await copyText(text)) toasts.show({ text: `${what} copied.` });
		else toasts.fail('Couldn’t copy. Allow this page to write to the clipboard.');
	}
	return (
		<Dialog
			open
			onClose={onClose}
			title="Manifest"
			text="The exact inputs of this comparison. The same hash means the same files, texts and samples."
			width={640}
			tall
			actions={
				<>
					<Button onClick={onClose}>Close</Button>
					<Button
						kind="primary"
						icon={Copy}
						blocked={manifest === undefined ? 'Computing the hashes of the files' : undefined}
						onClick={() => manifest !== undefined && void copy(`${manifestText(manifest)}\n`, 'Manifest')}
					>
						Copy
					</Button>
				</>
			}
		>
			<div className="mt-4 flex flex-col gap-4">
				{failure === null ? null : <FailureCard title="Couldn’t create the manifest" failure={failure} />}
				{manifest === undefined && failure === null ? <Skeleton rows={6} /> : null}
				{manifest === undefined ? null : (
					<p className="flex items-center gap-2 text-xs">
						<span className="text-ink-2">Hash</span>
						<span className="min-w-0 font-mono [overflow-wrap:anywhere]">{manifest.hash}</span>
						<Button kind="ghost" size="sm" onClick={() => void copy(manifest.hash, 'Hash')}>
							Copy hash
						</Button>
					</p>
				)}
				{manifest?.parts.map(({ title, facts }) => (
					<section key={title} aria-label={title}>
						<h3 className="mb-1 text-xs font-semibold">{title}</h3>
						<dl className="grid grid-cols-[12rem_minmax(0,1fr)] gap-x-4 text-xs">
							{facts.map(({ name, value }) => (
								<div key={name} className="col-span-2 grid grid-cols-subgrid border-t border-line py-1">
									<dt className="text-ink-2 [overflow-wrap:anywhere]">{name}</dt>
									<dd className="[overflow-wrap:anywhere] tabular-nums">{value}</dd>
								</div>
							))}
						</dl>
					</section>
				))}
			</div>
		</Dialog>
	);
}
