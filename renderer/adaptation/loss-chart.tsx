import { scaleLinear } from 'd3-scale';
import { type KeyboardEvent, useRef, useState } from 'react';
import type { TrainingPoint } from '../../electron/contract/adaptation/schema.ts';
import { Button } from '../design/button.tsx';
import { formatCount, formatLearningRate, formatNumber } from '../design/format.ts';
import { Scroller } from '../design/scroll-area.tsx';
import { useElementWidth } from '../design/use-element-width.ts';
import { t } from '../messages/t.ts';

const height = 220;
const frame = { left: 40, right: 12, top: 10, bottom: 24 };

/** Points drawn and listed at most: a longer curve is thinned, but keeps every validation. */
const mostPoints = 400;

/** The loss of training and validation by step, live. Arrow keys move along it; a table has the same numbers. */
export function LossChart({ points, steps }: { points: readonly TrainingPoint[]; steps: number }) {
	const box = useRef<HTMLDivElement>(null);
	const width = useElementWidth(box);
	const [table, setTable] = useState(false);
	const shown = thin(points);
	return (
		<section aria-label={t('Loss by step')} className="mt-4">
			<div className="flex items-center gap-4">
				<h2 className="text-xs font-semibold">{t('Loss by step')}</h2>
				{points.length === 0 ? null : (
					<>
						<Legend validated={points.some(({ validation }) => validation !== null)} />
						<span className="flex-1" />
						<Button kind="ghost" size="sm" onClick={() => setTable(!table)}>
							{table ? t('Show as chart') : t('Show as table')}
						</Button>
					</>
				)}
			</div>
			<div ref={box} style={{ minHeight: height }}>
				{points.length === 0 ? (
					<p className="py-1 text-xs text-ink-2">{t('The curve begins with the first step.')}</p>
				) : table ? (
					<PointTable points={shown} />
				) : width > 0 ? (
					<Drawing points={shown} steps={steps} width={width} />
				) : null}
			</div>
		</section>
	);
}

function Legend({ validated }: { validated: boolean }) {
	return (
		<p aria-hidden className="flex gap-3 text-2xs text-ink-2">
			<span className="inline-flex items-center gap-1.5">
				<i className="h-0.5 w-3.5 bg-series-1" />
				{t('Training')}
			</span>
			{validated ? (
				<span className="inline-flex items-center gap-1.5">
					<i className="size-1.75 rounded-full bg-series-2" />
					{t('Validation')}
				</span>
			) : null}
		</p>
	);
}

export function thin(points: readonly TrainingPoint[]): readonly TrainingPoint[] {
	const every = Math.ceil(points.length / mostPoints);
	return points.filter(
		({ validation }, index) => index % every === 0 || validation !== null || index === points.length - 1,
	);
}

