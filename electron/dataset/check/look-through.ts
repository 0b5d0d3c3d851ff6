import type { PersonalKind } from '../../contract/dataset/check.ts';
import { inputText, questionText } from '../../prompt/build/same-question.ts';
import { NumberMap } from '../number-map.ts';
import { type MemberRecord, readMembersAfter } from '../store/members.ts';
import { contentOf } from '../store/samples.ts';
import { lastVisiblePosition, type VersionRow } from '../store/versions.ts';
import type { TaskContext } from '../thread/desk.ts';
import { countWords, LengthList } from './lengths.ts';
import { type DuplicatePair, NearDuplicates } from './near.ts';
import { PersonalFindings } from './personal/findings.ts';
import { beginningOf, fingerprint } from './shingles.ts';

const pageSize = 500;

/** What one look at every sample of a version gives. Samples are told by their number in the order of the version. */
export interface VersionScan {
	readonly ids: readonly number[];
	readonly exactPairs: readonly DuplicatePair[];
	/** null: not looked for. */
	readonly near: NearDuplicates | null;
	readonly inputWords: LengthList;
	readonly targetWords: LengthList;
	/** Numbers of the samples whose tokens are counted. */
	readonly chosen: readonly number[];
	readonly counts: { withoutTarget: number; emptyInputs: number; targetNotAChoice: number };
	readonly personal: PersonalFindings;
}

/** Reads a version once. `counted`: tokens of so many samples at most are to be counted, spread over all of it. */
export async function scanVersion(
	desk: Pick<TaskContext, 'database' | 'pause' | 'progress'>,
	version: VersionRow,
	{
		nearThreshold,
		kinds,
		counted,
	}: { readonly nearThreshold: number | null; readonly kinds: readonly PersonalKind[]; readonly counted: number },
): Promise<VersionScan> {
	const firstWith = new NumberMap(version.samples);
	const ids: number[] = [];
	const exactPairs: DuplicatePair[] = [];
	const inputWords = new LengthList();
	const targetWords = new LengthList();
	const chosen: number[] = [];
	const near = nearThreshold === null ? null : new NearDuplicates(nearThreshold, version.samples);
	const counts = { withoutTarget: 0, emptyInputs: 0, targetNotAChoice: 0 };
	const personal = new PersonalFindings(kinds);
	const everyNth = Math.max(1, Math.ceil(version.samples / Math.max(1, counted)));

	function take(record: MemberRecord): void {
		const number = ids.push(record.id) - 1;
		const content = contentOf(record);
		const { target, choices } = content;
		const text = inputText(content);
		if (text.trim() === '') counts.emptyInputs += 1;
		if (target === null) counts.withoutTarget += 1;
		else if (choices !== null && !choices.includes(target)) counts.targetNotAChoice += 1;
		inputWords.add(number, countWords(text));
		if (target !== null) targetWords.add(number, countWords(target));
		if (counted > 0 && number % everyNth === 0) chosen.push(number);
		const asked = questionText(content);
		const print = fingerprint(asked);
		const first = firstWith.get(print);
		if (first === undefined) {
			firstWith.set(print, number);
			near?.add(number, beginningOf(asked));
		} else exactPairs.push({ first, second: number, similarity: 1 });
		personal.look(record, content);
	}

	const place = { versionId: version.id, until: lastVisiblePosition(version), limit: pageSize };
	for (let after = -1, last = pageSize; last === pageSize; ) {
		await desk.pause();
		const page = readMembersAfter(desk.database, { ...place, after });
		for (const record of page) take(record);
		desk.progress(ids.length, version.samples);
		last = page.length;
		after = page.at(-1)?.position ?? after;
	}
	return { ids, exactPairs, near, inputWords, targetWords, chosen, counts, personal };
}
