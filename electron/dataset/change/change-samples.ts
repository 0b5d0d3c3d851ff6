import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type {
	NewSample,
	PersonalKind,
	RandomSplit,
	SampleContent,
	SampleEdit,
	SampleSource,
	Selection,
	TagChange,
} from '../../contract/dataset/schema.ts';
import { cleanText } from '../../conversation/clean-text.ts';
import type { WritableDatabase } from '../../database/database.ts';
import { get, run } from '../../database/sql.ts';
import { redactContent } from '../check/personal-data.ts';
import { type MemberRecord, nextPosition, putMember, readMember, removeMember } from '../store/members.ts';
import { contentHash, contentOf, findKey, freeKey, insertSample, messageOf, textOf } from '../store/samples.ts';
import { recordForUndo } from '../store/undo.ts';
import { lastPosition } from '../store/versions.ts';
import { selectedMembers, selectedPages, selectedRecords } from './selected-samples.ts';

type Of<Kind extends ChangeSpec['kind']> = Extract<ChangeSpec, { kind: Kind }>;
type Steps = Generator<number, SampleChanges>;

/** Split of samples that name none. */
export const defaultSplit = 'test';

export function* addSamples(database: WritableDatabase, draft: DraftRef, { arriving, skipKnown }: Of<'add'>): Steps {
	const { id: versionId, datasetId, undoId, now } = draft;
	const sampleIds: number[] = [];
	let position = nextPosition(database, versionId);
	let known = 0;
	let updated = 0;
	for (const { sample, source } of arriving) {
		const wanted = sample.key ?? numberedKey(database, datasetId, versionId, position + 1);
		const text = textOf(contentOfNew(sample), wanted, source);
		const sha256 = contentHash(text);
		const same = skipKnown ? findKey(database, { datasetId, versionId, key: wanted }) : undefined;
		if (same !== undefined) {
			known += 1;
			const id = same.sha256 === sha256 ? same.id : yield* updateKnown(database, draft, same.id, sample);
			if (id !== same.id) updated += 1;
			sampleIds.push(id);
			continue;
		}
		const key = freeKey(database, datasetId, versionId, wanted);
		const messageId = source.kind === 'message' ? source.messageId : null;
		const sampleId = insertSample(database, datasetId, { ...text, key }, { now, messageId, sha256 });
		putMember(database, versionId, { position, sampleId, split: sample.split ?? defaultSplit });
		recordForUndo(database, undoId, versionId, position, null);
		sampleIds.push(sampleId);
		position += 1;
		yield sampleIds.length;
	}
	const grown = sampleIds.length - known;
	return { ...noChanges, changed: grown + updated, grown, sampleIds, known };
}

/** Updates a sample whose id is known but whose content differs. */
function* updateKnown(
	database: WritableDatabase,
	draft: DraftRef,
	sampleId: number,
	{ input, target, metadata }: NewSample,
): Generator<number, number> {
	const edit = { input, target: target ?? null, metadata: metadata ?? {} };
	const done = yield* editSample(database, draft, { kind: 'edit', sampleId, edit });
	return done.sampleIds[0] ?? sampleId;
}

/** Returns the first free number to use as id, counting from the sample's place. */
export function numberedKey(database: WritableDatabase, datasetId: number, versionId: number, from: number): string {
	for (let number = from; ; number += 1) {
		if (findKey(database, { datasetId, versionId, key: String(number) }) === undefined) return String(number);
	}
}

function contentOfNew(sample: NewSample): SampleContent {
	return cleanContent({
		input: sample.input,
		target: sample.target ?? null,
		choices: sample.choices ?? null,
		variables: sample.variables ?? {},
		metadata: sample.metadata ?? {},
		tags: sample.tags ?? [],
		cluster: sample.cluster ?? null,
	});
}

/** Makes text safe for SQLite and tokenisers: no NUL, no half surrogate pair. */
function cleanContent(content: SampleContent): SampleContent {
	return {
		...content,
		input:
			typeof content.input === 'string'
				? cleanText(content.input)
				: content.input.map(({ role, content: text }) => ({ role, content: cleanText(text) })),
		target: content.target === null ? null : cleanText(content.target),
		choices: content.choices?.map(cleanText) ?? null,
		variables: Object.fromEntries(
			Object.entries(content.variables).map(([name, value]) => [cleanText(name), cleanText(value)]),
		),
		tags: content.tags.map(cleanText),
	};
}

