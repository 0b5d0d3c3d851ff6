import { ArrowDownToLine, RotateCcw, Trash2, TriangleAlert } from 'lucide-react';
import { useStore } from 'zustand';
import type { ModelFile } from '../../electron/contract/library/schema.ts';
import { toFailure } from '../connection/failure.ts';
import { Button, IconButton } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { useServices } from '../services.ts';
import { cell, rowEdgeClass, rowMarkClass } from './row-style.ts';

/** Returns the file name of a path: "/models/a.gguf" → "a.gguf". */
export const baseName = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

/** Shortens the cause to what the row does not already say. */
export function shortenCause({ message }: { message: string }): string {
	const part = /is incomplete: ([\d.,]+ of [\d.,]+ \w+ is here)/.exec(message)?.[1];
	return part === undefined ? message : `Incomplete: ${part}.`;
}

/** An unusable file: the cause and the remedies. */
export function BrokenRow({
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
	const edge = rowEdgeClass(selected);
	if (model.problem === null) return null;
	return (
		<tr className="group" onClick={onSelect}>
			<td className={`${cell} ${edge} max-w-72 ${rowMarkClass(selected)}`}>
				<button
					type="button"
					data-model-name
					aria-pressed={selected}
					onClick={onSelect}
					title={model.path}
					className="block max-w-full truncate text-left font-medium text-ink-2"
				>
					{baseName(model.path)}
				</button>
			</td>
			{/* Wrap a long cause, so that it does not widen the table. */}
			<td colSpan={5} className={`${cell} ${edge} h-10.5 max-w-0`}>
				<span className="flex items-center gap-[5px]">
					<span className="flex min-w-0 flex-1 items-center gap-[5px] text-bad">
						<Icon of={TriangleAlert} size={14} />
						<span className="line-clamp-2 whitespace-normal [overflow-wrap:anywhere]">
							{shortenCause(model.problem)}
						</span>
					</span>
					<Fix model={model} />
					<IconButton
						icon={Trash2}
						label={`Remove ${baseName(model.path)}`}
						size="sm"
						onClick={(event) => {
							event.stopPropagation();
							onRemove();
						}}
					/>
				</span>
			</td>
		</tr>
	);
}

/** The fix that the application can make itself. */
function Fix({ model }: { model: ModelFile }) {
	const { models, toasts } = useServices();
	const entry = useStore(models.state, ({ catalogue }) =>
		catalogue.find(({ name, quantization }) => name === model.name && quantization === model.quantization),
	);
	if (model.problem?.code === 'model-file-truncated' && entry !== undefined) {
		return (
			<Button
				size="sm"
				icon={ArrowDownToLine}
				onClick={() =>
					void models.fetch({ catalogueId: entry.id }).catch((error: unknown) => toasts.fail(toFailure(error).message))
				}
			>
				Download it again
			</Button>
		);
	}
	return (
		<Button size="sm" icon={RotateCcw} onClick={() => void models.refresh()}>
			Look again
		</Button>
	);
}
