import { Gauge } from 'lucide-react';
import { useStore } from 'zustand';
import type { Comparison } from '../../../electron/contract/comparison/comparison.ts';
import { failureOf } from '../../connection/failure.ts';
import { Button } from '../../design/button.tsx';
import { useServices } from '../../services.ts';
import { busyLoad } from './busy.ts';

/** Numbers stay with their units. */
function unbroken(text: string): string {
	return text.replaceAll(/(\d) (%|points|nats|samples)/g, '$1\u00A0$2');
}

/** What the verdict rests on, and what would tell more. */
function surenessOf(comparison: Comparison): readonly string[] {
	const { verdict, status } = comparison;
	const detail = unbroken(verdict?.detail ?? '');
	const known = detail === '' ? [] : [detail];
	if (status !== 'done') return [...known, 'So far: the verdict may change until everything is measured.'];
	if (busyLoad(comparison) !== null) {
		return [
			...known,
			'Other programs took processor time while it measured, so the speeds may be wrong. Quality is not touched by that.',
		];
	}
	return known.length > 0 ? known : ['Every claim is tested, all of them together at the 5\u00A0% level.'];
}

/** The verdict in words, how sure it is, and the step that follows from it. */
export function VerdictLine({ comparison }: { comparison: Comparison }) {
	const { models, toasts, sweeps } = useServices();
	const { verdict, rows, status } = comparison;
	const chosen = rows.find(({ candidateId }) => candidateId === verdict?.choose);
	const isDefault = useStore(
		models.state,
		(state) => state.models.find(({ id }) => id === chosen?.modelFileId)?.default ?? false,
	);
	if (verdict === null) return null;
	const [lead = '', ...rest] = unbroken(verdict.text).split(/(?<=\.) /);
	async function use(id: number): Promise<void> {
		try {
			await models.setDefault(id);
			toasts.show({ text: `New conversations use ${chosen?.name ?? 'it'} now.` });
		} catch (error) {
			toasts.fail(failureOf(error).message);
		}
	}
	return (
		<section aria-label="Verdict" className="mb-4 flex items-start gap-6">
			<div className="min-w-0 flex-1">
				<p className="text-lg text-pretty">
					<b className="font-semibold">{lead}</b> {rest.join(' ')}
				</p>
				<p className="mt-1 text-pretty text-ink-2">{surenessOf(comparison).join(' ')}</p>
			</div>
			{chosen?.modelFileId == null ? null : (
				<div className="flex flex-none flex-col items-end gap-2">
					{isDefault ? (
						<span className="pt-1 text-ink-2">{chosen.name} is the default</span>
					) : (
						<Button
							kind={status === 'done' ? 'primary' : 'secondary'}
							onClick={() => void use(chosen.modelFileId ?? 0)}
						>
							Use {chosen.name} for chat
						</Button>
					)}
					<Button size="sm" icon={Gauge} onClick={() => void sweeps.open(chosen.modelFileId ?? 0)}>
						Find its fastest settings
					</Button>
				</div>
			)}
		</section>
	);
}
