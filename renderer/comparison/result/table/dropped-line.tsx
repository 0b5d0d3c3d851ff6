import type { Comparison } from '../../../../electron/contract/comparison/comparison.ts';
import { runOrToast } from '../../../conversation/actions.ts';
import { useServices } from '../../../services.ts';
import { textLinkClass } from '../link.ts';

/** Files that were left out, each with the way back. */
export function DroppedLine({ comparison: { id, dropped, status } }: { comparison: Comparison }) {
	const services = useServices();
	if (dropped.length === 0) return null;
	const back = (candidateId: number): void =>
		void runOrToast(services, () => services.comparisons.drop({ id, candidateId, dropped: false }));
	return (
		<p className="mt-2 flex flex-wrap gap-x-3 text-xs text-ink-2">
			<span>Left out:</span>
			{dropped.map(({ candidateId, name }) => (
				<span key={candidateId}>
					<span className="font-mono">{name}</span>{' '}
					{status === 'done' ? (
						<button type="button" className={textLinkClass} onClick={() => back(candidateId)}>
							Take in again
						</button>
					) : null}
				</span>
			))}
		</p>
	);
}
