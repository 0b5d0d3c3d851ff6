import { Info } from 'lucide-react';
import type { ComparisonRow } from '../../../../electron/contract/comparison/comparison.ts';
import { notesOf } from '../../../../electron/contract/comparison/notes.ts';
import { Icon } from '../../../design/icon.tsx';
import { showModel } from '../../../model/show-model.ts';
import { useServices } from '../../../services.ts';
import { textLinkClass } from '../link.ts';

/** Oddities of the files, and the way to the tensors of the one they are about. */
export function NotesLine({ rows }: { rows: readonly ComparisonRow[] }) {
	const services = useServices();
	const { notes, about } = notesOf(rows);
	if (notes.length === 0) return null;
	return (
		<p className="mt-2 flex items-start gap-2 text-xs text-pretty text-ink-2">
			<Icon of={Info} size={14} className="mt-0.5 text-ink-3" />
			<span>
				{notes.join(' ')}{' '}
				{about === null ? null : (
					<button type="button" className={textLinkClass} onClick={() => showModel(services, about)}>
						Show tensors
					</button>
				)}
			</span>
		</p>
	);
}
