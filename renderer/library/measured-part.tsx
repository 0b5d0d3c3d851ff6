import { useStore } from 'zustand';
import type { ModelFile } from '../../electron/contract/library/schema.ts';
import { textLinkClass } from '../design/button.tsx';
import { formatCount } from '../design/format.ts';
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
		<section aria-label="Measured here">
			<h3 className={headClass}>Measured here</h3>
			<dl>
				{divergence === null || isReference ? null : (
					<>
						<Fact name={`KL divergence from ${divergence.reference}`}>
							{divergence.value.toFixed(3)} ±{(1.96 * divergence.standardError).toFixed(3)}
						</Fact>
						<Fact name="Same next token">{(100 * divergence.sameTop).toFixed(0)} %</Fact>
					</>
				)}
				{accuracy === null ? null : (
					<Fact
						name={accuracy.datasetName}
						title={`${accuracy.scorer}, version ${accuracy.versionNumber}, 95 % interval ${(100 * accuracy.low).toFixed(1)} to ${(100 * accuracy.high).toFixed(1)} %`}
					>
						{(100 * accuracy.value).toFixed(1)} %, n = {formatCount(accuracy.n)}
					</Fact>
				)}
				{speed === null ? null : (
					<Fact name="Speed">
						{speed.tokensPerSecond.toFixed(1)}
						{speed.sd === null ? '' : ` ±${speed.sd.toFixed(1)}`} tok/s
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
						Open the comparison
					</button>
				)}
				{accuracy === null ? null : (
					<button
						type="button"
						className={textLinkClass}
						onClick={() => layout.go({ section: 'evaluate', part: String(accuracy.runId) })}
					>
						Open the run
					</button>
				)}
			</p>
		</section>
	);
}
