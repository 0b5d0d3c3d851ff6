import { Copy } from 'lucide-react';
import { useStore } from 'zustand';
import type { ModelFile, ModelState } from '../../../../electron/contract/model.ts';
import { Badge } from '../../../design/badge.tsx';
import { formatPercent, formatQuantity } from '../../../design/format.ts';
import { Icon } from '../../../design/icon.tsx';
import { Spinner } from '../../../design/spinner.tsx';
import { Tooltip } from '../../../design/tooltip.tsx';
import { useServices } from '../../../services.ts';
import { FitButton } from '../../fit/fit-badge.tsx';
import { formatGigabyteFigure } from '../../fit/fit-words.ts';
import { describeLoadState } from '../../load-words.ts';
import { describeQuantization } from '../../model-name.ts';
import { describeKind } from '../kind-words.ts';
import { cell, figure, rowEdgeClass, rowMarkClass } from './cell.ts';

/** One model that can be read: what it is, whether it fits, how fast it is here. */
export function ModelRow({
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
				{fit === undefined ? <Nothing /> : formatGigabyteFigure(fit.needBytes)}
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
				{model.tokensPerSecond === null ? <Nothing /> : model.tokensPerSecond.toFixed(1)}
			</td>
		</tr>
	);
}

function Nothing() {
	return <span className="text-ink-3">–</span>;
}

function StateBadge({ model, state }: { model: ModelFile; state: ModelState | undefined }) {
	const { tone, words } = describeLoadState(model, state);
	if (tone === 'idle' || model.kind !== 'model') return null;
	if (tone === 'busy') {
		return (
			<span className="inline-flex items-center gap-1.5 text-xs text-ink-2 tabular-nums">
				<Spinner />
				{words}
			</span>
		);
	}
	return tone === 'good' ? (
		<Badge tone="accent" dot>
			{words}
		</Badge>
	) : (
		<Badge tone={tone}>{words}</Badge>
	);
}

/** The same weights lie in further places. */
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

/** Its SHA-256 is being computed. */
function Hashing({ model }: { model: ModelFile }) {
	const { models } = useServices();
	const done = useStore(models.fits.state, ({ hashing }) => hashing[model.id]);
	if (model.sha256 !== null || done === undefined) return null;
	return <span className="text-xs text-ink-3 tabular-nums">checking {formatPercent(done)}</span>;
}
