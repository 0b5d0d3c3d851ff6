import { Lock } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { DatasetVersion, VersionDiff } from '../../electron/contract/dataset/schema.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { toFailure } from '../connection/failure.ts';
import { useQuery } from '../connection/use-query.ts';
import { Button } from '../design/button.tsx';
import { FormDialog } from '../design/dialog.tsx';
import { formatCount, formatQuantity } from '../design/format.ts';
import { TextField } from '../design/text-field.tsx';
import { useServices } from '../services.ts';
import { isChangeable, shownDataset, shownVersion } from './dataset-store.ts';

/** The draft's changes so far, with a button to freeze it; or a note that an earlier version is shown. */
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
					Restore as draft
				</Button>
				<Button size="sm" kind="ghost" onClick={() => datasets.showVersion(null)}>
					Show newest
				</Button>
			</>
		);
	}
	if (!draft) {
		return (
			<p className="min-w-0 flex-1 truncate text-xs text-ink-3">
				{starter && version.number === 1
					? 'Included with Assay. Editing starts a draft; v1 is kept.'
					: `v${version.number} is frozen. Editing starts a draft.`}
			</p>
		);
	}
	const unchanged = diff !== null && diff.added + diff.removed + diff.changed + diff.moved === 0;
	return (
		<>
			<p className="min-w-0 flex-1 truncate text-xs text-ink-2 tabular-nums">
				{before === undefined
					? 'Draft. Frozen by its first run.'
					: diff === null
						? `Draft after v${before.number}`
						: `${describeDiff(diff)} since v${before.number}`}
			</p>
			<Button
				size="sm"
				blocked={version.samples === 0 ? 'The dataset has no samples' : unchanged ? 'No changes' : undefined}
				onClick={() => setFreezing(true)}
			>
				Freeze v{version.number}
			</Button>
			{freezing ? <FreezeDialog version={version} onClose={() => setFreezing(false)} /> : null}
		</>
	);
}

/** Describes a diff: "3 changed, 1 added"; "Nothing changed". */
export function describeDiff({ added, removed, changed, moved }: VersionDiff): string {
	const parts = [
		[changed, 'changed'],
		[added, 'added'],
		[removed, 'removed'],
		[moved, 'moved to another split'],
	] as const;
	const changes = parts.filter(([n]) => n > 0).map(([n, word]) => `${formatCount(n)} ${word}`);
	return changes.length === 0 ? 'No changes' : changes.join(', ');
}

function useCounts(
	fromVersionId: number | undefined,
	toVersionId: number | undefined,
	revision: number | undefined,
): VersionDiff | null {
	const known = fromVersionId !== undefined && toVersionId !== undefined;
	// Only counts; the view of changes shows errors.
	const { data: answer } = useQuery(
		known ? JSON.stringify([fromVersionId, toVersionId, revision]) : null,
		(client, signal) =>
			client.datasets.versions.diff(
				{ fromVersionId: fromVersionId ?? 0, toVersionId: toVersionId ?? 0, limit: 0 },
				{ signal },
			),
	);
	return answer ?? null;
}

/** Freezes the draft into a version that never changes; later changes need a new draft. */
function FreezeDialog({ version, onClose }: { version: DatasetVersion; onClose: () => void }) {
	const { datasets, toasts } = useServices();
	const [note, setNote] = useState(version.note);
	const [busy, setBusy] = useState(false);
	async function freeze(): Promise<void> {
		if (busy) return;
		setBusy(true);
		try {
			const frozen = await datasets.freeze(note.trim());
			if (frozen !== null) toasts.show({ text: `v${frozen.number} frozen`, icon: Lock });
			onClose();
		} catch (error) {
			toasts.fail(toFailure(error).message);
			setBusy(false);
		}
	}
	return (
		<FormDialog
			title={`Freeze version ${version.number}?`}
			text={`Its ${formatQuantity(version.samples, 'sample')} can’t change after that, so runs stay reproducible. Further edits start version ${version.number + 1}.`}
			verb="Freeze"
			busy={busy ? 'Freezing' : undefined}
			onSubmit={() => void freeze()}
			onClose={onClose}
		>
			<TextField
				label="What changed"
				hint="optional"
				value={note}
				maxLength={2000}
				autoComplete="off"
				onChange={(event) => setNote(event.target.value)}
			/>
		</FormDialog>
	);
}
