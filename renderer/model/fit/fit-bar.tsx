import type { Fit } from '../../../electron/contract/model/fit.ts';
import { formatGigabyteFigure } from './fit-words.ts';

const shade = (percent: number): string => `color-mix(in oklab, var(--accent) ${percent}%, var(--surface))`;

/** Grounds of the parts: one hue that gets paler, hatched for what is kept free, hollow for what is left. */
const grounds: Readonly<Record<string, string>> = {
	weights: 'var(--accent)',
	repacked: shade(84),
	kv: shade(66),
	state: shade(56),
	compute: shade(44),
	process: shade(30),
	correction: shade(20),
	headroom: 'repeating-linear-gradient(135deg, var(--control) 0 1px, transparent 1px 5px), var(--line)',
	spare: 'var(--surface)',
};

const edge = (kind: string): string => (kind === 'spare' ? 'inset-ring inset-ring-control' : '');

/** Mark of a part, beside its words. */
export function PartMark({ kind }: { kind: string }) {
	return <i aria-hidden className="size-[9px] flex-none rounded-[2px]" style={{ background: grounds[kind] }} />;
}

/** The sum as one bar: what is needed, what is kept free, what is left. */
export function FitBar({ fit }: { fit: Fit }) {
	const parts = fit.parts.filter(({ bytes, where }) => bytes > 0 && where === 'ram');
	const all = [
		...parts.map(({ kind, bytes }) => ({ kind: kind as string, bytes })),
		{ kind: 'headroom', bytes: fit.headroomBytes },
		...(fit.spareBytes > 0 ? [{ kind: 'spare', bytes: fit.spareBytes }] : []),
	];
	const total = all.reduce((sum, { bytes }) => sum + bytes, 0);
	const summary = all.map(({ kind, bytes }) => `${kind} ${formatGigabyteFigure(bytes)}`).join(', ');
	return (
		<div role="img" aria-label={`${summary} GB`} className="flex h-3.5 gap-0.5">
			{all.map(({ kind, bytes }) => (
				<i
					key={kind}
					className={`min-w-0.5 first:rounded-l-[4px] last:rounded-r-[4px] ${edge(kind)}`}
					style={{ flex: bytes / total, background: grounds[kind] }}
				/>
			))}
		</div>
	);
}