function Drawing({ points, steps, width }: { points: readonly TrainingPoint[]; steps: number; width: number }) {
	const [at, setAt] = useState<number | null>(null);
	const bottom = height - frame.bottom;
	const losses = points.flatMap(({ loss, validation }) => [loss, ...(validation === null ? [] : [validation])]);
	const x = scaleLinear()
		.domain([1, Math.max(2, steps, points.at(-1)?.step ?? 0)])
		.range([frame.left, width - frame.right]);
	const y = scaleLinear()
		.domain([0, Math.max(0.1, ...losses)])
		.nice(4)
		.range([bottom, frame.top]);
	// Steps are whole, and neighbouring ticks never read the same.
	const stepTicks = x.ticks(Math.max(2, Math.min(8, Math.floor(width / 90)))).filter(Number.isInteger);
	const [low = 0, high = 1] = y.ticks(4);
	const digits = Math.max(1, Math.ceil(-Math.log10(high - low)));
	const curve = (at: readonly { readonly step: number; readonly loss: number }[]): string =>
		at.map(({ step, loss }, index) => `${index === 0 ? 'M' : 'L'}${x(step).toFixed(1)},${y(loss).toFixed(1)}`).join('');
	const validated = points.flatMap(({ step, validation }) => (validation === null ? [] : [{ step, loss: validation }]));
	const entry = Math.min(at ?? points.length - 1, points.length - 1);
	const current = points[entry];
	function press(event: KeyboardEvent): void {
		const to = { ArrowRight: entry + 1, ArrowLeft: entry - 1, Home: 0, End: points.length - 1 }[event.key];
		if (to === undefined) return;
		event.preventDefault();
		event.stopPropagation();
		setAt(Math.max(0, Math.min(points.length - 1, to)));
	}
	return (
		<>
			<div
				role="slider"
				tabIndex={0}
				aria-label={t('Step of the loss curve')}
				aria-valuemin={1}
				aria-valuemax={Math.max(1, points.at(-1)?.step ?? 1)}
				aria-valuenow={current?.step ?? 1}
				aria-valuetext={current === undefined ? t('No step yet') : describe(current)}
				onKeyDown={press}
				onPointerMove={(event) => {
					const step = x.invert(event.clientX - event.currentTarget.getBoundingClientRect().left);
					const nearest = points.findIndex((point) => point.step >= step);
					setAt(nearest === -1 ? points.length - 1 : nearest);
				}}
				onPointerLeave={() => setAt(null)}
				className="rounded-md focus-visible:outline-2 focus-visible:outline-focus"
			>
				<svg aria-hidden="true" width={width} height={height} className="block font-sans text-[11px]">
					{y.ticks(4).map((tick) => (
						<g key={tick}>
							<line x1={frame.left} x2={width - frame.right} y1={y(tick)} y2={y(tick)} className="stroke-grid" />
							<text x={frame.left - 6} y={y(tick) + 4} textAnchor="end" className="fill-ink-3 tabular-nums">
								{formatNumber(tick, digits)}
							</text>
						</g>
					))}
					<line x1={frame.left} x2={width - frame.right} y1={bottom} y2={bottom} className="stroke-line-strong" />
					{stepTicks.map((tick) => (
						<text key={tick} x={x(tick)} y={height - 7} textAnchor="middle" className="fill-ink-3 tabular-nums">
							{formatCount(tick)}
						</text>
					))}
					{/* A line of one step would have no length. */}
					{points.length > 1 ? (
						<path d={curve(points)} fill="none" strokeWidth={1.5} className="stroke-series-1" />
					) : (
						points.map(({ step, loss }) => (
							<circle key={step} cx={x(step)} cy={y(loss)} r={3} className="fill-series-1" />
						))
					)}
					<path d={curve(validated)} fill="none" strokeWidth={1.5} strokeDasharray="3 3" className="stroke-series-2" />
					{validated.map(({ step, loss }) => (
						<circle key={step} cx={x(step)} cy={y(loss)} r={3} className="fill-series-2" />
					))}
					{current === undefined ? null : (
						<line x1={x(current.step)} x2={x(current.step)} y1={frame.top} y2={bottom} className="stroke-line-strong" />
					)}
				</svg>
			</div>
			<p className="min-h-4.5 text-xs text-ink-2 tabular-nums">{current === undefined ? null : describe(current)}</p>
		</>
	);
}

function describe({ step, loss, validation, gradientNorm, learningRate }: TrainingPoint): string {
	const values = {
		step: formatCount(step),
		loss: formatNumber(loss, 3),
		gradient: formatNumber(gradientNorm, 2),
		rate: formatLearningRate(learningRate),
	};
	return validation === null
		? t('Step {step}: training {loss}, gradient {gradient}, learning rate {rate}', values)
		: t('Step {step}: training {loss}, validation {validation}, gradient {gradient}, learning rate {rate}', {
				...values,
				validation: formatNumber(validation, 3),
			});
}

function PointTable({ points }: { points: readonly TrainingPoint[] }) {
	const head = 'sticky top-0 bg-surface border-b border-line-strong py-1 font-medium text-2xs text-ink-3 text-right';
	return (
		<Scroller label={t('Loss by step')} className="max-h-56">
			<table className="w-full border-separate border-spacing-0 text-xs tabular-nums">
				<thead>
					<tr>
						{[t('Step'), t('Training'), t('Validation'), t('Gradient'), t('Learning rate'), t('Speed, tok/s')].map(
							(name) => (
								<th key={name} scope="col" className={head}>
									{name}
								</th>
							),
						)}
					</tr>
				</thead>
				<tbody>
					{points.toReversed().map(({ step, loss, validation, gradientNorm, learningRate, tokensPerSecond }) => (
						<tr key={step}>
							<th scope="row" className="border-b border-line py-1 text-right font-normal">
								{formatCount(step)}
							</th>
							{[
								formatNumber(loss, 4),
								validation === null ? '' : formatNumber(validation, 4),
								formatNumber(gradientNorm, 3),
								formatLearningRate(learningRate),
								formatNumber(tokensPerSecond, 0),
							].map((value, index) => (
								// biome-ignore lint/suspicious/noArrayIndexKey: columns stand in order
								<td key={index} className="border-b border-line py-1 text-right font-mono">
									{value}
								</td>
							))}
						</tr>
					))}
				</tbody>
			</table>
		</Scroller>
	);
}