export function* editSample(database: WritableDatabase, draft: DraftRef, { sampleId, edit }: Of<'edit'>): Steps {
	const before = findToEdit(database, draft, sampleId);
	const next = cleanContent({ ...contentOf(before), ...definedOf(edit) });
	yield 1;
	const id = replaceContent(database, draft, before, next, edit.split ?? before.split);
	return { ...noChanges, changed: id === null ? 0 : 1, sampleIds: [id ?? before.id] };
}

function definedOf({ split: _, ...edit }: SampleEdit): Partial<SampleContent> {
	return Object.fromEntries(Object.entries(edit).filter(([, value]) => value !== undefined));
}

/** Returns the sample in the draft, or the draft's sample with the same key. */
function findToEdit(
	database: WritableDatabase,
	{ id: versionId, datasetId }: DraftRef,
	sampleId: number,
): MemberRecord {
	const place = { versionId, until: lastPosition };
	const existing = readMember(database, { ...place, sampleId });
	if (existing !== undefined) return existing;
	const key = get<{ key: string }>(
		database,
		'SELECT key FROM samples WHERE id = :sampleId AND dataset_id = :datasetId',
		{
			sampleId,
			datasetId,
		},
	)?.key;
	const found = key === undefined ? undefined : findKey(database, { datasetId, versionId, key });
	const record = found === undefined ? undefined : readMember(database, { ...place, sampleId: found.id });
	if (record !== undefined) return record;
	throw sampleUnknown(sampleId);
}

export function sampleUnknown(sampleId: number): Failure {
	return new Failure({
		code: 'sample-unknown',
		message: said`Sample ${sampleId} isn’t in this version. It may have been removed or changed in another window.`,
		next: [said`Reload the list`],
	});
}

export function* removeSamples(database: WritableDatabase, draft: DraftRef, { selection }: Of<'remove'>): Steps {
	let changed = 0;
	for (const member of selectedMembers(database, draft.id, selection)) {
		recordForUndo(database, draft.undoId, draft.id, member.position, member);
		removeMember(database, draft.id, member.position);
		changed += 1;
		yield changed;
	}
	return { ...noChanges, changed, grown: -changed };
}

export function* tagSamples(database: WritableDatabase, draft: DraftRef, { selection, add, remove }: Of<'tag'>): Steps {
	let changed = 0;
	let seen = 0;
	for (const record of selectedRecords(database, draft.id, selection)) {
		const content = contentOf(record);
		const tags = [...new Set([...content.tags.filter((tag) => !remove.includes(tag)), ...add.map(cleanText)])];
		if (replaceContent(database, draft, record, { ...content, tags }) !== null) changed += 1;
		seen += 1;
		yield seen;
	}
	return { ...noChanges, changed };
}

export function* assignSplit(
	database: WritableDatabase,
	draft: DraftRef,
	{ selection, split }: Of<'assign-split'>,
): Steps {
	let changed = 0;
	let seen = 0;
	for (const page of selectedPages(database, draft.id, selection)) {
		const positions = page.map(({ position }) => position);
		changed += setSplits(database, draft, positions, split);
		seen += page.length;
		yield seen;
	}
	return { ...noChanges, changed };
}

const otherSplit = `version_id = :versionId AND split <> :split
  AND position IN (SELECT value FROM json_each(:positions))`;

/** Moves members to a split with one statement; returns how many were in another. */
export function setSplits(
	database: WritableDatabase,
	{ id: versionId, undoId }: DraftRef,
	positions: readonly number[],
	split: string,
): number {
	const members = { versionId, split, positions: JSON.stringify(positions) };
	run(
		database,
		`INSERT OR IGNORE INTO dataset_undo (undo_id, version_id, position, sample_id, split)
		 SELECT :undoId, version_id, position, sample_id, split FROM dataset_version_samples WHERE ${otherSplit}`,
		{ undoId, ...members },
	);
	return run(database, `UPDATE dataset_version_samples SET split = :split WHERE ${otherSplit}`, members).changes;
}

