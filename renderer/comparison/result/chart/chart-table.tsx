import { formatBytes } from '../../../design/format.ts';
import type { Point } from './points.ts';

/** "Q4_K_M: 62.3 ± 0.7 tok/s, KL divergence 0.057 ± 0.006, 266 MB peak; Use this one" */
export function describePoint({ row, x, y, xError, yError }: Point): string {
	const peak = row.peakBytes === null ? '' : `, ${formatBytes(row.peakBytes)} peak`;
	const divergence = row.reference ? 'the reference' : `KL divergence ${y.toFixed(3)} ± ${yError.toFixed(3)}`;
	const reason = row.reason === '' || row.outcome === 'reference' ? '' : `; ${row.reason}`;
	return `${row.name}: ${x.toFixed(1)} ± ${xError.toFixed(1)} tok/s, ${divergence}${peak}${reason}`;
}

/** What the chart shows, for who does not see it. */
export function ChartTable({ points }: { points: readonly Point[] }) {
	return (
		<table className="sr-only">
			<caption>Quality against speed, with 95 % intervals</caption>
			<thead>
				<tr>
					{['File', 'Generation, tokens a second', 'KL divergence', 'Peak memory', 'Result'].map((head) => (
						<th key={head} scope="col">
							{head}
						</th>
					))}
				</tr>
			</thead>
			<tbody>
				{points.map(({ row, x, y, xError, yError }) => (
					<tr key={row.candidateId}>
						<th scope="row">{row.name}</th>
						<td>{`${x.toFixed(1)} ± ${xError.toFixed(1)}`}</td>
						<td>{`${y.toFixed(4)} ± ${yError.toFixed(4)}`}</td>
						<td>{row.peakBytes === null ? '' : formatBytes(row.peakBytes)}</td>
						<td>{row.reason}</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}
