import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import {
	type CheckInput,
	type CheckReport,
	type Duplicate,
	excerptLength,
	maxFindings,
	type PersonalKind,
} from '../../contract/dataset/schema.ts';
import { inputText, plainText, questionText } from '../../prompt/same-question.ts';
import { NumberMap } from '../number-map.ts';
import { type MemberRecord, readMember, readMembersAfter } from '../store/members.ts';
import { contentOf } from '../store/samples.ts';
import { getVersion, lastVisiblePosition, type VersionRow } from '../store/versions.ts';
import type { TaskContext } from '../worker/task-context.ts';
import { countWords, LengthList, summariseLengths } from './lengths.ts';
import { type DuplicatePair, NearDuplicates } from './near-duplicates.ts';
import { PersonalFindings } from './personal-data.ts';
import { beginningOf, fingerprint, withoutNumbers } from './shingles.ts';

/** Most samples whose tokens are counted; of more, a random part that is always the same. */
const countedByModel = 2_000;

/** Samples that can be removed: the later one of each pair, unless the earlier one is removed itself. */
export interface Removable {
	readonly exact: readonly number[];
	/** Near and exact duplicates, without and with those that differ only in numbers. */
	readonly near: readonly number[];
	readonly nearWithNumbers: readonly number[];
}

export interface CheckResult {
	readonly report: CheckReport;
	readonly removable: Removable;
}

/**
 * Checks a version for duplicates, overlap of splits, lengths, and personal data. `modelName`: the model that counts
 * tokens.
 */
export async function runCheck(
	context: TaskContext,
	{ versionId, nearThreshold, personal: kinds }: CheckInput,
	modelName: string | null,
): Promise<CheckResult> {
	const began = performance.now();
	const { database } = context;
	const version = getVersion(database, versionId);
	const until = lastVisiblePosition(version);
	const { ids, exactPairs, near, inputWords, targetWords, chosen, counts, personal } = await scanVersion(
		context,
		version,
		{
			nearThreshold,
			kinds,
			counted: modelName === null ? 0 : countedByModel,
		},
	);
	const recordAt = (number: number): MemberRecord => {
		const record = readMember(database, { versionId, sampleId: ids[number] ?? 0, until });
		if (record === undefined) throw changedMeanwhile();
		return record;
	};
	const sideOf = (number: number) => {
		const record = recordAt(number);
		const input = inputText(contentOf(record)).slice(0, excerptLength).toWellFormed();
		return { id: record.id, key: record.key, split: record.split, input };
	};
	const nearly = await near?.pairs(context, (number) => beginningOf(questionText(contentOf(recordAt(number)))));
	const judged = [...exactPairs, ...(nearly?.pairs ?? [])].map((pair) => ({ ...pair, ...comparePair(recordAt, pair) }));
	const tell = (pairs: readonly (typeof judged)[number][]): Duplicate[] =>
		pairs.slice(0, maxFindings).map(({ first, second, similarity, onlyNumbers, sameTarget }) => ({
			first: sideOf(first),
			second: sideOf(second),
			similarity,
			onlyNumbers,
			sameTarget,
		}));
	const [exact, alike] = [judged.slice(0, exactPairs.length), judged.slice(exactPairs.length)];
	const keyOf = (number: number) => ({ id: ids[number] ?? 0, key: recordAt(number).key });
	const noLengths = {
		count: 0,
		total: 0,
		min: 0,
		median: 0,
		mean: 0,
		p95: 0,
		max: 0,
		histogram: [],
		longest: [],
	};
	const tokens = modelName === null ? null : await countTokens(context, chosen, recordAt);
	return {
		report: {
			versionId,
			revision: version.revision,
			samples: ids.length,
			...counts,
			exact: { count: exact.length, pairs: tell(exact) },
			near: {
				threshold: nearThreshold,
				count: alike.length,
				pairs: tell(alike),
				complete: nearly?.complete ?? true,
			},
			overlap: overlapOf(judged.map(({ splits }) => splits)),
			conflicts: exact.filter(({ sameTarget }) => !sameTarget).length,
			lengths: {
				unit: tokens === null ? 'words' : 'tokens',
				modelName: tokens === null ? null : modelName,
				counted: tokens?.input.count ?? ids.length,
				input: summariseLengths(tokens?.input ?? inputWords, keyOf) ?? noLengths,
				target: summariseLengths(tokens?.target ?? targetWords, keyOf),
			},
			personal: personal.report(),
			ms: performance.now() - began,
		},
		removable: {
			exact: laterOfPairs(exact, ids),
			near: laterOfPairs(
				judged.filter(({ onlyNumbers }) => !onlyNumbers),
				ids,
			),
			nearWithNumbers: laterOfPairs(judged, ids),
		},
	};
}

