import type { Comparison } from '../../../../electron/contract/comparison/comparison.ts';
import { orToast } from '../../../conversation/actions.ts';
import { useServices } from '../../../services.ts';
import { linkClass } from '../link.ts';

/** Files that were left out, each with the way back. */
export function DroppedLine({ comparison: { id, dropped, status } }: { comparison: Comparison }) {
	const services = useServices();
	if (dropped.length === 0) return null;
	const back = (candidateId: number): void =>
		void orToast(services, () => services.comparisons.drop({ id, candidateId, dropped: false }));
	return (
		<p className="mt-2 flex flex-wrap gap-x-3 text-xs text-ink-2">
			<span>Left out:</span>
			{dropped.map(({ candidateId, name }) => (
				<span key={candidateId}>
					<span className="font-mono">{name}</span>{' '}
					{status === 'done' ? (
						<button type="button" className={linkClass} onClick={() => back(candidateId)}>
							Take in again
						</button>
					) : null}
				</span>
			))}
		</p>
	);
}
