import { ChevronRight, GitCompare, type LucideIcon, Minus, Pencil, Plus, Waypoints } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { DiffRow, Sample, VersionDiff } from '../../electron/contract/dataset/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';
import { Button } from '../design/button.tsx';
import { ChoiceMenu } from '../design/choice-menu.tsx';
import { DiffText } from '../design/diff-text.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatCount, formatPercent } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { diffWords } from '../design/word-diff.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { formatVersion, shownVersion } from './dataset-store.ts';
import { describeDiff } from './draft-line.tsx';

/** Differences between two versions: samples that were added, removed, changed or moved, word by word. */
export function VersionDiffView() {
	const { datasets } = useServices();
	const versions = useStore(datasets.state, (state) => state.versions);
	const shown = useStore(datasets.state, shownVersion);
	const [chosen, setChosen] = useState<number | null>(null);
	const earlier = versions.filter(({ number }) => shown !== undefined && number < shown.number);
	const from = earlier.find(({ id }) => id === chosen) ?? earlier[0];
	if (shown === undefined) return null;
	if (from === undefined) {
		return (
			<EmptyState icon={GitCompare} title={t('Nothing to compare with')}>
				{t('This is the first version. Changes appear here once it is frozen and edited.')}
			</EmptyState>
		);
	}
	return (
		<div className="flex min-h-0 flex-1 flex-col">
			<div className="flex flex-none flex-wrap items-center gap-2 border-b border-line px-5 py-2">
				<ChoiceMenu
					label={t('From')}
					value={String(from.id)}
					options={earlier.map((version) => ({
						value: String(version.id),
						words: t('From {version}', { version: formatVersion(version) }),
					}))}
					onChange={(value) => setChosen(Number(value))}
				/>
				<span className="text-ink-2">{t('to {shown}', { shown: formatVersion(shown) })}</span>
			</div>
			<Rows key={`${from.id} ${shown.id}`} fromVersionId={from.id} toVersionId={shown.id} revision={shown.revision} />
		</div>
	);
}

function Rows({
	fromVersionId,
	toVersionId,
	revision,
}: {
	fromVersionId: number;
	toVersionId: number;
	revision: number;
}) {
	const { diff, failure, more } = useDiff(fromVersionId, toVersionId, revision);
	if (failure !== null) {
		return (
			<div className="p-5">
				<FailureCard title={t('Couldn’t compare the versions')} failure={failure} />
			</div>
		);
	}
	if (diff === null) return <Skeleton rows={6} className="p-5" />;
	const total = diff.added + diff.removed + diff.changed + diff.moved;
	const looking = diff.looked < 1;
	if (looking && total === 0) return <Skeleton rows={6} className="p-5" />;
	return (
		<div className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto px-5 pb-5">
			<p role="status" className="py-2.5 text-xs text-ink-2 tabular-nums">
				{looking
					? t('Comparing…')
					: t('{diff}, {same} the same', { diff: describeDiff(diff), same: formatCount(diff.same) })}
			</p>
			{looking ? (
				<p className="pb-2.5 text-xs text-ink-2 tabular-nums">
					{t('{diff} so far, {looked} compared', { diff: describeDiff(diff), looked: formatPercent(diff.looked) })}
				</p>
			) : null}
			{total === 0 ? (
				<EmptyState icon={GitCompare} title={t('No changes')}>
					{t('Both versions have the same samples and splits.')}
				</EmptyState>
			) : (
				<ul aria-label={t('Changed samples')} className="border-t border-line">
					{diff.rows.map((row) => (
						<VersionDiffRow
							key={`${row.kind} ${row.key}`}
							row={row}
							fromVersionId={fromVersionId}
							toVersionId={toVersionId}
							open={total <= 5}
						/>
					))}
				</ul>
			)}
			{diff.rows.length < total ? (
				<Button className="mt-3" onClick={more}>
					{t('Show more of {total}', { total: formatCount(total) })}
				</Button>
			) : null}
		</div>
	);
}

const kinds: Record<DiffRow['kind'], { icon: LucideIcon; words: string; tone: string }> = {
	added: { icon: Plus, words: t('Added'), tone: 'text-good' },
	removed: { icon: Minus, words: t('Removed'), tone: 'text-bad' },
	changed: { icon: Pencil, words: t('Changed'), tone: 'text-warn' },
	moved: { icon: Waypoints, words: t('Moved'), tone: 'text-ink-2' },
};

