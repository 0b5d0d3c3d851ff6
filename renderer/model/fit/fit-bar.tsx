import type { Fit } from '../../../electron/contract/model/fit.ts';
import { gigabyteFigure } from './fit-words.ts';

const fills: Readonly<Record<string, string>> = {
	weights: 'bg-accent',
	repacked: 'bg-[color-mix(in_oklab,var(--accent)_84%,var(--surface))]',
	kv: 'bg-[color-mix(in_oklab,var(--accent)_66%,var(--surface))]',
	state: 'bg-[color-mix(in_oklab,var(--accent)_56%,var(--surface))]',
	compute: 'bg-[color-mix(in_oklab,var(--accent)_44%,var(--surface))]',
	process: 'bg-[color-mix(in_oklab,var(--accent)_30%,var(--surface))]',
	correction: 'bg-[color-mix(in_oklab,var(--accent)_20%,var(--surface))]',
	headroom: 'bg-[repeating-linear-gradient(135deg,var(--control)_0_1px,transparent_1px_5px),var(--line)]',
	spare: 'bg-surface inset-ring inset-ring-control',
};

/** Mark of a part, beside its words. */
export function PartMark({ kind }: { kind: string }) {
	return <i aria-hidden className={`size-[9px] flex-none rounded-[2px] ${fills[kind] ?? ''}`} />;
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
	const summary = all.map(({ kind, bytes }) => `${kind} ${gigabyteFigure(bytes)}`).join(', ');
	return (
		<div role="img" aria-label={`${summary} GB`} className="flex h-3.5 gap-0.5">
			{all.map(({ kind, bytes }) => (
				<i
					key={kind}
					className={`min-w-0.5 first:rounded-l-[4px] last:rounded-r-[4px] ${fills[kind] ?? ''}`}
					style={{ flex: bytes / total }}
				/>
			))}
		</div>
	);
}
