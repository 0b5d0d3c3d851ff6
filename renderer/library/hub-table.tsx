import { Check, ChevronRight, CircleAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { HubFit } from '../../electron/contract/library/hub.ts';
import { Badge } from '../design/badge.tsx';
import { formatBytes } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Popover } from '../design/popover.tsx';
import { t } from '../messages/t.ts';
import { Trans } from '../messages/trans.tsx';

export const headCell =
	'border-b border-line-strong px-2.5 pb-1.5 align-bottom text-2xs/3.5 font-medium text-ink-3 whitespace-nowrap';
export const cell = 'h-9.75 border-b border-line px-2.5 py-1.5 whitespace-nowrap';
export const figure = `${cell} text-right font-mono text-xs tabular-nums tracking-[-0.01em]`;

/** A table of models not on this computer. `narrow` columns are hidden first if there is little room. */
export function HubTable({
	label,
	columns,
	children,
}: {
	label: string;
	columns: readonly { name: string; unit?: string; right?: boolean; className?: string }[];
	children: ReactNode;
}) {
	return (
		<div className="@container">
			<table className="w-full border-separate border-spacing-0" aria-label={label}>
				<thead>
					<tr>
						{columns.map(({ name, unit, right = false, className = '' }) => (
							<th key={name} scope="col" className={`${headCell} ${right ? 'text-right' : 'text-left'} ${className}`}>
								{name} {unit === undefined ? null : <span className="font-normal">{unit}</span>}
							</th>
						))}
						<th scope="col" className={headCell}>
							<span className="sr-only">{t('Download')}</span>
						</th>
					</tr>
				</thead>
				<tbody>{children}</tbody>
			</table>
		</div>
	);
}

/** The name of a row; a click expands the row. */
export function Opener({ open, onToggle, children }: { open: boolean; onToggle: () => void; children: ReactNode }) {
	return (
		<button
			type="button"
			aria-expanded={open}
			onClick={onToggle}
			className="flex min-w-0 items-center gap-1.5 text-left"
		>
			<Icon of={ChevronRight} size={14} className={`text-ink-3 ${open ? 'rotate-90' : ''}`} />
			<span className="min-w-0 truncate">{children}</span>
		</button>
	);
}

const words = {
	fits: { text: t('Fits'), tone: 'good', icon: Check },
	tight: { text: t('Tight'), tone: 'warn', icon: CircleAlert },
	'wont-fit': { text: t('Won’t fit'), tone: 'bad', icon: X },
} as const;

/** Whether a model not on this computer would run here; opens the memory breakdown. */
export function HubFitBadge({ fit, of }: { fit: HubFit; of: string }) {
	const { text, tone, icon } = words[fit.verdict];
	return (
		<Popover
			label={t('Memory for {name}', { name: of })}
			align="end"
			width={272}
			trigger={
				<button
					type="button"
					aria-label={t('{verdict}: memory for {name}', { verdict: text, name: of })}
					className="rounded-sm"
				>
					<Badge tone={tone} icon={icon}>
						{text}
					</Badge>
				</button>
			}
		>
			<div className="flex flex-col gap-1.5 text-xs tabular-nums">
				<p>
					<Trans
						text="Needs about {size} with a context of {tokens, plural, one {# token} other {# tokens}}: weights, KV cache and buffers."
						values={{
							size: <b className="font-semibold">{formatBytes(fit.neededBytes)}</b>,
							tokens: fit.contextSize,
						}}
					/>
				</p>
				<p className="text-ink-2">
					{t('{size} of memory is free for models here.', {
						size: formatBytes(fit.availableBytes),
					})}
				</p>
				<p className="text-ink-3">
					{fit.basis === 'header'
						? t('Computed from the header of one of its files.')
						: t('Estimated from the size. Open the files for an exact figure.')}
				</p>
			</div>
		</Popover>
	);
}
