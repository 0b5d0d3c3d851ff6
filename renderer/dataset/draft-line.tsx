import { Lock } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { DatasetVersion, VersionDiff } from '../../electron/contract/dataset/schema.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { toFailure } from '../connection/failure.ts';
import { useQuery } from '../connection/use-query.ts';
import { Button } from '../design/button.tsx';
import { FormDialog } from '../design/dialog.tsx';
import { formatList } from '../design/format.ts';
import { TextField } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';
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
					{t('v{number} is an earlier version. It never changes.', { number: version.number })}
				</p>
				<Button size="sm" onClick={() => void runOrToast(services, () => datasets.bringBack(version.id))}>
					{t('Restore as draft')}
				</Button>
				<Button size="sm" kind="ghost" onClick={() => datasets.showVersion(null)}>
					{t('Show newest')}
				</Button>
			</>
		);
	}
	if (!draft) {
		return (
			<p className="min-w-0 flex-1 truncate text-xs text-ink-3">
				{starter && version.number === 1
					? t('Included with Assay. Editing starts a draft; v1 is kept.')
					: t('v{number} is frozen. Editing starts a draft.', { number: version.number })}
			</p>
		);
	}
	const unchanged = diff !== null && diff.added + diff.removed + diff.changed + diff.moved === 0;
	return (
		<>
			<p className="min-w-0 flex-1 truncate text-xs text-ink-2 tabular-nums">
				{before === undefined
					? t('Draft. Frozen by its first run.')
					: diff === null
						? t('Draft after v{number}', { number: before.number })
						: t('{diff} since v{number}', { diff: describeDiff(diff), number: before.number })}
			</p>
			<Button
				size="sm"
				blocked={version.samples === 0 ? t('The dataset has no samples') : unchanged ? t('No changes') : undefined}
				onClick={() => setFreezing(true)}
			>
				{t('Freeze v{number}', { number: version.number })}
			</Button>
			{freezing ? <FreezeDialog version={version} onClose={() => setFreezing(false)} /> : null}
		</>
	);
}

/** Describes a diff: "3 changed, 1 added"; "Nothing changed". */
export function describeDiff({ added, removed, changed, moved }: VersionDiff): string {
	const changes = [
		changed > 0 ? t('{changed, plural, one {# changed} other {# changed}}', { changed }) : null,
		added > 0 ? t('{added, plural, one {# added} other {# added}}', { added }) : null,
		removed > 0 ? t('{removed, plural, one {# removed} other {# removed}}', { removed }) : null,
		moved > 0 ? t('{moved, plural, one {# moved to another split} other {# moved to another split}}', { moved }) : null,
	].filter((change) => change !== null);
	return changes.length === 0 ? t('No changes') : formatList(changes);
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
			if (frozen !== null) toasts.show({ text: t('v{number} frozen', { number: frozen.number }), icon: Lock });
			onClose();
		} catch (error) {
			toasts.fail(toFailure(error).message);
			setBusy(false);
		}
	}
	return (
		<FormDialog
			title={t('Freeze version {number}?', { number: version.number })}
			text={t(
				'Its {samples, plural, one {# sample} other {# samples}} can’t change after that, so runs stay reproducible. Further edits start version {next}.',
				{ samples: version.samples, next: version.number + 1 },
			)}
			verb={t('Freeze')}
			busy={busy ? t('Freezing') : undefined}
			onSubmit={() => void freeze()}
			onClose={onClose}
		>
			<TextField
				label={t('What changed')}
				hint={t('optional')}
				value={note}
				maxLength={2000}
				autoComplete="off"
				onChange={(event) => setNote(event.target.value)}
			/>
		</FormDialog>
	);
}
