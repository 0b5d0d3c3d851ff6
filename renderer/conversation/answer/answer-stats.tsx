import type { ReactNode } from 'react';

/**
 * An answer's numbers in a line that wraps between them, not within; `end` comes after them. Each dot belongs to the
 * number behind it and is cut off at the beginning of a line, so no line ends with one.
 */
export function AnswerStats({ stats, end = null }: { stats: readonly string[]; end?: ReactNode }) {
	const parts = end === null ? stats : [...stats, end];
	return (
		<span className="block overflow-x-clip">
			<span className="-ms-[1em] block">
				{parts.map((part, at) => (
					// biome-ignore lint/suspicious/noArrayIndexKey: the numbers have a fixed order
					<span key={at} className="inline-block max-w-full">
						<span className="inline-block w-[1em] text-center whitespace-pre">{at === 0 ? '' : ' · '}</span>
						{part}
					</span>
				))}
			</span>
		</span>
	);
}
