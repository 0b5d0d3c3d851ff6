import { ChevronRight, TriangleAlert } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { t } from '../messages/t.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';
import { Scroller } from './scroll-area.tsx';

/** A `Failure`'s text; structurally the contract's facts. */
export type FailureText = { message: string; next: readonly string[]; detail?: string | undefined };

/** What failed, why with numbers, up to three next steps as buttons, and the collapsed technical details. */
export function FailureCard({
	title,
	failure,
	actions,
}: {
	title: string;
	failure: FailureText;
	/** Buttons for the steps that the app can take itself; the others are shown as sentences. */
	actions?: ReactNode;
}) {
	const [open, setOpen] = useState(false);
	return (
		// biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls; many of these may stand on a page, so none is a landmark
		<div role="group" aria-label={title} className="rounded-lg border border-line bg-sunken px-3.5 py-3">
			<h2 className="flex items-center gap-2 font-semibold">
				<Icon of={TriangleAlert} className="text-bad" />
				{title}
			</h2>
			<p className="mt-1 text-pretty text-ink-2 [overflow-wrap:anywhere]">{failure.message}</p>
			{failure.next.length === 0 ? null : (
				<ul className="mt-1.5 text-ink-2">
					{failure.next.map((step) => (
						<li key={step} className="flex gap-2 before:text-ink-3 before:content-['→']">
							<span className="[overflow-wrap:anywhere]">{step}</span>
						</li>
					))}
				</ul>
			)}
			{actions === undefined && failure.detail === undefined ? null : (
				<div className="mt-2.5 flex flex-wrap items-center gap-1.5">
					{actions}
					{failure.detail === undefined ? null : (
						<Button kind="ghost" size="sm" aria-expanded={open} onClick={() => setOpen(!open)}>
							<Icon of={ChevronRight} size={14} className={open ? 'rotate-90' : ''} />
							{t('Details')}
						</Button>
					)}
				</div>
			)}
			{open ? (
				<Scroller label={t('Details')} className="mt-2 max-h-48 rounded-md border border-line bg-surface px-2.5 py-2">
					<pre className="font-mono text-2xs whitespace-pre-wrap text-ink-2">{failure.detail}</pre>
				</Scroller>
			) : null}
		</div>
	);
}
