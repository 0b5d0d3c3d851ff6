import type { Arm } from '../../../electron/contract/evaluation/schema.ts';
import { formatCount } from '../../design/format.ts';
import { DataTable } from './data-table.tsx';

/** Tokens and time of the answers, one row per combination. */
export function CostTable({
	arms,
	labels,
	width,
	bestId,
	baseId,
}: {
	arms: readonly Arm[];
	labels: ReadonlyMap<number, string>;
	/** Number of rows decoded together; latencies apply to this number. */
	width: number;
	bestId: number | null;
	baseId: number | null;
}) {
	return (
		<>
			<DataTable
				caption="Tokens and time"
				head="Combination"
				columns={[
					{ head: 'Prompt', unit: 'tokens per sample' },
					{ head: 'Output', unit: 'tokens per sample' },
					{ head: 'In all', unit: 'tokens' },
					{ head: 'Latency p50', unit: 's' },
					{ head: 'Latency p95', unit: 's' },
					{ head: 'Generation', unit: 'tok/s' },
					{ head: 'Failed', unit: 'rows' },
				]}
				rows={arms.map((arm) => ({
					key: String(arm.id),
					head: labels.get(arm.id) ?? arm.label,
					tone: arm.id === bestId ? ('pick' as const) : arm.id === baseId ? ('base' as const) : undefined,
					cells: [
						formatTokensPerRow(arm.promptTokens, arm.n),
						formatTokensPerRow(arm.completionTokens, arm.n),
						formatCount(arm.promptTokens + arm.completionTokens),
						arm.latency === null ? '–' : arm.latency.p50.toFixed(2),
						arm.latency === null ? '–' : arm.latency.p95.toFixed(2),
						arm.tokensPerSecond === null ? '–' : arm.tokensPerSecond.toFixed(1),
						formatCount(arm.errors),
					],
				}))}
			/>
			<p className="px-5 pb-3 text-xs text-ink-3">
				{width === 1
					? 'One answer at a time, as in chat.'
					: `Latency of one answer while up to ${width} run in parallel; a single answer is faster. Generation counts all of them together.`}
			</p>
		</>
	);
}

function formatTokensPerRow(tokens: number, rows: number): string {
	return rows === 0 ? '–' : (tokens / rows).toFixed(1);
}
