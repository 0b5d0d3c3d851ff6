import type { ReactNode } from 'react';

/** An answer's numbers in a line that wraps between them, not within; `end` comes after them. */
export function AnswerStats({ stats, end }: { stats: readonly string[]; end?: ReactNode }) {
	const ended = end === undefined || end === null;
	return (
		<>
			{stats.map((stat, at) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: the numbers have a fixed order
				<span key={at}>
					<span className="inline-block">{at === stats.length - 1 && ended ? stat : `${stat} ·`}</span>{' '}
				</span>
			))}
			{end}
		</>
	);
}
