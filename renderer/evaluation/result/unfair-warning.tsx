import { Info, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import type { Unfair, Warning } from '../../../electron/contract/evaluation/schema.ts';
import { Button } from '../../design/button.tsx';
import { Icon } from '../../design/icon.tsx';
import { t } from '../../messages/t.ts';

/** Reasons why a number or a difference may be misleading; shown before any result. */
export function UnfairWarning({
	unfair,
	warnings = [],
}: {
	unfair: readonly Unfair[];
	/** Warnings about the run itself. */
	warnings?: readonly Warning[];
}) {
	const [open, setOpen] = useState(false);
	const notes = [...warnings.map(({ message }) => ({ serious: true, message })), ...unfair];
	const [first, ...others] = notes;
	if (first === undefined) return null;
	// Two scorings of the same outputs are worth a note, but not unfair.
	const fair = unfair.every(({ code }) => code === 'same-outputs');
	return (
		<section
			aria-label={fair ? t('Note') : t('Not a fair comparison')}
			className={`flex flex-none items-start gap-2 px-5 text-xs ${first.serious ? 'bg-warn-soft' : 'bg-sunken'}`}
		>
			<Icon
				of={first.serious || !fair ? TriangleAlert : Info}
				size={14}
				className={`mt-[9px] ${first.serious ? 'text-warn' : 'text-ink-3'}`}
			/>
			<ul className="min-w-0 flex-1 py-[7px]">
				<li>{first.message}</li>
				{open ? others.map(({ message }) => <li key={message}>{message}</li>) : null}
			</ul>
			{others.length === 0 ? null : (
				<Button kind="ghost" size="sm" className="my-[3px]" aria-expanded={open} onClick={() => setOpen(!open)}>
					{open ? t('Show less') : t('{count} more', { count: others.length })}
				</Button>
			)}
		</section>
	);
}
