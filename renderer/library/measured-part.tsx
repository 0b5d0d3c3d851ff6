import { useStore } from 'zustand';
import type { ModelFile } from '../../electron/contract/library/schema.ts';
import { textLinkClass } from '../design/button.tsx';
import { formatCount, formatNumber, formatPercentage } from '../design/format.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { disturbedText } from './figure-cells.tsx';
import { Fact, headClass } from './inspector-fact.tsx';
import { comparableFigures, groupOf } from './model-rows.ts';

/** What comparisons, runs and loads have measured of the file, with the way to each of them. */
export function MeasuredPart({ model }: { model: ModelFile }) {
	const { models, comparisons, layout } = useServices();
	const files = useStore(models.state, (state) => state.models);
	const figures = useStore(models.state, (state) => state.figures);
	const { divergence, accuracy, speed } = comparableFigures(groupOf(files, model).files, figures)(model);
	if (divergence === null && accuracy === null && speed === null) return null;
	const isReference = divergence?.referenceId === model.id;
	return (
		<section aria-label={t('Measured here')}>
			<h3 className={headClass}>{t('Measured here')}</h3>
			<dl>
				{divergence === null || isReference ? null : (
					<>
						<Fact name={t('KL divergence from {reference}', { reference: divergence.reference })}>
							{`${formatNumber(divergence.value, 3)} ±${formatNumber(1.96 * divergence.standardError, 3)}`}
						</Fact>
						<Fact name={t('Same next token')}>{formatPercentage(100 * divergence.sameTop)}</Fact>
					</>
				)}
				{accuracy === null ? null : (
					<Fact
						name={accuracy.datasetName}
						title={t('{scorer}, version {versionNumber}, 95 % interval {low} to {high}', {
							scorer: accuracy.scorer,
							versionNumber: accuracy.versionNumber,
							low: formatNumber(100 * accuracy.low, 1),
							high: formatPercentage(100 * accuracy.high, 1),
						})}
					>
						{t('{percent}, n = {n}', {
							percent: formatPercentage(100 * accuracy.value, 1),
							n: formatCount(accuracy.n),
						})}
					</Fact>
				)}
				{speed === null ? null : (
					<Fact name={t('Speed')}>
						{t('{speed} tok/s', {
							speed: `${formatNumber(speed.tokensPerSecond, 1)}${speed.sd === null ? '' : ` ±${formatNumber(speed.sd, 1)}`}`,
						})}
					</Fact>
				)}
			</dl>
			{speed?.disturbed === true ? <p className="mt-1 text-xs text-pretty text-warn">{disturbedText}</p> : null}
			<p className="mt-1 flex gap-3 text-xs empty:hidden">
				{divergence === null ? null : (
					<button
						type="button"
						className={textLinkClass}
						onClick={() => {
							layout.go({ section: 'compare' });
							void comparisons.choose(divergence.comparisonId);
						}}
					>
						{t('Open the comparison')}
					</button>
				)}
				{accuracy === null ? null : (
					<button
						type="button"
						className={textLinkClass}
						onClick={() => layout.go({ section: 'evaluate', part: String(accuracy.runId) })}
					>
						{t('Open the run')}
					</button>
				)}
			</p>
		</section>
	);
}
