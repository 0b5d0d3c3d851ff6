import { Box, Copy, Ellipsis, MessageSquare, Scale, X } from 'lucide-react';
import { useStore } from 'zustand';
import type { Comparison, ComparisonRow } from '../../../../electron/contract/comparison/comparison.ts';
import { runOrToast } from '../../../conversation/actions.ts';
import { copyText } from '../../../conversation/markdown/use-copy.ts';
import { iconButtonClass } from '../../../design/button.tsx';
import { Icon } from '../../../design/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../../../design/menu.tsx';
import { showModel } from '../../../model/show-model.ts';
import { useServices } from '../../../services.ts';
import { useSetDefaultModel } from '../use-for-chat.ts';
import { type Column, toTabSeparatedRow } from './columns.ts';

/** What can be done with one file of a result. */
export function RowMenu({
	row,
	comparison,
	columns,
}: {
	row: ComparisonRow;
	comparison: Comparison;
	columns: readonly Column[];
}) {
	const services = useServices();
	const { comparisons, models, toasts } = services;
	const chat = useSetDefaultModel();
	const file = useStore(models.state, (state) => state.models.find(({ id }) => id === row.modelFileId));
	const reference = comparison.rows.find((one) => one.reference)?.name ?? 'reference';
	const droppable = comparison.status === 'done' && !row.reference && comparison.rows.length > 2;
	async function copy(): Promise<void> {
		const copied = await copyText(toTabSeparatedRow(row, columns, reference));
		if (copied) toasts.show({ text: 'Row copied, with tabs between its cells.' });
		else toasts.fail('This page may not write to the clipboard.');
	}
	function leaveOut(): void {
		const choice = { id: comparison.id, candidateId: row.candidateId };
		const put = (dropped: boolean) => comparisons.drop({ ...choice, dropped });
		void runOrToast(services, async () => {
			await put(true);
			const undo = (): void => void runOrToast(services, () => put(false));
			toasts.show({ text: `${row.name} left out of the comparison`, action: { label: 'Undo', run: undo } });
		});
	}
	return (
		<Menu
			width={250}
			trigger={
				<button type="button" aria-label={`More for ${row.name}`} className={iconButtonClass('sm')}>
					<Icon of={Ellipsis} size={14} />
				</button>
			}
		>
			{file === undefined || file.default ? null : (
				<MenuItem icon={MessageSquare} onSelect={() => void chat(file.id, row.name)}>
					Use this one for chat
				</MenuItem>
			)}
			{file === undefined ? null : (
				<MenuItem icon={Box} onSelect={() => showModel(services, file.id)}>
					Show in the library
				</MenuItem>
			)}
			<MenuItem icon={Copy} onSelect={() => void copy()}>
				Copy row
			</MenuItem>
			{file === undefined || row.reference ? null : (
				<MenuItem icon={Scale} onSelect={() => comparisons.propose(file.id, comparison)}>
					Compare with this as reference
				</MenuItem>
			)}
			{droppable ? (
				<>
					<MenuLine />
					<MenuItem icon={X} onSelect={leaveOut}>
						Leave out of the comparison
					</MenuItem>
				</>
			) : null}
		</Menu>
	);
}
