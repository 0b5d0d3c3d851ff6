import { ChevronRight, type LucideIcon, Minus, Pencil, Plus, Waypoints } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { DiffRow } from '../../../electron/contract/dataset/dataset.ts';
import type { Sample } from '../../../electron/contract/dataset/sample.ts';
import { isConnectionLoss, toFailure } from '../../connection/failure.ts';
import { DiffText } from '../../design/diff/diff-text.tsx';
import { diffWords } from '../../design/diff/word-diff.ts';
import { Icon } from '../../design/icon.tsx';
import { useServices } from '../../services.ts';
import { type ChangedField, listChangedFields } from './changed-fields.ts';

const kinds: Record<DiffRow['kind'], { icon: LucideIcon; words: string; tone: string }> = {
	added: { icon: Plus, words: 'Added', tone: 'text-good' },
	removed: { icon: Minus, words: 'Removed', tone: 'text-bad' },
	changed: { icon: Pencil, words: 'Changed', tone: 'text-warn' },
	moved: { icon: Waypoints, words: 'Moved', tone: 'text-ink-2' },
};

/** One sample that differs; opened, its fields before and after. */
export function VersionDiffRow({
	row,
	fromVersionId,
	toVersionId,
	open: atFirst,
}: {
	row: DiffRow;
	fromVersionId: number;
	toVersionId: number;
	open: boolean;
}) {
	const [open, setOpen] = useState(atFirst);
	const { icon, words, tone } = kinds[row.kind];
	return (
		<li className="border-b border-line">
			<button
				type="button"
				aria-expanded={open}
				onClick={() => setOpen(!open)}
				className="flex min-h-8 w-full items-center gap-2 py-1 text-left text-xs hover:bg-[color-mix(in_oklab,var(--surface),var(--ink)_2%)] focus-visible:-outline-offset-2"
			>
				<Icon of={ChevronRight} size={14} className={`text-ink-3 ${open ? 'rotate-90' : ''}`} />
				<span className={`inline-flex w-20 flex-none items-center gap-1.5 ${tone}`}>
					<Icon of={icon} size={12} />
					{words}
				</span>
				<span className="min-w-0 flex-1 truncate" dir="auto">
					{row.input.replaceAll(/\s+/g, ' ').trim() || 'Empty input'}
				</span>
				<span className="flex-none text-ink-3">
					{row.fromSplit !== null && row.toSplit !== null && row.fromSplit !== row.toSplit
						? `${row.fromSplit} → ${row.toSplit}`
						: (row.toSplit ?? row.fromSplit)}
				</span>
			</button>
			{open ? <Fields row={row} fromVersionId={fromVersionId} toVersionId={toVersionId} /> : null}
		</li>
	);
}

function Fields({ row, fromVersionId, toVersionId }: { row: DiffRow; fromVersionId: number; toVersionId: number }) {
	const { connection, toasts } = useServices();
	const [fields, setFields] = useState<readonly ChangedField[] | null>(null);
	const { fromId, toId } = row;
	useEffect(() => {
		const controller = new AbortController();
		const get = (versionId: number, sampleId: number | null): Promise<Sample | null> =>
			sampleId === null
				? Promise.resolve(null)
				: connection.client.datasets.samples.get({ versionId, sampleId }, { signal: controller.signal });
		Promise.all([get(fromVersionId, fromId), get(toVersionId, toId)]).then(
			([before, after]) => setFields(listChangedFields(before, after)),
			(error: unknown) => {
				if (!controller.signal.aborted && !isConnectionLoss(error)) toasts.fail(toFailure(error).message);
			},
		);
		return () => controller.abort();
	}, [connection, toasts, fromVersionId, toVersionId, fromId, toId]);
	if (fields === null) return <div className="h-8" />;
	return (
		<div className="flex flex-col gap-2.5 pt-1 pb-3 pl-5.5">
			{fields.length === 0 ? <p className="text-xs text-ink-3">Only its split is another.</p> : null}
			{fields.map(({ label, before, after }) => (
				<div key={label}>
					<p className="mb-1 text-2xs font-medium text-ink-3">{label}</p>
					<Field before={before} after={after} whole={row.kind !== 'changed'} />
				</div>
			))}
		</div>
	);
}

/** `whole`: the sample is in one version only, and nothing in it is marked. */
function Field({ before, after, whole }: Pick<ChangedField, 'before' | 'after'> & { whole: boolean }) {
	const runs = diffWords(before ?? '', after ?? '');
	if (before === null || after === null) {
		return (
			<div className="rounded-md border border-line px-2.5 py-1.5">
				<DiffText runs={whole ? [{ kind: 'same', text: before ?? after ?? '' }] : runs} />
			</div>
		);
	}
	return (
		<div className="grid grid-cols-2 overflow-hidden rounded-md border border-line">
			<div className="min-w-0 border-r border-line px-2.5 py-1.5">
				<span className="sr-only">Before:</span>
				<DiffText runs={runs} side="before" />
			</div>
			<div className="min-w-0 px-2.5 py-1.5">
				<span className="sr-only">After:</span>
				<DiffText runs={runs} side="after" />
			</div>
		</div>
	);
}