export function* redactSamples(database: WritableDatabase, draft: DraftRef, { selection, kinds }: Of<'redact'>): Steps {
	let changed = 0;
	let replaced = 0;
	let seen = 0;
	for (const record of selectedRecords(database, draft.id, selection)) {
		const redacted = redactContent(contentOf(record), kinds);
		if (redacted.replaced > 0) {
			replaceContent(database, draft, record, redacted.content);
			changed += 1;
			replaced += redacted.replaced;
		}
		seen += 1;
		yield seen;
	}
	return { ...noChanges, changed, replaced };
}

/** Returns the number of samples that a change concerns; null if a filter selects them. */
export function changeSize(spec: ChangeSpec): number | null {
	if (spec.kind === 'add') return (spec.arriving satisfies readonly SampleToAdd[]).length;
	if (spec.kind === 'edit') return 1;
	return 'ids' in spec.selection ? spec.selection.ids.length : null;
}

/** A sample to add, with its origin. */
export interface SampleToAdd {
	readonly sample: NewSample;
	readonly source: SampleSource;
}

/** A change to a draft, as plain data because it may run in a worker. */
export type ChangeSpec =
	/** `skipKnown`: a sample whose id already exists is updated instead of added again. */
	| { readonly kind: 'add'; readonly arriving: readonly SampleToAdd[]; readonly skipKnown: boolean }
	| { readonly kind: 'edit'; readonly sampleId: number; readonly edit: SampleEdit }
	| { readonly kind: 'remove'; readonly selection: Selection }
	| ({ readonly kind: 'tag'; readonly selection: Selection } & TagChange)
	| { readonly kind: 'assign-split'; readonly selection: Selection; readonly split: string }
	| ({ readonly kind: 'random-split'; readonly selection: Selection } & RandomSplit)
	| { readonly kind: 'redact'; readonly selection: Selection; readonly kinds: readonly PersonalKind[] };

export interface ChangeRequest {
	readonly datasetId: number;
	/** The version to base a draft on if there is none. */
	readonly baseId: number;
	readonly undoId: string;
	readonly now: number;
	readonly spec: ChangeSpec;
}

/** Result of a change, apart from the draft itself. */
export interface ChangeOutcome {
	readonly draftId: number;
	/** Number of samples edited, added or removed. */
	readonly changed: number;
	/** 'add' and 'edit': the samples in the given order; for a known one, the existing sample. */
	readonly sampleIds: readonly number[];
	/** 'add': number of samples that already existed. */
	readonly known: number;
	/** 'random-split': counts by split. */
	readonly splits: readonly { readonly split: string; readonly count: number }[];
	/** 'redact': number of replaced findings. */
	readonly replaced: number;
}

/** Result of one kind of change. */
export type SampleChanges = Omit<ChangeOutcome, 'draftId'> & {
	/** Number of samples that the draft gained. */
	readonly grown: number;
};

export const noChanges: SampleChanges = { changed: 0, sampleIds: [], known: 0, splits: [], replaced: 0, grown: 0 };

/** The draft that a change works on. */
export interface DraftRef {
	readonly id: number;
	readonly datasetId: number;
	readonly undoId: string;
	readonly now: number;
}

/**
 * Replaces the content of a sample in the draft with a new row, because other versions and undo need the old one.
 * Returns the new id; null if nothing differs.
 */
function replaceContent(
	database: WritableDatabase,
	draft: DraftRef,
	before: MemberRecord,
	content: SampleContent,
	split = before.split,
): number | null {
	const source = JSON.parse(before.source);
	const text = textOf(content, before.key, source);
	const old = textOf(contentOf(before), before.key, source);
	const same = JSON.stringify(text) === JSON.stringify(old);
	if (same && split === before.split) return null;
	const place = { position: before.position, sampleId: before.id, split: before.split };
	recordForUndo(database, draft.undoId, draft.id, before.position, place);
	const sampleId = same
		? before.id
		: insertSample(database, draft.datasetId, text, { now: draft.now, messageId: messageOf(database, before.id) });
	putMember(database, draft.id, { position: before.position, sampleId, split });
	return sampleId;
}
