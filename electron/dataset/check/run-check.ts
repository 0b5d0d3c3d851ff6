import { Failure } from '../../../models/contract/failure.ts';
import {
	type CheckInput,
	type CheckReport,
	type Duplicate,
	maxFindings,
	type PersonalFinding,
	type PersonalKind,
} from '../../contract/dataset/check.ts';
import { excerptLength, type SampleContent } from '../../contract/dataset/sample.ts';
import { type MemberRecord, recordOf, recordsAfter } from '../store/members.ts';
import { contentOf } from '../store/samples.ts';
import { getVersion, lastSeen } from '../store/versions.ts';
import type { Desk } from '../thread/desk.ts';
import { summariseLengths, wordsIn } from './lengths.ts';
import { NearDuplicates, type Pair } from './near.ts';
import { findPersonal } from './personal/find.ts';
import { textsOf } from './personal/redact.ts';
import { fingerprint, normalise, withoutNumbers } from './shingles.ts';

/** Samples whose tokens are counted at most; of more a random part, always the same. */
const countedByModel = 2_000;

const pageSize = 500;

/** Samples that could go: the later one of each pair, unless the earlier goes itself. */
export interface Removable {
	readonly exact: readonly number[];
	/** Near ones and exact ones, without and with those that differ in numbers only. */
	readonly near: readonly number[];
	readonly nearWithNumbers: readonly number[];
}

export interface CheckResult {
	readonly report: CheckReport;
	readonly removable: Removable;
}

/** Looks through a version: duplicates, overlap of splits, lengths, personal data. `modelName`: of the model that counts. */
export async function runCheck(
	desk: Desk,
	{ versionId, nearThreshold, personal }: CheckInput,
	modelName: string | null,
): Promise<CheckResult> {
	const began = performance.now();
	const { database } = desk;
	const version = getVersion(database, versionId);
	const until = lastSeen(version);
	const ids: number[] = [];
	const firstWith = new Map<number, number>();
	const exactPairs: Pair[] = [];
	const near = nearThreshold === null ? null : new NearDuplicates(nearThreshold);
	const inputWords: { number: number; length: number }[] = [];
	const targetWords: { number: number; length: number }[] = [];
	const chosen = new Set<number>();
	const everyNth = Math.max(1, Math.ceil(version.samples / countedByModel));
	const counts = { withoutTarget: 0, emptyInputs: 0, targetNotAChoice: 0 };
	const found = { count: 0, byKind: new Map<PersonalKind, number>(), findings: [] as PersonalFinding[] };

	function take(record: MemberRecord): void {
		const number = ids.length;
		ids.push(record.id);
		const content = contentOf(record);
		const text = plainInput(content);
		if (text.trim() === '') counts.emptyInputs += 1;
		if (content.target === null) counts.withoutTarget += 1;
		else if (content.choices !== null && !content.choices.includes(content.target)) counts.targetNotAChoice += 1;
		inputWords.push({ number, length: wordsIn(text) });
		if (content.target !== null) targetWords.push({ number, length: wordsIn(content.target) });
		if (modelName !== null && number % everyNth === 0) chosen.add(number);
		const compared = comparedText(content);
		const print = fingerprint(compared);
		const first = firstWith.get(print);
		if (first === undefined) {
			firstWith.set(print, number);
			near?.add(number, compared);
		} else exactPairs.push({ first, second: number, similarity: 1 });
		for (const { field, text: each } of textsOf(content)) {
			for (const { kind, start, end } of findPersonal(each, personal)) {
				found.count += 1;
				found.byKind.set(kind, (found.byKind.get(kind) ?? 0) + 1);
				if (found.findings.length >= maxFindings) continue;
				found.findings.push({
					...{ id: record.id, key: record.key, field, kind, found: each.slice(start, end) },
					before: `${start > 40 ? '…' : ''}${each.slice(Math.max(0, start - 40), start).toWellFormed()}`,
					after: `${each.slice(end, end + 40).toWellFormed()}${each.length > end + 40 ? '…' : ''}`,
				});
			}
		}
	}

	for (let after = -1, last = pageSize; last === pageSize; ) {
		await desk.pause();
		const page = recordsAfter(database, { versionId, after, until, limit: pageSize });
		for (const record of page) take(record);
		desk.progress(ids.length, version.samples);
		last = page.length;
		after = page.at(-1)?.position ?? after;
	}

	const recordAt = (number: number): MemberRecord => {
		const record = recordOf(database, { versionId, sampleId: ids[number] ?? 0, until });
		if (record === undefined) throw changedMeanwhile();
		return record;
	};
	const sideOf = (number: number) => {
		const record = recordAt(number);
		const input = plainInput(contentOf(record)).slice(0, excerptLength).toWellFormed();
		return { id: record.id, key: record.key, split: record.split, input };
	};
	const nearly = await near?.pairs(desk, (number) => comparedText(contentOf(recordAt(number))));
	const judged = [...exactPairs, ...(nearly?.pairs ?? [])].map((pair) => ({ ...pair, ...judge(recordAt, pair) }));
	const tell = (pairs: readonly (typeof judged)[number][]): Duplicate[] =>
		pairs.slice(0, maxFindings).map(({ first, second, similarity, onlyNumbers, sameTarget }) => ({
			...{ first: sideOf(first), second: sideOf(second), similarity, onlyNumbers, sameTarget },
		}));
	const [exact, alike] = [judged.slice(0, exactPairs.length), judged.slice(exactPairs.length)];
	const overlap = new Map<string, { splits: [string, string]; count: number }>();
	for (const { splits } of judged) {
		if (splits[0] === splits[1]) continue;
		const sorted = splits.toSorted() as [string, string];
		const entry = overlap.get(sorted.join('\0')) ?? { splits: sorted, count: 0 };
		overlap.set(sorted.join('\0'), { ...entry, count: entry.count + 1 });
	}
	const keyOf = (number: number) => ({ id: ids[number] ?? 0, key: recordAt(number).key });
	const noLengths = {
		...{ count: 0, total: 0, min: 0, median: 0, mean: 0, p95: 0, max: 0 },
		...{ histogram: [], longest: [] },
	};
	const tokens = modelName === null ? null : await countTokens(desk, [...chosen], recordAt);
	return {
		report: {
			...{ versionId, revision: version.revision, samples: ids.length, ...counts },
			exact: { count: exact.length, pairs: tell(exact) },
			near: {
				threshold: nearThreshold,
				count: alike.length,
				pairs: tell(alike),
				complete: nearly?.complete ?? true,
			},
			overlap: [...overlap.values()].sort((one, other) => other.count - one.count),
			conflicts: exact.filter(({ sameTarget }) => !sameTarget).length,
			lengths: {
				unit: tokens === null ? 'words' : 'tokens',
				modelName: tokens === null ? null : modelName,
				counted: tokens?.input.length ?? ids.length,
				input: summariseLengths(tokens?.input ?? inputWords, keyOf) ?? noLengths,
				target: summariseLengths(tokens?.target ?? targetWords, keyOf),
			},
			personal: {
				count: found.count,
				byKind: [...found.byKind].map(([kind, count]) => ({ kind, count })),
				findings: found.findings,
			},
			ms: performance.now() - began,
		},
		removable: {
			exact: laterOnes(exact, ids),
			near: laterOnes(
				judged.filter(({ onlyNumbers }) => !onlyNumbers),
				ids,
			),
			nearWithNumbers: laterOnes(judged, ids),
		},
	};
}

