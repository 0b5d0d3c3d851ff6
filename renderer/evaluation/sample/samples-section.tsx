import { Search, Tag } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useState } from 'react';
import type { RowFilter } from '../../../electron/contract/evaluation/schema.ts';
import { Button, buttonClass, iconButtonClass } from '../../design/button.tsx';
import { EmptyState } from '../../design/empty-state.tsx';
import { FailureCard } from '../../design/failure-card.tsx';
import { formatCount } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Menu, MenuItem } from '../../design/menu.tsx';
import { Segmented } from '../../design/segmented.tsx';
import { t } from '../../messages/t.ts';
import type { ArmSide } from './arm-side.ts';
import { SampleGrid } from './sample-grid.tsx';
import { SamplePane } from './sample-pane.tsx';
import { SampleTable } from './sample-table.tsx';
import { findPassBound, formatFilter, listScoreFilters, type ScoreScale } from './score-scale.ts';
import { type RowQuery, useCounts, useRows } from './use-rows.ts';

const ofTwo: readonly RowFilter[] = ['all', 'different', 'gained', 'lost', 'failed', 'unscored'];
/** Shown only if there are any. */
const onlyIfAny: ReadonlySet<RowFilter> = new Set(['failed', 'unscored']);

/** Most combinations side by side, as in the contract. */
const mostColumns = 8;

/** Pause in typing before a query, in ms. */
const typingPauseMs = 200;

