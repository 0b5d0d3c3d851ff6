import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { DiagnosticPart } from '../../../electron/contract/data/diagnostics.ts';
import { Checkbox } from '../../design/field/checkbox.tsx';
import { formatBytes } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Scroller } from '../../design/scroller.tsx';

/** Longer texts are shown in part; the saved file has all of it, characters. */
const shownLength = 200_000;

/** One part: what it is, how large, its whole text on a click, and whether it is saved. */
export function BundlePart({
	part: { name, description, text },
	included,
	onInclude,
}: {
	part: DiagnosticPart;
	included: boolean;
	onInclude: (include: boolean) => void;
}) {
	const [open, setOpen] = useState(false);
	return (
		<li className="border-b border-line last:border-b-0">
			<div className="flex items-center gap-1 pl-2">
				<Checkbox label={`Save ${name}`} checked={included} onChange={() => onInclude(!included)} />
				<button
					type="button"
					aria-expanded={open}
					onClick={() => setOpen(!open)}
					className="flex min-h-9 min-w-0 flex-1 items-center gap-2 px-2 py-1 hover:bg-hover focus-visible:-outline-offset-2"
				>
					<span className={`min-w-0 flex-1 ${included ? '' : 'text-ink-3'}`}>
						<span className="block font-mono text-xs">{name}</span>
						<span className="block text-xs text-pretty text-ink-3">{description}</span>
					</span>
					<span className="font-mono text-xs text-ink-2 tabular-nums">{formatBytes(text.length)}</span>
					<Icon of={ChevronRight} size={14} className={`text-ink-3 ${open ? 'rotate-90' : ''}`} />
				</button>
			</div>
			{open ? (
				<Scroller label={`Text of ${name}`} className="max-h-64 border-t border-line bg-sunken px-3 py-2">
					<pre className="font-mono text-2xs whitespace-pre-wrap text-ink-2 [overflow-wrap:anywhere]">
						{text.slice(0, shownLength)}
					</pre>
				</Scroller>
			) : null}
		</li>
	);
}
