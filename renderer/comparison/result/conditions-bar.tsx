import { CircleCheck, RotateCw, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import type { Comparison } from '../../../electron/contract/comparison/comparison.ts';
import { overallQuality } from '../../../electron/contract/comparison/overall.ts';
import { runOrToast } from '../../conversation/actions.ts';
import { Button } from '../../design/button.tsx';
import { formatCount, formatQuantity } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { useServices } from '../../services.ts';
import { ManifestDialog } from '../more/manifest-dialog.tsx';
import { describeCaveats } from './care.ts';

/** What holds for every row, pinned below: the numbers mean nothing without it. The rest is in the manifest. */
export function ConditionsBar({ comparison }: { comparison: Comparison }) {
	const services = useServices();
	const [manifest, setManifest] = useState(false);
	const { id, conditions, plan, rows, status, importedFrom } = comparison;
	if (Object.keys(conditions).length === 0) return null;
	const care = describeCaveats(comparison).length > 0;
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
			<Icon of={care ? TriangleAlert : CircleCheck} size={14} className={care ? 'text-warn' : 'text-good'} />
			<p className="min-w-0 flex-1 py-1 text-pretty tabular-nums">
				<b className="font-medium text-ink">
					{care ? 'Read the numbers with care.' : 'Same conditions for every row.'}
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
