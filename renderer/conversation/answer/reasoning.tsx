import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { formatSeconds } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Spinner } from '../../design/spinner.tsx';
import { t } from '../../messages/t.ts';

/** The model's reasoning, collapsed, with its duration. Plain text, as received. */
export function Reasoning({
	text,
	milliseconds,
	streaming,
}: {
	text: string;
	milliseconds: number | null;
	streaming: boolean;
}) {
	const [open, setOpen] = useState(false);
	return (
		<div className="flex flex-col gap-1.5">
			<button
				type="button"
				aria-expanded={open}
				onClick={() => setOpen(!open)}
				className="-ml-[3px] inline-flex items-center gap-1.5 self-start rounded-[6px] py-px pr-2 pl-[3px] text-xs font-medium text-ink-2 hover:bg-hover"
			>
				<Icon
					of={ChevronRight}
					size={14}
					className={`transition-transform duration-(--base) ${open ? 'rotate-90' : ''}`}
				/>
				{t('Reasoning')}
				{streaming ? <Spinner /> : null}
				{milliseconds === null ? null : (
					<span className="font-normal text-ink-3 tabular-nums">{formatSeconds(milliseconds)}</span>
				)}
			</button>
			{open ? (
				<div
					className="foreign ml-[3px] border-l-2 border-line-strong pl-3.5 whitespace-pre-wrap text-ink-2"
					dir="auto"
				>
					{text.trim()}
				</div>
			) : null}
		</div>
	);
}
