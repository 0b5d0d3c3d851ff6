import { Trash2, TriangleAlert } from 'lucide-react';
import { useStore } from 'zustand';
import type { ModelFile, ModelState } from '../../../electron/contract/model.ts';
import { Badge } from '../../design/badge.tsx';
import { IconButton } from '../../design/button.tsx';
import { bytes, count, parameters } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Spinner } from '../../design/spinner.tsx';
import { useServices } from '../../services.ts';
import { standingOf } from '../load-words.ts';
import { quantizationWord } from '../model-name.ts';

const head =
	'border-b border-line-strong px-2.5 pb-1.5 align-bottom text-2xs/3.5 font-medium text-ink-3 whitespace-nowrap';
const cell = 'h-9 border-b border-line px-2.5 whitespace-nowrap';
const figure = `${cell} text-right font-mono text-xs tabular-nums tracking-[-0.01em]`;

/** The files on this computer, one row each; one is looked at closer in the inspector. */
export function ModelTable({
	selected,
	onSelect,
	onRemove,
}: {
	selected: number | null;
	onSelect: (id: number) => void;
	onRemove: (id: number) => void;
}) {
	const { models } = useServices();
	const files = useStore(models.state, (state) => state.models);
	return (
		<div className="@container">
			<table className="w-full border-separate border-spacing-0" aria-label="Models on this computer">
				<thead>
					<tr>
						<th scope="col" className={`${head} text-left`}>
							Model
						</th>
						<th scope="col" className={`${head} text-left`}>
							Quantisation
						</th>
						<th scope="col" className={`${head} text-right`}>
							Weights
						</th>
						<th scope="col" className={`${head} text-right`}>
							Size
						</th>
						<th scope="col" className={`${head} hidden text-right @xl:table-cell`}>
							Context <span className="font-normal">tokens</span>
						</th>
						<th scope="col" className={`${head} hidden text-right @2xl:table-cell`}>
							Memory
						</th>
					</tr>
				</thead>
				<tbody>
					{files.map((model) => (
						<ModelRow
							key={model.id}
							model={model}
							selected={model.id === selected}
							onSelect={() => onSelect(model.id)}
							onRemove={() => onRemove(model.id)}
						/>
					))}
				</tbody>
			</table>
		</div>
	);
}

function ModelRow({
	model,
	selected,
	onSelect,
	onRemove,
}: {
	model: ModelFile;
	selected: boolean;
	onSelect: () => void;
	onRemove: () => void;
}) {
	const { models } = useServices();
	const state = useStore(models.state, ({ states }) => states[model.id]);
	const word = quantizationWord(model.quantization);
	const edge = selected
		? 'bg-accent-soft border-b-transparent'
		: 'group-hover:bg-[color-mix(in_oklab,var(--surface),var(--ink)_2%)]';
	const name = (
		<button
			type="button"
			aria-pressed={selected}
			onClick={onSelect}
			className={`truncate text-left font-medium ${model.problem === null ? '' : 'text-ink-2'}`}
		>
			{model.name}
		</button>
	);
	const firstCell = `${cell} ${edge} max-w-72 ${selected ? 'shadow-[inset_2px_0_0_var(--accent)]' : ''}`;
	if (model.problem !== null) {
		return (
			<tr className="group" onClick={onSelect}>
				<td className={firstCell}>{name}</td>
				<td colSpan={5} className={`${cell} ${edge} h-[42px] whitespace-normal`}>
					<span className="flex items-center gap-[5px] text-bad">
						<Icon of={TriangleAlert} size={14} />
						<span className="line-clamp-2 [overflow-wrap:anywhere]">{model.problem.message}</span>
						<span className="flex-1" />
						<IconButton icon={Trash2} label={`Remove ${model.name}`} size="sm" onClick={onRemove} />
					</span>
				</td>
			</tr>
		);
	}
	return (
		<tr className="group" onClick={onSelect}>
			<td className={firstCell}>
				<span className="flex items-center gap-2">
					{name}
					<StateBadge model={model} state={state} />
					{model.default ? <Badge tone="line">Default</Badge> : null}
				</span>
			</td>
			<td className={`${cell} ${edge}`}>
				{word} <span className="font-mono text-xs text-ink-2">{model.quantization}</span>
			</td>
			<td className={`${figure} ${edge}`}>{parameters(model.parameters)}</td>
			<td className={`${figure} ${edge}`}>{bytes(model.sizeBytes)}</td>
			<td className={`${figure} ${edge} hidden @xl:table-cell`}>
				{model.contextLength === null ? '–' : count(model.contextLength)}
			</td>
			<td className={`${figure} ${edge} hidden @2xl:table-cell`}>
				{state?.state === 'loaded' ? bytes(state.residentBytes) : <span className="text-ink-3">–</span>}
			</td>
		</tr>
	);
}

function StateBadge({ model, state }: { model: ModelFile; state: ModelState | undefined }) {
	const { tone, words } = standingOf(model, state);
	if (tone === 'idle') return null;
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
