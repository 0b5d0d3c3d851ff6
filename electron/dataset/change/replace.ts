import type { SampleContent } from '../../contract/dataset/sample.ts';
import type { WritableDatabase } from '../../database/handle.ts';
import { type MemberRecord, putMember } from '../store/members.ts';
import { contentOf, insertSample, messageOf, textOf } from '../store/samples.ts';
import { recordForUndo } from '../store/undo.ts';
import type { DraftRef } from './order.ts';

/**
 * Gives the draft another content at the place of a sample: a further row, as other versions and the way back hold the
 * old one. Returns its id; null where nothing is another.
 */
export function replaceContent(
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
