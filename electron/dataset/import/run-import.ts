import { randomUUID } from 'node:crypto';
import { Failure } from '../../../models/contract/failure.ts';
import type { ImportOptions, ImportProblem } from '../../contract/dataset/import.ts';
import { durably } from '../../database/connect.ts';
import type { WritableDatabase } from '../../database/handle.ts';
import { transaction } from '../../database/sql.ts';
import { sampleKey } from '../../prompt/build/same-question.ts';
import { beginDraft } from '../change/carry-out.ts';
import { defaultSplit } from '../change/kinds.ts';
import { selectedRecords } from '../change/selected.ts';
import { findDatasetFiles } from '../read/find-files.ts';
import { freeName, getLiveDataset, insertDataset, setFacts, touchDataset } from '../store/datasets.ts';
import { endOf } from '../store/members.ts';
import { contentOf } from '../store/samples.ts';
import { findDraft, hideVersion, insertHidden, setVisibleTo, showVersion, touchVersion } from '../store/versions.ts';
import { type Desk, writeInTurns } from '../thread/desk.ts';
import { arrivingName } from '../thread/sweep.ts';
import { type Arrival, type Counts, type Into, insertArrivals } from './insert.ts';
import { openSources, samplesOf } from './open-sources.ts';
import { Problems } from './problems.ts';
import { Seen } from './seen.ts';

export interface ImportTask {
	readonly paths: readonly string[];
	readonly every: boolean;
	readonly options: ImportOptions;
	readonly now: number;
}

export interface ImportResult {
	readonly datasetId: number;
	readonly versionId: number;
	readonly added: number;
	readonly duplicates: number;
	readonly renamed: number;
	readonly skipped: number;
	readonly problems: readonly ImportProblem[];
	/** Positions from here on are new in a draft that was there before; null: all of the version is new. */
	readonly appendedFrom: number | null;
}

/** Samples gathered before they are written, and their characters at most. */
const gathered = { samples: 200, characters: 1_000_000 };

/**
 * Reads what lies at the paths and writes it where nobody sees it until all of it is in; then it appears with one
 * commit. Whatever ends it before, `sweep` deletes what had come in. Throws a Failure.
 */
export async function runImport(desk: Desk, { paths, every, options, now }: ImportTask): Promise<ImportResult> {
	const { database } = desk;
	const { into, mapping, table, tags, limit } = options;
	const files = await findDatasetFiles(paths, every);
	const total = files.reduce((sum, file) => sum + file.sizeBytes, 0);
	const problems = new Problems();
	const place = await openPlace(desk, options, now);
	const counts: Counts = { added: 0, duplicates: 0, renamed: 0 };
	const waiting: Arrival[] = [];
	let characters = 0;
	let before = 0;
	let came = 0;

	async function write(): Promise<void> {
		if (waiting.length === 0) return;
		characters = 0;
		const batch = waiting.splice(0);
		await writeInTurns(desk, insertAll(database, place, batch, counts), null);
	}
	function* insertAll(
		db: WritableDatabase,
		to: Into,
		batch: readonly Arrival[],
		into: Counts,
	): Generator<number, void> {
		for (const _ of insertArrivals(db, to, batch, into)) yield before;
	}

	for await (const opened of openSources(files, { mapping, table }, problems)) {
		if (limit !== null && came >= limit) break;
		const { file, source } = opened;
		for await (const { rows, bytesRead } of source.batches) {
			desk.progress(before + Math.min(bytesRead, file.sizeBytes), total);
			await desk.pause();
			for (const row of rows) {
				if (limit !== null && came >= limit) break;
				for (const { content, key, split } of samplesOf(opened, row, tags, problems)) {
					came += 1;
					characters += lengthOf(content);
					waiting.push({
						content,
						key,
						split: split ?? options.split ?? defaultSplit,
						source: { kind: 'file', file: file.name, row: row.row },
					});
				}
				if (waiting.length >= gathered.samples || characters >= gathered.characters) await write();
			}
			if (limit !== null && came >= limit) break;
		}
		before += file.sizeBytes;
	}
	await write();
	if (counts.added === 0 && into.kind === 'new') throw nothingCame(problems);
	await desk.turn();
	await desk.pause();
	durably(database, () => transaction(database, () => settle(database, place, counts.added, options, now)));
	return {
		datasetId: place.datasetId,
		versionId: place.versionId,
		...counts,
		skipped: problems.skipped,
		problems: problems.list(),
		appendedFrom: place.mode === 'append' ? place.firstPosition : null,
	};
}

