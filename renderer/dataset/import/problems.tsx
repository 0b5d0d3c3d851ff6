import { TriangleAlert } from 'lucide-react';
import type { ImportProblem } from '../../../electron/contract/dataset/import.ts';
import { formatQuantity, formatCount as inWords } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Scroller } from '../../design/scroller.tsx';

/** What could not be read as it stands, row by row; nothing where all could. */
export function Problems({ problems, count }: { problems: readonly ImportProblem[]; count: number }) {
	if (count === 0) return null;
	return (
		<section aria-label="Problems">
			<h3 className="mb-1.5 flex items-center gap-1.5 text-xs font-medium text-warn">
				<Icon of={TriangleAlert} size={14} />
				{formatQuantity(count, 'problem')}
			</h3>
			<Scroller label="Problems" className="max-h-32 rounded-md border border-line bg-sunken px-3 py-2">
				<ul className="flex flex-col gap-1 text-xs text-ink-2">
					{problems.map(({ where, what }, index) => (
						// biome-ignore lint/suspicious/noArrayIndexKey: a list that never changes
						<li key={index} className="[overflow-wrap:anywhere]">
							<span className="font-medium">{where}</span>: {what}
						</li>
					))}
					{count > problems.length ? <li>and {inWords(count - problems.length)} more</li> : null}
				</ul>
			</Scroller>
		</section>
	);
}
