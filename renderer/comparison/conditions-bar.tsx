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
import { formatCount } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { t, translate } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { deservesCare } from './comparison-wording.ts';

/**
 * The conditions of all rows, pinned below because the numbers mean nothing without them. The manifest has the rest.
 */
export function ConditionsBar({ comparison }: { comparison: Comparison }) {
	const services = useServices();
	const [manifest, setManifest] = useState(false);
	const { id, conditions, plan, rows, status, importedFrom } = comparison;
	if (Object.keys(conditions).length === 0) return null;
	const doubtful = deservesCare(comparison);
	const tokens = rows[0] === undefined ? undefined : overallQuality(rows[0])?.tokens;
	const power = { battery: t('on battery'), mains: t('mains power') }[String(conditions.power)];
	const threads = Number(conditions.threads);
	const facts = [
		conditions.gpu === undefined
			? t('{threads, plural, one {# thread} other {# threads}}, speed on the processor', { threads })
			: t('{threads, plural, one {# thread} other {# threads}}, speed on {gpu}', { threads, gpu: conditions.gpu }),
		...(power === undefined ? [] : [power]),
		...(tokens === undefined ? [] : [t('{tokens, plural, one {# token} other {# tokens}} scored', { tokens })]),
		plan.repetitions === 1
			? t('1 run, so speeds have no ±')
			: t('median of {repetitions, plural, one {# run} other {# runs}}', { repetitions: plan.repetitions }),
		t('{promptTokens}-token prompt', { promptTokens: formatCount(plan.promptTokens) }),
		t('intervals are 95\u00A0%'),
	];
	return (
		<footer className="flex min-h-9 flex-none items-center gap-2 border-t border-line bg-sunken pr-3 pl-6 text-xs text-ink-2 max-[1099px]:pl-4">
			<Icon of={doubtful ? TriangleAlert : CircleCheck} size={14} className={doubtful ? 'text-warn' : 'text-good'} />
			<p className="min-w-0 flex-1 py-1 text-pretty tabular-nums">
				<b className="font-medium text-ink">
					{doubtful ? t('Read these numbers with care.') : t('Same conditions for every row.')}
				</b>{' '}
				{facts.join(' · ')}
			</p>
			<Button kind="ghost" size="sm" onClick={() => setManifest(true)}>
				{t('Manifest')}
			</Button>
			{importedFrom === null && status === 'done' ? (
				<Button
					kind="ghost"
					size="sm"
					icon={RotateCw}
					className="max-[1099px]:hidden"
					onClick={() => void runOrToast(services, () => services.comparisons.again(id))}
				>
					{t('Run again exactly')}
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
	async function copy(text: string, done: string): Promise<void> {
		if (await copyText(text)) toasts.show({ text: done });
		else toasts.fail(t('Couldn’t copy. Allow this page to write to the clipboard.'));
	}
	return (
		<Dialog
			open
			onClose={onClose}
			title={t('Manifest')}
			text={t('The exact inputs of this comparison. The same hash means the same files, texts and samples.')}
			width={640}
			tall
			actions={
				<>
					<Button onClick={onClose}>{t('Close')}</Button>
					<Button
						kind="primary"
						icon={Copy}
						blocked={manifest === undefined ? t('Computing the hashes of the files') : undefined}
						onClick={() => manifest !== undefined && void copy(`${manifestText(manifest)}\n`, t('Manifest copied.'))}
					>
						{t('Copy')}
					</Button>
				</>
			}
		>
			<div className="mt-4 flex flex-col gap-4">
				{failure === null ? null : <FailureCard title={t('Couldn’t create the manifest')} failure={failure} />}
				{manifest === undefined && failure === null ? <Skeleton rows={6} /> : null}
				{manifest === undefined ? null : (
					<p className="flex items-center gap-2 text-xs">
						<span className="text-ink-2">{t('Hash')}</span>
						<span className="min-w-0 font-mono [overflow-wrap:anywhere]">{manifest.hash}</span>
						<Button kind="ghost" size="sm" onClick={() => void copy(manifest.hash, t('Hash copied.'))}>
							{t('Copy hash')}
						</Button>
					</p>
				)}
				{manifest?.parts.map(({ title, facts }) => (
					<section key={title} aria-label={translate(title)}>
						<h3 className="mb-1 text-xs font-semibold">{translate(title)}</h3>
						<dl className="grid grid-cols-[12rem_minmax(0,1fr)] gap-x-4 text-xs">
							{facts.map(({ name, value }) => (
								<div key={name} className="col-span-2 grid grid-cols-subgrid border-t border-line py-1">
									<dt className="text-ink-2 [overflow-wrap:anywhere]">{translate(name)}</dt>
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