/** The samples behind the numbers, filtered to where the sides differ, with one in detail. */
export function SamplesSection({
	views,
	sides,
	gridSides = sides,
	scorer,
	scoreScale,
	tags,
	epochs,
	version,
}: {
	/** Links to other views, at the start of the filter bar. */
	views?: ReactNode;
	sides: readonly ArmSide[];
	/** Columns of the grid of all outputs; the first and the last are those of the pair. */
	gridSides?: readonly ArmSide[];
	scorer: string;
	/** Names of its values. */
	scoreScale: ScoreScale;
	/** Tags of the samples, for the filter. */
	tags: readonly string[];
	epochs: number;
	/** Changes whenever the rows may have changed. */
	version: string;
}) {
	const [chosen, setChosen] = useState<RowFilter | null>(null);
	const [typed, setTyped] = useState('');
	const [search, setSearch] = useState('');
	const [tag, setTag] = useState<string | null>(null);
	const [selected, setSelected] = useState(0);
	useEffect(() => {
		const timer = setTimeout(() => setSearch(typed.trim()), typingPauseMs);
		return () => clearTimeout(timer);
	}, [typed]);
	const [layout, setLayout] = useState<'pair' | 'grid'>('pair');
	const [open, setOpen] = useState(false);
	const columns = (layout === 'grid' ? gridSides : sides).slice(0, 1).concat(
		// The last is the compared one; a page of rows takes eight.
		(layout === 'grid' ? gridSides : sides).slice(1).slice(-(mostColumns - 1)),
	);
	const arms = columns.map(({ armId }) => armId);
	const base: Omit<RowQuery, 'filter'> = { arms, scorer, bound: findPassBound(scoreScale), tag, search };
	const possible =
		sides.length > 1
			? ofTwo
			: ['all' as const, ...listScoreFilters(scoreScale), 'failed' as const, 'unscored' as const];
	const counts = useCounts(base, possible, version);
	const usual: RowFilter = sides.length > 1 && (counts.different ?? 0) > 0 ? 'different' : 'all';
	const filter = chosen !== null && possible.includes(chosen) ? chosen : usual;
	const rows = useRows({ ...base, filter }, version);
	const total = rows.total ?? 0;
	const at = Math.min(selected, Math.max(0, total - 1));
	const row = rows.at(at);
	const armsKey = arms.join(',');
	// Other rows begin at the top.
	// biome-ignore lint/correctness/useExhaustiveDependencies: whichever of these changes, the rows are others
	useEffect(() => setSelected(0), [filter, search, tag, armsKey]);

	function step(by: 1 | -1): void {
		setSelected(Math.max(0, Math.min(total - 1, at + by)));
	}
	function press(event: KeyboardEvent): void {
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		if ((event.target as HTMLElement).matches('input, textarea')) return;
		if (event.key === 'j') step(1);
		else if (event.key === 'k') step(-1);
		else return;
		event.preventDefault();
	}
	const filters = possible.filter((one) => !onlyIfAny.has(one) || (counts[one] ?? 0) > 0 || one === filter);
	return (
		// biome-ignore lint/a11y/noStaticElementInteractions: keys of whatever has the focus inside
		<div onKeyDown={press} className="flex min-h-0 flex-1 flex-col max-[1099px]:flex-none">
			<div className="flex min-h-10 flex-none flex-wrap items-center gap-x-1.5 gap-y-1 py-1 pr-2.5 pl-3">
				{views}
				<span className="flex-1" />
				<Segmented
					label={t('Layout')}
					value={layout}
					onChange={(next) => {
						setLayout(next);
						setOpen(false);
					}}
					options={[
						{ value: 'pair', label: sides.length > 1 ? t('Pair') : t('Sample') },
						{ value: 'grid', label: t('Grid') },
					]}
				/>
				<Segmented
					label={t('Filter')}
					value={filter}
					onChange={setChosen}
					options={filters.map((value) => ({
						value,
						label: formatFilter(value, scoreScale),
						count: counts[value] === undefined ? undefined : formatCount(counts[value]),
					}))}
				/>
				<span className="flex items-center gap-1">
					<label className="flex h-6.5 w-16 items-center gap-1.5 rounded-[6px] px-1.5 text-xs hover:bg-hover focus-within:bg-hover focus-within:outline-2 focus-within:outline-focus">
						<input
							type="search"
							aria-label={t('Search input, target and outputs')}
							placeholder={t('Search')}
							value={typed}
							onChange={(event) => setTyped(event.target.value)}
							className="w-full min-w-0 bg-transparent outline-none"
						/>
					</label>
					{tags.length === 0 ? null : <TagMenu tags={tags} tag={tag} onChange={setTag} />}
				</span>
			</div>
			<div
				className={`grid min-h-0 flex-1 grid-rows-[minmax(0,1fr)] border-t border-line max-[1099px]:flex-none max-[1099px]:grid-rows-none ${
					layout === 'pair'
						? 'min-[1100px]:grid-cols-[minmax(380px,46%)_minmax(0,1fr)]'
						: open
							? 'min-[1100px]:grid-cols-[minmax(0,1fr)_minmax(400px,44%)]'
							: 'grid-cols-[minmax(0,1fr)]'
				}`}
			>
				<section aria-label={t('Samples')} className="flex min-h-0 min-w-0 flex-col border-line min-[1100px]:border-r">
					{rows.failure === null ? null : (
						<div className="p-4">
							<FailureCard title={t('Couldn’t read the samples')} failure={rows.failure} />
						</div>
					)}
					{rows.total === 0 ? (
						<EmptyState
							icon={Search}
							title={filter === 'different' ? t('No sample differs') : t('No results')}
							actions={
								filter !== 'all' || search !== '' || tag !== null ? (
									<Button
										size="sm"
										onClick={() => {
											setChosen('all');
											setTyped('');
											setTag(null);
										}}
									>
										{t('Show all samples')}
									</Button>
								) : undefined
							}
						>
							{filter === 'all' && search === '' && tag === null
								? t('Samples appear here as they are measured.')
								: t('No sample matches the filter.')}
						</EmptyState>
					) : layout === 'grid' ? (
						<>
							<SampleGrid
								rows={rows}
								sides={columns}
								scorer={scorer}
								scoreScale={scoreScale}
								selected={at}
								onSelect={setSelected}
								onOpen={() => setOpen(true)}
								epochs={epochs}
							/>
							{columns.length < gridSides.length ? (
								<p className="flex-none border-t border-line px-3 py-1 text-xs text-ink-3">
									{t('{shown} of {all} combinations. Choose others to compare above.', {
										shown: columns.length,
										all: gridSides.length,
									})}
								</p>
							) : null}
						</>
					) : (
						<SampleTable
							rows={rows}
							sides={sides}
							scorer={scorer}
							scoreScale={scoreScale}
							selected={at}
							onSelect={setSelected}
							epochs={epochs}
						/>
					)}
				</section>
				{layout === 'grid' && !open ? null : (
					<section
						aria-label={t('Sample')}
						className="flex min-h-0 min-w-0 flex-col max-[1099px]:border-t max-[1099px]:border-line"
					>
						{row === undefined ? null : (
							<SamplePane
								position={row.position}
								epoch={row.epoch}
								sides={sides}
								scorer={scorer}
								scoreScale={scoreScale}
								version={version}
								onStep={step}
								{...(layout === 'grid' ? { onClose: () => setOpen(false) } : {})}
							/>
						)}
					</section>
				)}
			</div>
		</div>
	);
}

function TagMenu({
	tags,
	tag,
	onChange,
}: {
	tags: readonly string[];
	tag: string | null;
	onChange: (tag: string | null) => void;
}) {
	return (
		<Menu
			trigger={
				<button
					type="button"
					aria-label={t('Filter by tag')}
					className={tag === null ? iconButtonClass('sm') : buttonClass('ghost', 'sm')}
				>
					<Icon of={Tag} size={14} />
					{tag === null ? null : <span className="max-w-24 truncate">{tag}</span>}
				</button>
			}
		>
			<MenuItem selected={tag === null} onSelect={() => onChange(null)}>
				{t('All tags')}
			</MenuItem>
			{tags.map((one) => (
				<MenuItem key={one} selected={one === tag} onSelect={() => onChange(one)}>
					{one}
				</MenuItem>
			))}
		</Menu>
	);
}
