import { CircleCheck, TriangleAlert } from 'lucide-react';
import type { Comparison } from '../../../electron/contract/comparison/comparison.ts';
import { count } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { busyLoad } from './busy.ts';
import { overall } from './overall.ts';

/** What holds for every row, pinned below: the numbers mean nothing without it. */
export function ConditionsBar({ comparison }: { comparison: Comparison }) {
	const { conditions, plan, rows, run } = comparison;
	if (Object.keys(conditions).length === 0) return null;
	const load = busyLoad(comparison);
	const warnings = [
		...(load === null ? [] : [`The computer was busy (load ${load.toFixed(1)}): measure again at rest.`]),
		...comparison.warnings.map(({ message }) => message),
	];
	const warned = warnings.length > 0;
	const tokens = overall(rows[0] ?? rows[1]!)?.tokens;
	const facts = [
		`${conditions.threads} threads of ${conditions.cores} cores, ${conditions.gpu ?? 'no GPU'}`,
		...(tokens === undefined ? [] : [`${count(tokens)} tokens scored`]),
		`median of ${plan.repetitions} runs`,
		`${count(plan.promptTokens)}-token prompt, ${count(plan.generatedTokens)} generated`,
		`± is one standard error for KL divergence, one standard deviation for speeds${run === null ? '' : ', half a 95\u00A0% interval for accuracy'}`,
		...(conditions.power === 'battery' || conditions.power === 'mains' ? [`on ${conditions.power}`] : []),
		String(conditions.engine),
	];
	return (
		<footer className="flex flex-none items-center gap-2 border-t border-line px-6 py-2 text-xs text-ink-2">
			<Icon of={warned ? TriangleAlert : CircleCheck} size={14} className={warned ? 'text-warn' : 'text-good'} />
			<p className="min-w-0 text-pretty">
				<b className="font-semibold text-ink">{warned ? warnings.join(' ') : 'Same conditions for every row.'}</b>{' '}
				{facts.join(' · ')}
			</p>
		</footer>
	);
}
