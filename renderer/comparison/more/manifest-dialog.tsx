import { Copy } from 'lucide-react';
import { manifestText } from '../../../electron/contract/comparison/manifest.ts';
import { copyText } from '../../conversation/markdown/use-copy.ts';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { FailureCard } from '../../design/state/failure-card.tsx';
import { Skeleton } from '../../design/state/skeleton.tsx';
import { useServices } from '../../services.ts';
import { useQuery } from '../../use-answer.ts';

/** What exactly was run, to be read, copied and run again. */
export function ManifestDialog({ id, onClose }: { id: number; onClose: () => void }) {
	const { toasts } = useServices();
	const { answer: manifest, failure } = useQuery(`${id}`, (client, signal) =>
		client.comparisons.manifest({ id }, { signal }),
	);
	async function copy(text: string, what: string): Promise<void> {
		if (await copyText(text)) toasts.show({ text: `${what} copied.` });
		else toasts.fail('This page may not write to the clipboard.');
	}
	return (
		<Dialog
			open
			onClose={onClose}
			title="Manifest"
			text="What exactly was run. Two comparisons with the same hash measured the same files on the same texts and samples."
			width={640}
			tall
			actions={
				<>
					<Button onClick={onClose}>Close</Button>
					<Button
						kind="primary"
						icon={Copy}
						blocked={manifest === undefined ? 'Hashes of files are being computed' : undefined}
						onClick={() => manifest !== undefined && void copy(`${manifestText(manifest)}\n`, 'Manifest')}
					>
						Copy
					</Button>
				</>
			}
		>
			<div className="mt-4 flex flex-col gap-4">
				{failure === null ? null : <FailureCard title="It could not be put together" failure={failure} />}
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