function changedMeanwhile(): Failure {
	return new Failure({
		code: 'version-changed',
		message: 'The draft changed while it was checked.',
		next: ['Check again'],
	});
}

function judge(recordAt: (number: number) => MemberRecord, { first, second, similarity }: Pair) {
	const one = recordAt(first);
	const other = recordAt(second);
	const numbersApart = (record: MemberRecord) => withoutNumbers(comparedText(contentOf(record)));
	return {
		splits: [one.split, other.split] as [string, string],
		onlyNumbers: similarity < 1 && numbersApart(one) === numbersApart(other),
		sameTarget: (one.target ?? '').trim() === (other.target ?? '').trim(),
	};
}

function laterOnes(pairs: readonly Pair[], ids: readonly number[]): number[] {
	const going = new Set<number>();
	for (const { first, second } of pairs.toSorted((one, other) => one.first - other.first)) {
		if (!going.has(first)) going.add(second);
	}
	return [...going].map((number) => ids[number] ?? 0);
}

/** All turns one after the other. */
export function plainInput({ input }: Pick<SampleContent, 'input'>): string {
	return typeof input === 'string' ? input : input.map(({ content }) => content).join('\n');
}

/** Two questions with other choices are two questions. */
function comparedText(content: SampleContent): string {
	const text = plainInput(content);
	const all = content.choices === null ? text : `${text}\n${content.choices.join('\n')}`;
	return normalise(all) || all.trim();
}

async function countTokens(desk: Desk, numbers: readonly number[], recordAt: (number: number) => MemberRecord) {
	const input: { number: number; length: number }[] = [];
	const target: { number: number; length: number }[] = [];
	for (let at = 0; at < numbers.length; at += 50) {
		await desk.pause();
		const part = numbers.slice(at, at + 50).map((number) => ({ number, content: contentOf(recordAt(number)) }));
		const withTarget = part.filter(({ content }) => content.target !== null);
		const texts = [
			...part.map(({ content }) => plainInput(content)),
			...withTarget.map(({ content }) => content.target ?? ''),
		];
		const counted = await desk.count(texts);
		const [inputs, targets] = [counted.slice(0, part.length), counted.slice(part.length)];
		input.push(...part.map(({ number }, index) => ({ number, length: inputs[index] ?? 0 })));
		target.push(...withTarget.map(({ number }, index) => ({ number, length: targets[index] ?? 0 })));
	}
	return { input, target };
}
