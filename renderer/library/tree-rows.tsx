import { ArrowDownToLine, ChevronRight, Copy, RotateCcw, Trash2, TriangleAlert } from 'lucide-react';
import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { useStore } from 'zustand';
import type { FitLever } from '../../electron/contract/library/fit.ts';
import type { ModelGroup } from '../../electron/contract/library/model-groups.ts';
import { describeQuality } from '../../electron/contract/library/quality.ts';
import type { ModelFile, ModelState } from '../../electron/contract/library/schema.ts';
import { toFailure } from '../connection/failure.ts';
import { Badge } from '../design/badge.tsx';
import { Button, IconButton } from '../design/button.tsx';
import { formatBytes, formatPercent } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Spinner } from '../design/spinner.tsx';
import { Tooltip } from '../design/tooltip.tsx';
import { t, translate } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { baseName, shortenCause } from './broken-cause.ts';
import { AccuracyCell, DivergenceCell, SpeedCell } from './figure-cells.tsx';
import { FitButton } from './fit-badge.tsx';
import { FitBreakdown } from './fit-breakdown.tsx';
import { describeChange, formatGigabyteFigure } from './fit-wording.ts';
import { describeLoadState } from './load-state.ts';
import { renameModel } from './model-actions.ts';
import { describeInGroup, formatSizeRange, type TreeRow } from './model-rows.ts';
import { describeKind } from './model-wording.ts';
import { FileActions, GroupActions } from './row-actions.tsx';
import { cell, figure, rowEdgeClass, rowMarkClass } from './row-style.ts';
import { columnClass, type TreeColumns } from './tree-columns.tsx';

/** What every row is given. */
interface RowProps {
	columns: TreeColumns;
	index: number;
	rowKey: string;
	/** Key of the row that the tab key reaches. */
	current: string | null;
	onSelect: (id: number) => void;
	onToggle: (key: string, open: boolean) => void;
	/** Measures the height of the row if not all rows are drawn. */
	measure: (element: HTMLElement | null) => void;
	virtual: boolean;
}

/** Attributes that every row has. */
function rowAttributes({ index, rowKey, current, measure, virtual }: RowProps) {
	return {
		'data-row': rowKey,
		'data-index': index,
		'aria-rowindex': index + 2,
		tabIndex: rowKey === current ? 0 : -1,
		...(virtual ? { ref: measure } : {}),
	};
}

const rowClass =
	'group outline-none focus-visible:[&>td]:bg-hover focus-visible:[&>td:first-child]:shadow-[inset_2px_0_0_var(--focus)]';

/** One model with several files: its name, what it holds, and what can be done with it. */
export function GroupRow(props: RowProps & { row: Extract<TreeRow, { kind: 'group' }> }) {
	const { row, columns, onToggle } = props;
	const { group, open, ofFiles } = row;
	const all = [...group.files, ...group.parts];
	const standard = group.files.find((file) => file.default);
	const counts =
		ofFiles === all.length
			? t('{count, plural, one {# file} other {# files}}', { count: all.length })
			: t('{ofFiles} of {count, plural, one {# file} other {# files}}', { ofFiles, count: all.length });
	const facts = [
		counts,
		standard === undefined ? null : t('default {quantization}', { quantization: standard.quantization }),
		formatSizeRange(group.files, formatBytes),
	].filter((part) => part !== null);
	return (
		<tr
			{...rowAttributes(props)}
			aria-level={1}
			aria-expanded={open}
			className={rowClass}
			onClick={() => onToggle(group.key, !open)}
		>
			<td colSpan={columns.count} className="h-10 border-b border-line bg-sunken px-1.5">
				<span className="flex items-center gap-1.5">
					<Icon
						of={ChevronRight}
						size={14}
						className={`text-ink-3 transition-transform duration-(--fast) ${open ? 'rotate-90' : ''}`}
					/>
					<ModelName group={group} />
					<span className="min-w-0 flex-1 truncate text-xs text-ink-3 tabular-nums">{facts.join(' · ')}</span>
					<GroupStates group={group} hidden={open} />
					<GroupActions group={group} tabbable={props.current === props.rowKey} />
				</span>
			</td>
		</tr>
	);
}

