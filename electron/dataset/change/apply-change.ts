import type { WritableDatabase } from '../../database/database.ts';
import { run } from '../../database/sql.ts';
import { touchDataset } from '../store/datasets.ts';
import { copyMembers } from '../store/members.ts';
import { recordAsEmpty, undoRows } from '../store/undo.ts';
import {
	findDraft,
	getVersion,
	insertHiddenVersion,
	lastVisiblePosition,
	setChanging,
	showVersion,
	touchVersion,
} from '../store/versions.ts';
import {
	addSamples,
	assignSplit,
	type ChangeOutcome,
	type ChangeRequest,
	type DraftRef,
	editSample,
	redactSamples,
	removeSamples,
	type SampleChanges,
	tagSamples,
} from './change-samples.ts';
import { randomSplit } from './random-split.ts';

/** Rows copied per statement. */
const copiedAtOnce = 500;

/** Rows undone per step. */
const undoneAtOnce = 500;

/**
 * Applies a requested change in small steps, in one transaction or in many. If the process dies between two, the next
 * start undoes the change (`changing`) or deletes the unfinished draft (`visible_to` −1).
 */
export function* applyChange(database: WritableDatabase, order: ChangeRequest): Generator<number, ChangeOutcome> {
	const { datasetId, undoId, now, baseId } = order;
	const found = findDraft(database, datasetId);
	const draftId = found?.id ?? (yield* copyVersion(database, baseId, now));
	if (found !== undefined) setChanging(database, draftId, undoId);
	const { grown, ...done } = yield* changeSamples(database, { id: draftId, datasetId, undoId, now }, order);
	if (found !== undefined) setChanging(database, draftId, null);
	// A draft equal to its base version is not kept: the clean-up deletes it.
	if (done.changed === 0) return { ...done, draftId: found?.id ?? baseId };
	if (found === undefined) showVersion(database, draftId, getVersion(database, baseId).samples);
	touchVersion(database, draftId, grown);
	touchDataset(database, datasetId, now);
	return { ...done, draftId };
}

function changeSamples(
	database: WritableDatabase,
	draft: DraftRef,
	{ spec }: ChangeRequest,
): Generator<number, SampleChanges> {
	switch (spec.kind) {
		case 'add':
			return addSamples(database, draft, spec);
		case 'edit':
			return editSample(database, draft, spec);
		case 'remove':
			return removeSamples(database, draft, spec);
		case 'tag':
			return tagSamples(database, draft, spec);
		case 'assign-split':
			return assignSplit(database, draft, spec);
		case 'random-split':
			return randomSplit(database, draft, spec);
		case 'redact':
			return redactSamples(database, draft, spec);
	}
}

/** Creates a draft from a version, hidden until it is complete, or fills the hidden version `intoId`. Returns its id. */
export function* beginDraft(
	database: WritableDatabase,
	fromId: number,
	now: number,
	intoId: number | null = null,
): Generator<number, number> {
	const draftId = yield* copyVersion(database, fromId, now, intoId);
	showVersion(database, draftId, getVersion(database, fromId).samples);
	return draftId;
}

/** Creates a hidden copy of a version, or fills the hidden version `intoId`. */
function* copyVersion(
	database: WritableDatabase,
	fromId: number,
	now: number,
	intoId: number | null = null,
): Generator<number, number> {
	const from = getVersion(database, fromId);
	const copyId = intoId ?? insertHiddenVersion(database, from.datasetId, now);
	for (let after: number | null = -1, done = 0; after !== null; done += copiedAtOnce) {
		const place = { from: fromId, to: copyId, after, until: lastVisiblePosition(from), limit: copiedAtOnce };
		after = copyMembers(database, place);
		yield done;
	}
	return copyId;
}

/** The positions that an import filled. */
export interface Tail {
	readonly from: number;
	readonly until: number;
}

/** Undoes a change, complete or partial; with `tail`, an import, which recorded nothing. */
export function* undoChange(
	database: WritableDatabase,
	{
		undoId,
		versionId,
		tail = null,
		now,
	}: { readonly undoId: string; readonly versionId: number; readonly tail?: Tail | null; readonly now: number },
): Generator<number, void> {
	// Recorded in whole first, so that a kill undoes all of it or nothing.
	for (let after = tail === null ? null : tail.from - 1; tail !== null && after !== null; ) {
		after = recordAsEmpty(database, undoId, { versionId, after, until: tail.until, limit: undoneAtOnce });
		yield 0;
	}
	setChanging(database, versionId, undoId);
	let done = 0;
	for (let some = -1; some !== 0; ) {
		some = undoRows(database, undoId, undoneAtOnce);
		done += some;
		yield done;
	}
	recountSamples(database, versionId);
	setChanging(database, versionId, null);
	touchDataset(database, getVersion(database, versionId).datasetId, now);
}

/** Recounts the samples of a version. */
export function recountSamples(database: WritableDatabase, versionId: number): void {
	run(
		database,
		`UPDATE dataset_versions SET revision = revision + 1,
		   samples = (SELECT count(*) FROM dataset_version_samples m WHERE m.version_id = :versionId)
		 WHERE id = :versionId`,
		{ versionId },
	);
}
