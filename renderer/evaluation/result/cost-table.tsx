import type { Arm } from '../../../electron/contract/evaluation/schema.ts';
import { formatCount, formatNumber } from '../../design/format.ts';
import { t } from '../../messages/t.ts';
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
				caption={t('Tokens and time')}
				head={t('Combination')}
				columns={[
					{ head: t('Prompt'), unit: t('tokens per sample') },
					{ head: t('Output'), unit: t('tokens per sample') },
					{ head: t('Total'), unit: t('tokens') },
					{ head: t('Latency p50'), unit: 's' },
					{ head: t('Latency p95'), unit: 's' },
					{ head: t('Generation'), unit: 'tok/s' },
					{ head: t('Failed'), unit: t('rows') },
				]}
				rows={arms.map((arm) => ({
					key: String(arm.id),
					head: labels.get(arm.id) ?? arm.label,
					tone: arm.id === bestId ? ('pick' as const) : arm.id === baseId ? ('base' as const) : undefined,
					cells: [
						formatTokensPerRow(arm.promptTokens, arm.n),
						formatTokensPerRow(arm.completionTokens, arm.n),
						formatCount(arm.promptTokens + arm.completionTokens),
						arm.latency === null ? '–' : formatNumber(arm.latency.p50, 2),
						arm.latency === null ? '–' : formatNumber(arm.latency.p95, 2),
						arm.tokensPerSecond === null ? '–' : formatNumber(arm.tokensPerSecond, 1),
						formatCount(arm.errors),
					],
				}))}
			/>
			<p className="px-5 pb-3 text-xs text-ink-3">
				{width === 1
					? t('One answer at a time, as in chat.')
					: t(
							'Latency of one answer while up to {width} run in parallel; a single answer is faster. Generation counts all of them together.',
							{ width },
						)}
			</p>
		</>
	);
}

function formatTokensPerRow(tokens: number, rows: number): string {
	return rows === 0 ? '–' : formatNumber(tokens / rows, 1);
}
