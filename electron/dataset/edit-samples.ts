import { randomUUID } from 'node:crypto';
import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { Change, DatasetVersion, Sample } from '../contract/dataset/schema.ts';
import { get, run, transaction } from '../database/sql.ts';
import { applyChange, type Tail, undoChange } from './change/apply-change.ts';
import { type ChangeOutcome, type ChangeSpec, changeSize, sampleUnknown } from './change/change-samples.ts';
import type { DatasetContext } from './context.ts';
import { getLiveDataset, touchDataset } from './store/datasets.ts';
import { nextPosition, readMember } from './store/members.ts';
import { sampleOf } from './store/samples.ts';
import {
	findDraft,
	findVersion,
	getVersion,
	lastVisiblePosition,
	publicVersion,
	setVisibleTo,
} from './store/versions.ts';
import { maxInlineSamples, type TaskRunner } from './task-runner.ts';

/** Number of changes that can be undone. */
const keptChanges = 20;

/** Changes up to this many samples run at once in any dataset that has a draft: spread over millions, 0.3 ms each. */
const smallChange = 100;

/** Changes samples and undoes changes. */
export interface SampleEditor {
	change(
		datasetId: number,
		spec: ChangeSpec,
	): Promise<Change & Pick<ChangeOutcome, 'sampleIds' | 'known' | 'splits' | 'replaced'>>;
	/** Returns the whole sample. Throws Failure `sample-unknown`. */
	sample(versionId: number, sampleId: number): Sample;
	/** Makes an import into a draft undoable, which has just ended: undo removes what is there from a position on. */
	keepTail(versionId: number, from: number): string;
	/** Throws Failure `undo-unknown`. */
	undo(undoId: string): Promise<DatasetVersion>;
	/** Nothing can be undone any more: other rows have the ids. */
	forget(): void;
}

interface Undo {
	readonly versionId: number;
	/** The positions that undo empties; null: it restores the rows of `dataset_undo`. */
	readonly tail: Tail | null;
}

export function createSampleEditor(context: DatasetContext, tasks: TaskRunner): SampleEditor {
	const { database, clock } = context;
	const undos = new Map<string, Undo>();

	function keep(undoId: string, undo: Undo): void {
		undos.set(undoId, undo);
		for (const old of [...undos.keys()].slice(0, Math.max(0, undos.size - keptChanges))) undos.delete(old);
	}

	return {
		async change(datasetId, spec) {
			const dataset = getLiveDataset(database, datasetId);
			const draft = findDraft(database, datasetId);
			const base = draft ?? getVersion(database, dataset.latest.id);
			const undoId = randomUUID();
			const order = { datasetId, baseId: base.id, undoId, now: clock(), spec };
			const size = changeSize(spec) ?? base.samples;
			const small =
				size <= smallChange
					? draft !== undefined || base.samples <= maxInlineSamples
					: size + base.samples <= maxInlineSamples;
			const { draftId, ...outcome } = await tasks.change<'change'>({
				datasetId,
				title: dataset.name,
				small,
				steps: () => applyChange(database, order),
				facts: { kind: 'change', order },
			});
			if (outcome.changed > 0) keep(undoId, { versionId: draftId, tail: null });
			// The draft turned out unnecessary and was hidden.
			else if (draft === undefined) void tasks.cleanUp();
			return {
				...outcome,
				version: publicVersion(getVersion(database, draftId)),
				undoId: outcome.changed > 0 ? undoId : null,
			};
		},
		sample(versionId, sampleId) {
			const version = getVersion(database, versionId);
			const record = readMember(database, { versionId, sampleId, until: lastVisiblePosition(version) });
			if (record === undefined) throw sampleUnknown(sampleId);
			return sampleOf(record);
		},
		keepTail(versionId, from) {
			const undoId = randomUUID();
			keep(undoId, { versionId, tail: { from, until: nextPosition(database, versionId) - 1 } });
			return undoId;
		},
		async undo(undoId) {
			const undo = undos.get(undoId);
			const version = undo === undefined ? undefined : findVersion(database, undo.versionId);
			if (undo === undefined || version === undefined || version.frozenAt !== null) throw undoUnknown();
			const { versionId, tail } = undo;
			const { datasetId } = version;
			tasks.assertFree(datasetId);
			undos.delete(undoId);
			// Samples that were added since then stay.
			if (tail === null || nextPosition(database, versionId) > tail.until + 1) {
				const rows =
					tail === null
						? get<{ n: number }>(
								database,
								'SELECT count(*) AS n FROM (SELECT 1 FROM dataset_undo WHERE undo_id = :undoId LIMIT :limit)',
								{ undoId, limit: smallChange + 1 },
							)
						: { n: tail.until - tail.from + 1 };
				await tasks.change<'undo'>({
					datasetId,
					title: getLiveDataset(database, datasetId).name,
					small: (rows?.n ?? 0) <= smallChange && version.samples <= 100_000,
					*steps() {
						yield* undoChange(database, { undoId, versionId, tail, now: clock() });
						return null;
					},
					facts: { kind: 'undo', undoId, versionId, tail },
				});
			} else {
				// They disappear at once and are deleted later.
				transaction(database, () => {
					setVisibleTo(database, versionId, tail.from - 1);
					run(
						database,
						`UPDATE dataset_versions SET revision = revision + 1, samples = (
						   SELECT count(*) FROM dataset_version_samples m WHERE m.version_id = :versionId AND m.position < :from)
						 WHERE id = :versionId`,
						{ versionId, from: tail.from },
					);
					touchDataset(database, datasetId, clock());
				});
				await tasks.cleanUp();
				tasks.publishChange(datasetId);
			}
			return publicVersion(getVersion(database, versionId));
		},
		forget: () => undos.clear(),
	};
}

function undoUnknown(): Failure {
	return new Failure({
		code: 'undo-unknown',
		message: said`This can no longer be undone: Assay restarted, the version was frozen, or newer changes replaced it.`,
		next: [said`Restore an earlier version instead`],
	});
}