/** States of the files while the row hides them. */
function GroupStates({ group, hidden }: { group: ModelGroup; hidden: boolean }) {
	const { models } = useServices();
	const states = useStore(models.state, (state) => state.states);
	if (hidden) return null;
	return group.files.map((file) => <StateBadge key={file.id} model={file} state={states[file.id]} />);
}

/** The name of a model; a field while it is being renamed. */
function ModelName({ group, children }: { group: ModelGroup; children?: ReactNode }) {
	const services = useServices();
	const { view } = services.models;
	const renaming = useStore(view, (now) => now.renaming === group.key);
	const field = useRef<HTMLInputElement>(null);
	useLayoutEffect(() => {
		if (!renaming) return;
		function focus(): void {
			field.current?.focus();
			field.current?.select();
		}
		// From the row at once, so that no letter typed right after F2 is lost. A menu holds the focus until it has closed.
		if (field.current?.closest('[data-row]') === document.activeElement) focus();
		const frame = requestAnimationFrame(() => {
			if (document.activeElement !== field.current) focus();
		});
		return () => cancelAnimationFrame(frame);
	}, [renaming]);
	if (!renaming) {
		return (
			<span className="min-w-12 truncate font-medium" title={group.name}>
				{group.name}
				{children}
			</span>
		);
	}
	/** Returns the focus to the row. */
	function end(): void {
		const row = field.current?.closest<HTMLElement>('[data-row]');
		view.setState({ renaming: null });
		row?.focus();
	}
	return (
		<input
			ref={field}
			aria-label={t('New name for {name}', { name: group.name })}
			defaultValue={group.name}
			placeholder={group.files[0]?.ownName ?? group.name}
			maxLength={120}
			className="mr-1.5 h-6.5 w-60 min-w-24 rounded-md border border-control bg-surface px-1.5 font-medium"
			onClick={(event) => event.stopPropagation()}
			onKeyDown={(event) => {
				if (event.key !== 'Enter' && event.key !== 'Escape') return;
				event.preventDefault();
				event.stopPropagation();
				const typed = event.currentTarget.value;
				end();
				if (event.key === 'Enter') void renameModel(services, group, typed);
			}}
			onBlur={(event) => {
				if (view.getState().renaming !== group.key) return;
				view.setState({ renaming: null });
				void renameModel(services, group, event.currentTarget.value);
			}}
		/>
	);
}

/** One usable file: its quality, its fit, and what was measured of it. */
export function FileRow(
	props: RowProps & {
		row: Extract<TreeRow, { kind: 'file' }>;
		selected: boolean;
		sumOpen: boolean;
		onToggleSum: (id: number) => void;
		onRemove: (file: ModelFile) => void;
	},
) {
	const { row, selected, sumOpen, onSelect, onToggleSum, columns } = props;
	const { file, alone, group, figures } = row;
	const { models } = useServices();
	const state = useStore(models.state, ({ states }) => states[file.id]);
	const fit = useStore(models.fits.state, ({ fits }) => fits[file.id]);
	const kind = describeKind(file);
	const edge = rowEdgeClass(selected, sumOpen);
	return (
		<tr
			{...rowAttributes(props)}
			aria-level={alone ? 1 : 2}
			aria-posinset={alone ? undefined : row.position}
			aria-setsize={alone ? undefined : row.of}
			aria-selected={selected}
			className={rowClass}
			onClick={() => onSelect(file.id)}
		>
			<td className={`${cell} ${edge} w-full max-w-0 ${alone ? 'pl-6.5' : 'pl-9'} ${rowMarkClass(selected)}`}>
				<span className="flex items-center gap-2">
					{alone ? <ModelName group={group} /> : null}
					<span
						className={`font-mono text-xs ${alone ? 'flex-none text-ink-2' : 'min-w-12 truncate'}`}
						title={file.path}
					>
						{alone ? file.quantization : describeInGroup(file, group)}
					</span>
					{group.parts.includes(file) ? null : (
						<span
							className={`min-w-0 truncate text-xs text-ink-3 ${alone || file.default || state?.state === 'loaded' ? '@max-5xl:hidden' : ''}`}
						>
							{translate(describeQuality(file.quantization) ?? '')}
						</span>
					)}
					<StateBadge model={file} state={state} />
					{file.default ? <Badge tone="line">{t('Default')}</Badge> : null}
					<Copies model={file} />
					<Hashing model={file} />
				</span>
			</td>
			<td className={`${figure} ${edge}`}>{formatBytes(file.sizeBytes)}</td>
			<td className={`${figure} ${edge} ${columnClass.needs}`}>
				{fit === undefined ? <Dash /> : formatGigabyteFigure(fit.needBytes)}
			</td>
			<td className={`${cell} ${edge}`}>
				{kind !== null ? (
					<Badge tone="plain">{kind.word}</Badge>
				) : fit === undefined ? null : (
					<FitButton
						verdict={fit.verdict}
						open={sumOpen}
						name={`${file.name} ${file.quantization}`}
						controls={`sum-${file.id}`}
						tabbable={props.current === props.rowKey}
						onToggle={() => onToggleSum(file.id)}
					/>
				)}
			</td>
			{columns.divergence ? (
				<td className={`${figure} ${edge} ${columnClass.divergence}`}>
					<DivergenceCell divergence={figures.divergence} file={file} />
				</td>
			) : null}
			{columns.accuracy ? (
				<td className={`${figure} ${edge} ${columnClass.accuracy}`}>
					<AccuracyCell accuracy={figures.accuracy} />
				</td>
			) : null}
			{columns.speed ? (
				<td className={`${figure} ${edge} ${columnClass.speed}`}>
					<SpeedCell speed={figures.speed} interval={columns.speedError} />
				</td>
			) : null}
			<td className={`${cell} ${edge} pr-1.5 text-right`}>
				{alone ? (
					<GroupActions group={group} file={file} tabbable={props.current === props.rowKey} onRemove={props.onRemove} />
				) : (
					<FileActions file={file} group={group} tabbable={props.current === props.rowKey} onRemove={props.onRemove} />
				)}
			</td>
		</tr>
	);
}

