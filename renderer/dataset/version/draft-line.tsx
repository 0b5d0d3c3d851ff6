import { useState } from 'react';
import { useStore } from 'zustand';
import type { VersionDiff } from '../../../electron/contract/dataset/dataset.ts';
import { runOrToast } from '../../conversation/actions.ts';
import { Button } from '../../design/button.tsx';
import { formatCount } from '../../design/format.ts';
import { useServices } from '../../services.ts';
import { useQuery } from '../../use-answer.ts';
import { isChangeable, shownDataset, shownVersion } from '../datasets.ts';
import { FreezeDialog } from './freeze-dialog.tsx';

/** What the draft changes so far, and how it becomes a version; or that an earlier version is on the screen. */
export function DraftLine() {
	const services = useServices();
	const { datasets } = services;
	const version = useStore(datasets.state, shownVersion);
	const versions = useStore(datasets.state, (state) => state.versions);
	const changeable = useStore(datasets.state, isChangeable);
	const starter = useStore(datasets.state, (state) => shownDataset(state)?.starterId != null);
	const [freezing, setFreezing] = useState(false);
	const before = versions.find(({ number }) => version !== undefined && number < version.number);
	const draft = changeable && version?.frozenAt === null;
	const diff = useCounts(draft ? before?.id : undefined, version?.id, version?.revision);
	if (version === undefined || versions.length === 0) return null;
	if (!changeable) {
		return (
			<>
				<p className="min-w-0 flex-1 truncate text-xs text-ink-2">
					v{version.number} is an earlier version. It never changes.
				</p>
				<Button size="sm" onClick={() => void runOrToast(services, () => datasets.bringBack(version.id))}>
					Bring back as a draft
				</Button>
				<Button size="sm" kind="ghost" onClick={() => datasets.showVersion(null)}>
					Show the newest
				</Button>
			</>
		);
	}
	if (!draft) {
		return (
			<p className="min-w-0 flex-1 truncate text-xs text-ink-3">
				{starter && version.number === 1
					? 'Comes with Assay. A change begins a draft; v1 stays.'
					: `v${version.number} is frozen. A change begins a draft.`}
			</p>
		);
	}
	const unchanged = diff !== null && diff.added + diff.removed + diff.changed + diff.moved === 0;
	return (
		<>
			<p className="min-w-0 flex-1 truncate text-xs text-ink-2 tabular-nums">
				{before === undefined
					? 'A draft: a run freezes it, or you do.'
					: diff === null
						? `Draft after v${before.number}`
						: `${describeDiff(diff)} since v${before.number}`}
			</p>
			<Button
				size="sm"
				blocked={version.samples === 0 ? 'It has no samples yet' : unchanged ? 'Nothing has changed' : undefined}
				onClick={() => setFreezing(true)}
			>
				Freeze v{version.number}
			</Button>
			{freezing ? <FreezeDialog version={version} onClose={() => setFreezing(false)} /> : null}
		</>
	);
}

/** "3 changed, 1 added"; "Nothing changed". */
export function describeDiff({ added, removed, changed, moved }: VersionDiff): string {
	const parts = [
		[changed, 'changed'],
		[added, 'added'],
		[removed, 'removed'],
		[moved, 'in another split'],
	] as const;
	const said = parts.filter(([n]) => n > 0).map(([n, word]) => `${formatCount(n)} ${word}`);
	return said.length === 0 ? 'Nothing changed' : said.join(', ');
}

function useCounts(
	fromVersionId: number | undefined,
	toVersionId: number | undefined,
	revision: number | undefined,
): VersionDiff | null {
	const known = fromVersionId !== undefined && toVersionId !== undefined;
	// Only a count: the view of the changes says what is wrong.
	const { answer } = useQuery(known ? JSON.stringify([fromVersionId, toVersionId, revision]) : null, (client, signal) =>
		client.datasets.versions.diff(
			{ fromVersionId: fromVersionId ?? 0, toVersionId: toVersionId ?? 0, limit: 0 },
			{ signal },
		),
	);
	return answer ?? null;
}