/** One sample that differs; expanded, its fields before and after. */
function VersionDiffRow({
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
					{row.input.replaceAll(/\s+/g, ' ').trim() || t('Empty input')}
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
			{fields.length === 0 ? <p className="text-xs text-ink-3">{t('Only the split changed.')}</p> : null}
			{fields.map(({ label, before, after }) => (
				<div key={label}>
					<p className="mb-1 text-2xs font-medium text-ink-3">{label}</p>
					<Field before={before} after={after} whole={row.kind !== 'changed'} />
				</div>
			))}
		</div>
	);
}

/** `whole`: the sample exists in only one version, so nothing in it is highlighted. */
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
				<span className="sr-only">{t('Before:')}</span>
				<DiffText runs={runs} side="before" />
			</div>
			<div className="min-w-0 px-2.5 py-1.5">
				<span className="sr-only">{t('After:')}</span>
				<DiffText runs={runs} side="after" />
			</div>
		</div>
	);
}

/** Rows per call. */
const pageSize = 200;

/**
 * Loads the differences between two versions page by page, as they are found. `revision` of the newer one: a change
 * compares again.
 */
function useDiff(
	fromVersionId: number,
	toVersionId: number,
	revision: number,
): { diff: VersionDiff | null; failure: FailureFacts | null; more: () => void } {
	const { connection } = useServices();
	const [pages, setPages] = useState(1);
	const [diff, setDiff] = useState<VersionDiff | null>(null);
	const [failure, setFailure] = useState<FailureFacts | null>(null);
	// biome-ignore lint/correctness/useExhaustiveDependencies: the revision says that the draft is another now
	useEffect(() => {
		const controller = new AbortController();
		const { signal } = controller;
		async function fetch(): Promise<void> {
			try {
				const rows: DiffRow[] = [];
				for (let looked = 0; looked < 1 || rows.length < pages * pageSize; ) {
					const place = { fromVersionId, toVersionId, offset: rows.length, partial: true };
					const limit = Math.min(pageSize, pages * pageSize - rows.length);
					const found: VersionDiff = await connection.client.datasets.versions.diff({ ...place, limit }, { signal });
					rows.push(...found.rows);
					({ looked } = found);
					setDiff({ ...found, rows: [...rows] });
					if (looked === 1 && found.rows.length < limit) break;
				}
				setFailure(null);
			} catch (error) {
				if (!signal.aborted && !isConnectionLoss(error)) setFailure(toFailure(error));
			}
		}
		void fetch();
		return () => controller.abort();
	}, [connection, fromVersionId, toVersionId, revision, pages]);
	return { diff, failure, more: () => setPages((n) => n + 1) };
}

interface ChangedField {
	readonly label: string;
	/** null: the field did not exist. */
	readonly before: string | null;
	readonly after: string | null;
}

const roles = { system: t('System'), user: t('User'), assistant: t('Answer') } as const;

/** Lists the fields that differ between two samples, in display order; null: the sample does not exist. */
export function listChangedFields(before: Sample | null, after: Sample | null): readonly ChangedField[] {
	const whole = before === null || after === null;
	const [from, to] = [fieldsOf(before, !whole), fieldsOf(after, !whole)];
	const labels = [...new Set([...from.keys(), ...to.keys()])];
	return labels.flatMap((label) => {
		const field = { label, before: from.get(label) ?? null, after: to.get(label) ?? null };
		return field.before === field.after ? [] : [field];
	});
}

/** Returns the fields of a sample; `all` includes fields that matter only if they change. */
function fieldsOf(sample: Sample | null, all: boolean): ReadonlyMap<string, string> {
	const fields = new Map<string, string>();
	if (sample === null) return fields;
	const { input, target, choices, tags, cluster, variables } = sample;
	fields.set(
		t('Input'),
		typeof input === 'string' ? input : input.map(({ role, content }) => `${roles[role]}: ${content}`).join('\n\n'),
	);
	if (target !== null) fields.set(t('Target'), target);
	if (choices !== null) fields.set(t('Choices'), choices.map((choice, index) => `${index + 1}. ${choice}`).join('\n'));
	if (!all) return fields;
	if (tags.length > 0) fields.set(t('Tags'), tags.join(', '));
	if (cluster !== null) fields.set(t('Cluster'), cluster);
	for (const [name, value] of Object.entries(variables)) fields.set(`{{${name}}}`, value);
	return fields;
}
