import { TriangleAlert } from 'lucide-react';
import type { Comparison } from '../../../electron/contract/comparison/comparison.ts';
import { Icon } from '../../design/icon.tsx';
import { describeCaveats } from './care.ts';

/** What makes the numbers worth less, a line each. */
export function CaveatLines({ comparison }: { comparison: Comparison }) {
	return describeCaveats(comparison).map((words) => (
		<p key={words} className="mt-1 flex items-start gap-2 text-xs text-pretty text-ink-2">
			<Icon of={TriangleAlert} size={14} className="mt-0.5 text-warn" />
			{words}
		</p>
	));
}
