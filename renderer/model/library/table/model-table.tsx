import { Fragment, type KeyboardEvent } from 'react';
import { useStore } from 'zustand';
import type { ModelFile } from '../../../../electron/contract/model.ts';
import { useWindowWidth } from '../../../app/media.ts';
import { useServices } from '../../../services.ts';
import { BrokenRow } from './broken-row.tsx';
import { ModelRow } from './model-row.tsx';
import { FitBreakdownRow } from './sum-row.tsx';

const head =
	'border-b border-line-strong px-2.5 pt-0.5 pb-1.5 align-bottom text-2xs/3.5 font-medium text-ink-3 whitespace-nowrap';

/** Arrow keys go from row to row, as in every table. */
function onArrow(event: KeyboardEvent<HTMLTableElement>): void {
	const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
	const names = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-model-name]')];
	const here = names.indexOf(document.activeElement as HTMLElement);
	if (step === 0 || here === -1) return;
	event.preventDefault();
	names[here + step]?.focus();
}

/** The files on this computer, one row each; one is looked at closer in the inspector. */
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
	// Where the inspector would lie over the table, the sum is what was asked for.
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