export function Dash() {
	return <span className="text-ink-3">–</span>;
}

function StateBadge({ model, state }: { model: ModelFile; state: ModelState | undefined }) {
	const { tone, text } = describeLoadState(model, state);
	if (tone === 'idle' || model.kind !== 'model') return null;
	if (tone === 'busy') {
		return (
			<span className="inline-flex items-center gap-1.5 text-xs text-ink-2 tabular-nums">
				<Spinner />
				{text}
			</span>
		);
	}
	return tone === 'good' ? (
		<Badge tone="accent" dot>
			{text}
		</Badge>
	) : (
		<Badge tone={tone}>{text}</Badge>
	);
}

/** Other places on this computer with the same weights. */
function Copies({ model }: { model: ModelFile }) {
	if (model.copies.length === 0) return null;
	const text = t('{files, plural, one {# file} other {# files}} with the same weights', {
		files: model.copies.length + 1,
	});
	return (
		<Tooltip text={text}>
			<span className="inline-flex items-center gap-1 text-xs text-ink-3 tabular-nums">
				<Icon of={Copy} size={12} />
				<span className="sr-only">{text}</span>
				<span aria-hidden>{model.copies.length + 1}</span>
			</span>
		</Tooltip>
	);
}

/** Progress of the SHA-256 computation. */
function Hashing({ model }: { model: ModelFile }) {
	const { models } = useServices();
	const done = useStore(models.fits.state, ({ hashing }) => hashing[model.id]);
	if (model.sha256 !== null || done === undefined) return null;
	return <span className="text-xs text-ink-3 tabular-nums">{t('checking {done}', { done: formatPercent(done) })}</span>;
}

