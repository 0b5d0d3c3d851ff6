import type { KeyboardEvent, ReactNode } from 'react';
import { Skeleton } from '../design/skeleton.tsx';

/** A pane that lists items in groups: its header, a placeholder while they load, and arrow keys between rows. */
export function ListPane({
	title,
	actions,
	status,
	children,
	foot,
}: {
	title: string;
	/** Actions on the right of the header. */
	actions: ReactNode;
	/** The screen next to the pane explains why loading failed. */
	status: 'loading' | 'ready' | 'failed';
	/** The groups. */
	children: ReactNode;
	foot?: ReactNode;
}) {
	return (
		<div className="flex min-h-0 flex-1 flex-col">
			<header className="drag mb-1.5 flex h-9 flex-none items-center gap-1 pr-0.5 pl-2">
				<h2 className="flex-1 text-md font-semibold tracking-[-0.01em]">{title}</h2>
				{actions}
			</header>
			{/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys are a second way through links that are reached with Tab */}
			<div className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto" onKeyDown={moveFocus}>
				{status === 'loading' ? <Skeleton rows={5} className="px-2 pt-4" /> : null}
				{status === 'ready' ? children : null}
			</div>
			{foot}
		</div>
	);
}

/** Items of one kind under a heading; renders nothing if there are none and no text for that case. */
export function ListGroup<Item extends { readonly id: number; readonly name: string }>({
	name,
	items,
	empty,
	shownId,
	href,
	onOpen,
	mark,
	detail,
}: {
	name: string;
	items: readonly Item[];
	empty?: string;
	/** Id of the item on the screen. */
	shownId: number | undefined;
	href: (id: number) => string;
	onOpen: (id: number) => void;
	/** Shown after the name. */
	mark?: (item: Item) => ReactNode;
	/** Shown at the end of the row. */
	detail: (item: Item) => ReactNode;
}) {
	if (items.length === 0 && empty === undefined) return null;
	return (
		<section aria-label={name} className="mb-3">
			<h3 className="flex h-6.5 items-center px-2 text-2xs font-medium text-ink-3">{name}</h3>
			{items.length === 0 ? <p className="px-2 text-xs text-ink-3">{empty}</p> : null}
			<ul>
				{items.map((item) => (
					<li key={item.id}>
						<a
							data-row
							href={href(item.id)}
							aria-current={item.id === shownId ? 'true' : undefined}
							onClick={(event) => {
								event.preventDefault();
								onOpen(item.id);
							}}
							className="flex min-h-7.5 items-center gap-2 rounded-[6px] px-2 py-1 text-ink-2 no-underline hover:bg-hover focus-visible:-outline-offset-2 aria-[current]:bg-selected aria-[current]:font-medium aria-[current]:text-ink"
						>
							<span className="line-clamp-2 min-w-0 flex-1 [overflow-wrap:anywhere]" title={item.name}>
								{item.name}
								{mark?.(item)}
							</span>
							<span className="flex-none text-2xs font-normal text-ink-3 tabular-nums">{detail(item)}</span>
						</a>
					</li>
				))}
			</ul>
		</section>
	);
}

/** Moves the focus with Up and Down through the rows of all groups. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
	const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
	if (step === undefined) return;
	const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')];
	const next = rows[rows.indexOf(document.activeElement as HTMLElement) + step];
	if (next === undefined) return;
	event.preventDefault();
	next.focus();
}
