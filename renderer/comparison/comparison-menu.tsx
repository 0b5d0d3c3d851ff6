import { ChevronsUpDown, FileInput, RotateCw, Trash2 } from 'lucide-react';
import { useStore } from 'zustand';
import type { Comparison } from '../../electron/contract/comparison/comparison.ts';
import { runOrToast } from '../conversation/actions.ts';
import { formatDate } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../design/menu.tsx';
import { useServices } from '../services.ts';
import { useOpenComparisonFile } from './beside/open-file.tsx';

/** Which comparison is shown, and the others. */
export function ComparisonMenu({ shown }: { shown: Comparison }) {
	const services = useServices();
	const { comparisons, toasts } = services;
	const all = useStore(comparisons.state, (state) => state.comparisons);
	const file = useOpenComparisonFile();
	function remove(): void {
		const undo = comparisons.remove(shown.id);
		toasts.show({ text: 'Comparison deleted', icon: Trash2, action: { label: 'Undo', run: undo } });
	}
	return (
		<>
			<span aria-hidden className="text-ink-3">
				›
			</span>
			<Menu
				width={320}
				trigger={
					<button
						type="button"
						className="inline-flex h-7 min-w-0 items-center gap-1.5 rounded-md px-1.5 font-medium hover:bg-hover data-popup-open:bg-hover"
					>
						<span className="truncate">{shown.title}</span>
						<Icon of={ChevronsUpDown} size={14} className="text-ink-3" />
					</button>
				}
			>
				{all.map((one) => (
					<MenuItem key={one.id} selected={one.id === shown.id} onSelect={() => void comparisons.choose(one.id)}>
						<span className="block min-w-0 py-1">
							<span className="block truncate">{one.title}</span>
							<span className="block text-xs text-ink-3">
								{formatDate(one.createdAt)}
								{one.status === 'done' ? '' : `, ${one.status}`}
								{one.importedFrom === null ? '' : `, from ${one.importedFrom}`}
							</span>
						</span>
					</MenuItem>
				))}
				<MenuLine />
				{shown.importedFrom === null && shown.status === 'done' ? (
					<MenuItem icon={RotateCw} onSelect={() => void runOrToast(services, () => comparisons.again(shown.id))}>
						Run this one again exactly
					</MenuItem>
				) : null}
				<MenuItem icon={FileInput} onSelect={file.open}>
					Open a comparison from another computer
				</MenuItem>
				<MenuItem icon={Trash2} danger onSelect={remove}>
					Delete this comparison
				</MenuItem>
			</Menu>
			{file.input}
		</>
	);
}
