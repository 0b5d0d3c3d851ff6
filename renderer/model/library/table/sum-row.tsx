import { useStore } from 'zustand';
import type { FitLever } from '../../../../electron/contract/model/fit.ts';
import type { ModelFile } from '../../../../electron/contract/model.ts';
import { toFailure } from '../../../connection/failure.ts';
import { useServices } from '../../../services.ts';
import { FitBreakdown } from '../../fit/fit-sum.tsx';
import { describeChange } from '../../fit/fit-words.ts';
import { rowMarkClass } from './cell.ts';

/** The memory sum of a model, under its row. A lever becomes part of the model's own settings, and can be undone. */
export function FitBreakdownRow({ model, selected }: { model: ModelFile; selected: boolean }) {
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
