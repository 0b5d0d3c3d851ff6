import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { Icon } from '../../../design/icon.tsx';

export const headCell =
	'border-b border-line-strong px-2.5 pb-1.5 align-bottom text-2xs/3.5 font-medium text-ink-3 whitespace-nowrap';
export const cell = 'h-9.75 border-b border-line px-2.5 py-1.5 whitespace-nowrap';
export const figure = `${cell} text-right font-mono text-xs tabular-nums tracking-[-0.01em]`;

/** A table of models that are not here. `narrow` columns go first where there is little room. */
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
							<span className="sr-only">Fetch</span>
						</th>
					</tr>
				</thead>
				<tbody>{children}</tbody>
			</table>
		</div>
	);
}

/** The name of a row that opens what is under it. */
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