/** Counts the pairs between each two different splits, most first. */
function overlapOf(pairs: readonly (readonly [string, string])[]): CheckReport['overlap'] {
	const overlap = new Map<string, CheckReport['overlap'][number]>();
	for (const [one, other] of pairs) {
		if (one === other) continue;
		const splits: [string, string] = one < other ? [one, other] : [other, one];
		const key = splits.join('\0');
		overlap.set(key, { splits, count: (overlap.get(key)?.count ?? 0) + 1 });
	}
	return [...overlap.values()].sort((one, other) => other.count - one.count);
}

function changedMeanwhile(): Failure {
	return new Failure({
		code: 'version-changed',
		message: said`The draft changed while it was checked.`,
		next: [said`Check again`],
	});
}

function comparePair(recordAt: (number: number) => MemberRecord, { first, second, similarity }: DuplicatePair) {
	const one = recordAt(first);
	const other = recordAt(second);
	const numbersApart = (record: MemberRecord) => withoutNumbers(questionText(contentOf(record)));
	return {
		splits: [one.split, other.split] as [string, string],
		onlyNumbers: similarity < 1 && numbersApart(one) === numbersApart(other),
		sameTarget: plainText(one.target ?? '') === plainText(other.target ?? ''),
	};
}

function laterOfPairs(pairs: readonly DuplicatePair[], ids: readonly number[]): number[] {
	const going = new Set<number>();
	for (const { first, second } of pairs.toSorted((one, other) => one.first - other.first)) {
		if (!going.has(first)) going.add(second);
	}
	return [...going].map((number) => ids[number] ?? 0);
}

async function countTokens(
	context: TaskContext,
	numbers: readonly number[],
	recordAt: (number: number) => MemberRecord,
) {
	const input = new LengthList();
	const target = new LengthList();
	for (let at = 0; at < numbers.length; at += 50) {
		await context.pause();
		const part = numbers.slice(at, at + 50).map((number) => ({ number, content: contentOf(recordAt(number)) }));
		const withTarget = part.filter(({ content }) => content.target !== null);
		const texts = [
			...part.map(({ content }) => inputText(content)),
			...withTarget.map(({ content }) => content.target ?? ''),
		];
		const counted = await context.countTokens(texts);
		const [inputs, targets] = [counted.slice(0, part.length), counted.slice(part.length)];
		for (const [index, { number }] of part.entries()) input.add(number, inputs[index] ?? 0);
		for (const [index, { number }] of withTarget.entries()) target.add(number, targets[index] ?? 0);
	}
	return { input, target };
}

const pageSize = 500;

/** Result of one pass over the samples of a version. Samples are identified by their number in version order. */
export interface VersionScan {
	readonly ids: readonly number[];
	readonly exactPairs: readonly DuplicatePair[];
	/** null: near duplicates are not searched for. */
	readonly near: NearDuplicates | null;
	readonly inputWords: LengthList;
	readonly targetWords: LengthList;
	/** Numbers of the samples whose tokens are counted. */
	readonly chosen: readonly number[];
	readonly counts: { withoutTarget: number; emptyInputs: number; targetNotAChoice: number };
	readonly personal: PersonalFindings;
}

/** Reads a version once. `counted`: most samples whose tokens are counted, spread over the whole version. */
async function scanVersion(
	context: Pick<TaskContext, 'database' | 'pause' | 'progress'>,
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
		personal.examine(record, content);
	}

	const place = { versionId: version.id, until: lastVisiblePosition(version), limit: pageSize };
	for (let after = -1, last = pageSize; last === pageSize; ) {
		await context.pause();
		const page = readMembersAfter(context.database, { ...place, after });
		for (const record of page) take(record);
		context.progress(ids.length, version.samples);
		last = page.length;
		after = page.at(-1)?.position ?? after;
	}
	return { ids, exactPairs, near, inputWords, targetWords, chosen, counts, personal };
}