/** Makes the place where samples arrive unseen. */
async function openPlace(desk: Desk, { into, duplicates }: ImportOptions, now: number): Promise<Into> {
	const { database } = desk;
	const contents = duplicates === 'skip' ? new Seen() : null;
	const rest = { now, numbered: true, keys: new Seen(), contents };
	if (into.kind === 'new') {
		await desk.turn();
		return transaction(database, () => {
			const datasetId = insertDataset(database, { name: `${arrivingName}${randomUUID()}`, description: '', now });
			const versionId = insertHidden(database, datasetId, now);
			return { ...rest, mode: 'new', datasetId, versionId, baseId: null, firstPosition: 0 };
		});
	}
	const dataset = getLiveDataset(database, into.datasetId);
	const { id: datasetId } = dataset;
	if (into.mode === 'replace') {
		await desk.turn();
		const versionId = transaction(database, () => insertHidden(database, datasetId, now));
		return { ...rest, mode: 'replace', datasetId, versionId, baseId: dataset.latest.id, firstPosition: 0 };
	}
	const versionId =
		findDraft(database, datasetId)?.id ??
		(await writeInTurns(desk, beginDraft(database, dataset.latest.id, now), dataset.latest.samples));
	if (contents !== null) {
		for (const record of selectedRecords(database, versionId, { filter: {} })) {
			await desk.pause();
			contents.add(sampleKey(contentOf(record)));
		}
	}
	await desk.turn();
	const firstPosition = transaction(database, () => {
		const end = endOf(database, versionId);
		// −1 would say that the whole version is not there: an empty draft is seen up to its first position, where nothing is.
		setVisibleTo(database, versionId, Math.max(0, end));
		return Math.max(0, end) + 1;
	});
	return { ...rest, mode: 'append', datasetId, versionId, baseId: null, firstPosition };
}

/** From here on the import is done. */
function settle(database: WritableDatabase, place: Into, added: number, { into }: ImportOptions, now: number): void {
	const { mode, datasetId, versionId } = place;
	if (mode === 'append') {
		setVisibleTo(database, versionId, null);
		touchVersion(database, versionId, added);
	} else {
		const draft = findDraft(database, datasetId);
		if (draft !== undefined) hideVersion(database, draft.id);
		showVersion(database, versionId, added);
	}
	if (into.kind === 'new') {
		// Another dataset may have taken the name while this one was coming in.
		setFacts(database, datasetId, { name: freeName(database, into.name), description: into.description, now });
	} else touchDataset(database, datasetId, now);
}

function lengthOf({ input, target, variables }: Arrival['content']): number {
	const asked = typeof input === 'string' ? input.length : input.reduce((sum, { content }) => sum + content.length, 0);
	return asked + (target?.length ?? 0) + Object.values(variables).reduce((sum, text) => sum + text.length, 200);
}

function nothingCame(problems: Problems): Failure {
	const [first] = problems.list();
	return new Failure({
		code: 'import-empty',
		message:
			first === undefined
				? 'There is no row in it.'
				: `None of its rows is a sample. ${first.where}: ${first.what.replace('Left out: ', '')}.`,
		next: ['Choose another column as input', 'Look at the preview: assay datasets import <file> --preview'],
	});
}
