import { Copy } from 'lucide-react';
import { Fragment, type KeyboardEvent } from 'react';
import { useStore } from 'zustand';
import type { FitLever } from '../../electron/contract/library/fit.ts';
import type { ModelFile, ModelState } from '../../electron/contract/library/schema.ts';
import { useWindowWidth } from '../app/use-window-width.ts';
import { toFailure } from '../connection/failure.ts';
import { Badge } from '../design/badge.tsx';
import { formatPercent, formatQuantity } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Spinner } from '../design/spinner.tsx';
import { Tooltip } from '../design/tooltip.tsx';
import { useServices } from '../services.ts';
import { BrokenRow } from './broken-row.tsx';
import { FitButton } from './fit-badge.tsx';
import { FitBreakdown } from './fit-breakdown.tsx';
import { describeChange, formatGigabyteFigure } from './fit-wording.ts';
import { describeLoadState } from './load-state.ts';
import { describeQuantization } from './model-name.ts';
import { describeKind } from './model-wording.ts';
import { cell, figure, rowEdgeClass, rowMarkClass } from './row-style.ts';

const head =
	'border-b border-line-strong px-2.5 pt-0.5 pb-1.5 align-bottom text-2xs/3.5 font-medium text-ink-3 whitespace-nowrap';

/** Moves between rows with the arrow keys, as in every table. */
function onArrow(event: KeyboardEvent<HTMLTableElement>): void {
	const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
	const names = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-model-name]')];
	const here = names.indexOf(document.activeElement as HTMLElement);
	if (step === 0 || here === -1) return;
	event.preventDefault();
	names[here + step]?.focus();
}

/** The files on this computer, one row each; the inspector shows the selected one. */
export function ModelTable({
	files,
	selected,
	onSelect,
	onRemove,
}: {
	files: readonly ModelFile[];
	selected: number | null;
	onSelect: (id: number) => void;
	onRemove: (model: ModelFile) => void;
}) {
	const { models } = useServices();
	const open = useStore(models.view, (view) => view.open);
	const wide = useWindowWidth() === 'wide';
	// If the inspector would cover the table, show only the breakdown that the user asked for.
	const toggle = (id: number) =>
		models.view.setState({ open: open === id ? null : id, ...(wide ? { chosen: id } : {}) });
	return (
		<div className="@container">
			<table
				className="w-full border-separate border-spacing-0"
				aria-label="Models on this computer"
				onKeyDown={onArrow}
			>
				<thead>
					<tr>
						<th scope="col" className={`${head} text-left`}>
							Model
						</th>
						<th scope="col" className={`${head} text-left`}>
							Quantisation
						</th>
						<th scope="col" className={`${head} text-right`}>
							Size <span className="font-normal">GB</span>
						</th>
						<th scope="col" className={`${head} hidden text-right @lg:table-cell`}>
							Needs <span className="font-normal">GB</span>
						</th>
						<th scope="col" className={`${head} text-left`}>
							Fit
						</th>
						<th scope="col" className={`${head} hidden text-right @xl:table-cell`}>
							Speed here <span className="font-normal">tok/s</span>
						</th>
					</tr>
				</thead>
				<tbody>
					{files.map((model) =>
						model.problem !== null ? (
							<BrokenRow
								key={model.id}
								model={model}
								selected={model.id === selected}
								onSelect={() => onSelect(model.id)}
								onRemove={() => onRemove(model)}
							/>
						) : (
							<Fragment key={model.id}>
								<ModelRow
									model={model}
									selected={model.id === selected}
									open={model.id === open}
									onSelect={() => onSelect(model.id)}
									onToggle={() => toggle(model.id)}
								/>
								{model.id === open ? <FitBreakdownRow model={model} selected={model.id === selected} /> : null}
							</Fragment>
						),
					)}
				</tbody>
			</table>
		</div>
	);
}

/** One usable model: its kind, its fit, and its speed here. */
function ModelRow({
	model,
	selected,
	open,
	onSelect,
	onToggle,
}: {
	model: ModelFile;
	selected: boolean;
	open: boolean;
	onSelect: () => void;
	onToggle: () => void;
}) {
	const { models } = useServices();
	const state = useStore(models.state, ({ states }) => states[model.id]);
	const fit = useStore(models.fits.state, ({ fits }) => fits[model.id]);
	const kind = describeKind(model);
	const edge = rowEdgeClass(selected, open);
	return (
		<tr className="group" onClick={onSelect}>
			<td className={`${cell} ${edge} max-w-72 ${rowMarkClass(selected)}`}>
				<span className="flex items-center gap-2">
					<button
						type="button"
						data-model-name
						aria-pressed={selected}
						onClick={onSelect}
						className="min-w-12 truncate text-left font-medium"
						title={model.name}
					>
						{model.name}
					</button>
					<StateBadge model={model} state={state} />
					{model.default ? <Badge tone="line">Default</Badge> : null}
					<Copies model={model} />
					<Hashing model={model} />
				</span>
			</td>
			<td className={`${cell} ${edge}`}>
				{describeQuantization(model.quantization)}{' '}
				<span className="font-mono text-xs text-ink-2">{model.quantization}</span>
			</td>
			<td className={`${figure} ${edge}`}>{(model.sizeBytes / 1e9).toFixed(3)}</td>
			<td className={`${figure} ${edge} hidden @lg:table-cell`}>
				{fit === undefined ? <Dash /> : formatGigabyteFigure(fit.needBytes)}
			</td>
			<td className={`${cell} ${edge}`}>
				{kind !== null ? (
					<Badge tone="plain">{kind.word}</Badge>
				) : fit === undefined ? null : (
					<FitButton
						verdict={fit.verdict}
						open={open}
						name={model.name}
						controls={`sum-${model.id}`}
						onToggle={onToggle}
					/>
				)}
			</td>
			<td className={`${figure} ${edge} hidden @xl:table-cell`}>
				{model.tokensPerSecond === null ? <Dash /> : model.tokensPerSecond.toFixed(1)}
			</td>
		</tr>
	);
}

function Dash() {
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
	const text = `${formatQuantity(model.copies.length + 1, 'file')} with the same weights`;
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
	return <span className="text-xs text-ink-3 tabular-nums">checking {formatPercent(done)}</span>;
}

/** The memory breakdown below a model's row. A lever becomes part of the model's load settings and can be undone. */
function FitBreakdownRow({ model, selected }: { model: ModelFile; selected: boolean }) {
	const { models, toasts, connection } = useServices();
	const fit = useStore(models.fits.state, ({ fits }) => fits[model.id]);
	if (fit === undefined) return null;
	async function pull({ change }: FitLever): Promise<void> {
		if (fit === undefined) return;
		try {
			const { options } = await connection.client.models.options({ id: model.id });
			await models.setOptions(model.id, { ...options, ...change });
			await models.fits.refresh();
			toasts.show({
				text: `${describeChange(change, fit.options)}, for ${model.name}`,
				action: {
					label: 'Undo',
					run: () => void models.setOptions(model.id, options).then(() => models.fits.refresh()),
				},
			});
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	}
	return (
		<tr id={`sum-${model.id}`}>
			<td
				colSpan={6}
				className={`border-b border-line bg-[color-mix(in_oklab,var(--accent-soft)_42%,var(--surface))] p-0 ${rowMarkClass(selected)}`}
			>
				<FitBreakdown fit={fit} onLever={(lever) => void pull(lever)} />
			</td>
		</tr>
	);
}