/** The memory breakdown below a file. A lever becomes part of the model's load settings and can be undone. */
export function SumRow(props: RowProps & { file: ModelFile; selected: boolean }) {
	const { file, selected, columns, index, measure, virtual } = props;
	const { models, toasts, connection } = useServices();
	const fit = useStore(models.fits.state, ({ fits }) => fits[file.id]);
	if (fit === undefined) return null;
	async function pull({ change }: FitLever): Promise<void> {
		if (fit === undefined) return;
		try {
			const { options } = await connection.client.models.options({ id: file.id });
			await models.setOptions(file.id, { ...options, ...change });
			await models.fits.refresh();
			toasts.show({
				text: t('{change}, for {name}', { change: describeChange(change, fit.options), name: file.name }),
				action: {
					label: t('Undo'),
					run: () => void models.setOptions(file.id, options).then(() => models.fits.refresh()),
				},
			});
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	}
	return (
		<tr
			id={`sum-${file.id}`}
			data-index={index}
			aria-rowindex={index + 2}
			aria-level={3}
			{...(virtual ? { ref: measure } : {})}
		>
			<td
				colSpan={columns.count}
				className={`border-b border-line bg-[color-mix(in_oklab,var(--accent-soft)_42%,var(--surface))] p-0 ${rowMarkClass(selected)}`}
			>
				<FitBreakdown fit={fit} onLever={(lever) => void pull(lever)} />
			</td>
		</tr>
	);
}

/** Files that can't be used, folded into one row. */
export function AttentionRow(props: RowProps & { row: Extract<TreeRow, { kind: 'attention' }> }) {
	const { row, columns, onToggle } = props;
	return (
		<tr
			{...rowAttributes(props)}
			aria-level={1}
			aria-expanded={row.open}
			className={rowClass}
			onClick={() => onToggle('attention', !row.open)}
		>
			<td colSpan={columns.count} className="h-10 border-b border-line px-1.5">
				<span className="flex items-center gap-1.5">
					<Icon
						of={ChevronRight}
						size={14}
						className={`text-ink-3 transition-transform duration-(--fast) ${row.open ? 'rotate-90' : ''}`}
					/>
					<Icon of={TriangleAlert} size={14} className="text-warn" />
					<span className="font-medium">
						{t('{count, plural, one {# needs attention} other {# need attention}}', { count: row.count })}
					</span>
					<span className="truncate text-xs text-ink-3">{t('Missing or damaged files can’t be used.')}</span>
				</span>
			</td>
		</tr>
	);
}

/** An unusable file: the cause and the remedies. */
export function BrokenRow(
	props: RowProps & {
		row: Extract<TreeRow, { kind: 'broken' }>;
		selected: boolean;
		onRemove: (file: ModelFile) => void;
	},
) {
	const { row, selected, onSelect, onRemove, columns } = props;
	const { file } = row;
	const edge = rowEdgeClass(selected);
	const tabIndex = props.current === props.rowKey ? 0 : -1;
	if (file.problem === null) return null;
	return (
		<tr
			{...rowAttributes(props)}
			aria-level={2}
			aria-posinset={row.position}
			aria-setsize={row.of}
			aria-selected={selected}
			className={rowClass}
			onClick={() => onSelect(file.id)}
		>
			{/* Wrap a long cause, so that it does not widen the list. */}
			<td colSpan={columns.count} className={`${cell} ${edge} h-10.5 max-w-0 pl-9 pr-1.5 ${rowMarkClass(selected)}`}>
				<span className="flex items-center gap-2">
					<span className="w-56 min-w-20 flex-none truncate font-medium text-ink-2 max-[1099px]:w-40" title={file.path}>
						{baseName(file.path)}
					</span>
					<span className="line-clamp-2 min-w-0 flex-1 whitespace-normal text-bad [overflow-wrap:anywhere]">
						{shortenCause(file.problem)}
					</span>
					<Fix file={file} tabIndex={tabIndex} />
					<IconButton
						icon={Trash2}
						label={t('Remove {path}', { path: baseName(file.path) })}
						size="sm"
						tabIndex={tabIndex}
						onClick={(event) => {
							event.stopPropagation();
							onRemove(file);
						}}
					/>
				</span>
			</td>
		</tr>
	);
}

/** The fix that the application can make itself. */
function Fix({ file, tabIndex }: { file: ModelFile; tabIndex: number }) {
	const { models, toasts } = useServices();
	const entry = useStore(models.state, ({ catalogue }) =>
		catalogue.find(({ name, quantization }) => name === file.ownName && quantization === file.quantization),
	);
	if (file.problem?.code === 'model-file-truncated' && entry !== undefined) {
		return (
			<Button
				size="sm"
				icon={ArrowDownToLine}
				tabIndex={tabIndex}
				onClick={(event) => {
					event.stopPropagation();
					void models.fetch({ catalogueId: entry.id }).catch((error: unknown) => toasts.fail(toFailure(error).message));
				}}
			>
				{t('Download again')}
			</Button>
		);
	}
	return (
		<Button
			size="sm"
			icon={RotateCcw}
			tabIndex={tabIndex}
			onClick={(event) => {
				event.stopPropagation();
				void models.refresh();
			}}
		>
			{t('Check again')}
		</Button>
	);
}
