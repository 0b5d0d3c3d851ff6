import { randomUUID } from 'node:crypto';
import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { ImportOptions, ImportProblem } from '../../contract/dataset/schema.ts';
import { commitDurably } from '../../database/connect.ts';
import type { WritableDatabase } from '../../database/database.ts';
import { transaction } from '../../database/sql.ts';
import { sampleKey } from '../../prompt/same-question.ts';
import { beginDraft } from '../change/apply-change.ts';
import { defaultSplit } from '../change/change-samples.ts';
import { selectedRecords } from '../change/selected-samples.ts';
import { findDatasetFiles } from '../read/find-dataset-files.ts';
import { freeName, getLiveDataset, insertDataset, setNameAndDescription, touchDataset } from '../store/datasets.ts';
import { nextPosition } from '../store/members.ts';
import { contentOf } from '../store/samples.ts';
import {
	findDraft,
	hideVersion,
	insertHiddenVersion,
	setVisibleTo,
	showVersion,
	touchVersion,
} from '../store/versions.ts';
import { importingName } from '../worker/clean-up.ts';
import { type TaskContext, writeInTurns } from '../worker/task-context.ts';
import { ImportProblems } from './import-problems.ts';
import {
	type ImportTarget,
	type InsertCounts,
	insertSamples,
	type SampleToInsert,
	SeenHashes,
} from './insert-samples.ts';
import { openSources, readRowSamples } from './open-source.ts';

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
	/** Positions from here on are new in an existing draft; null: the whole version is new. */
	readonly appendedFrom: number | null;
}

/** Most samples, and most characters, gathered before they are written. */
const batchLimits = { samples: 200, characters: 1_000_000 };

/**
 * Reads the files at the paths and writes them invisibly until all of them are in; one commit then reveals them. If the
 * import ends before that, `sweep` deletes what it wrote. Throws a Failure.
 */
export async function runImport(
	context: TaskContext,
	{ paths, every, options, now }: ImportTask,
): Promise<ImportResult> {
	const { database } = context;
	const { mapping, table, tags, limit } = options;
	const files = await findDatasetFiles(paths, every);
	const total = files.reduce((sum, file) => sum + file.sizeBytes, 0);
	const problems = new ImportProblems();
	const place = await openTarget(context, options, now);
	const counts: InsertCounts = { added: 0, duplicates: 0, renamed: 0 };
	const waiting: SampleToInsert[] = [];
	let characters = 0;
	let before = 0;
	let came = 0;

	async function write(): Promise<void> {
		if (waiting.length === 0) return;
		characters = 0;
		const batch = waiting.splice(0);
		await writeInTurns(context, insertAll(database, place, batch, counts), null);
	}
	function* insertAll(
		db: WritableDatabase,
		to: ImportTarget,
		batch: readonly SampleToInsert[],
		into: InsertCounts,
	): Generator<number, void> {
		for (const _ of insertSamples(db, to, batch, into)) yield before;
	}

	for await (const opened of openSources(files, { mapping, table }, problems)) {
		if (limit !== null && came >= limit) break;
		const { file, source } = opened;
		for await (const { rows, bytesRead } of source.batches) {
			context.progress(before + Math.min(bytesRead, file.sizeBytes), total);
			await context.pause();
			for (const row of rows) {
				if (limit !== null && came >= limit) break;
				for (const { content, key, split } of readRowSamples(opened, row, tags, problems)) {
					came += 1;
					characters += textLength(content);
					waiting.push({
						content,
						key,
						split: split ?? options.split ?? defaultSplit,
						source: { kind: 'file', file: file.name, row: row.row },
					});
				}
				if (waiting.length >= batchLimits.samples || characters >= batchLimits.characters) await write();
			}
			if (limit !== null && came >= limit) break;
		}
		before += file.sizeBytes;
	}
	await write();
	// Rows that are all there already are an import, too.
	if (counts.added + counts.duplicates === 0) throw nothingImported(problems);
	await context.awaitWriteTurn();
	await context.pause();
	commitDurably(database, () => transaction(database, () => commitImport(database, place, counts.added, options, now)));
	return {
		datasetId: place.datasetId,
		versionId: place.versionId,
		...counts,
		skipped: problems.skipped,
		problems: problems.list(),
		appendedFrom: place.mode === 'append' ? place.firstPosition : null,
	};
}

/** Creates the hidden version or positions that samples are imported into. */
async function openTarget(
	context: TaskContext,
	{ into, duplicates }: ImportOptions,
	now: number,
): Promise<ImportTarget> {
	const { database } = context;
	const contents = duplicates === 'skip' ? new SeenHashes() : null;
	const rest = { now, numbered: true, keys: new SeenHashes(), contents };
	if (into.kind === 'new') {
		await context.awaitWriteTurn();
		return transaction(database, () => {
			const datasetId = insertDataset(database, { name: `${importingName}${randomUUID()}`, description: '', now });
			const versionId = insertHiddenVersion(database, datasetId, now);
			return { ...rest, mode: 'new', datasetId, versionId, baseId: null, firstPosition: 0 };
		});
	}
	const dataset = getLiveDataset(database, into.datasetId);
	const { id: datasetId } = dataset;
	if (into.mode === 'replace') {
		await context.awaitWriteTurn();
		const versionId = transaction(database, () => insertHiddenVersion(database, datasetId, now));
		return { ...rest, mode: 'replace', datasetId, versionId, baseId: dataset.latest.id, firstPosition: 0 };
	}
	const versionId =
		findDraft(database, datasetId)?.id ??
		(await writeInTurns(context, beginDraft(database, dataset.latest.id, now), dataset.latest.samples));
	if (contents !== null) {
		for (const record of selectedRecords(database, versionId, { filter: {} })) {
			await context.pause();
			contents.add(sampleKey(contentOf(record)));
		}
	}
	await context.awaitWriteTurn();
	const firstPosition = transaction(database, () => {
		const end = nextPosition(database, versionId);
		// −1 would mean that the whole version is hidden: an empty draft is visible up to its first position, which
		// holds nothing.
		setVisibleTo(database, versionId, Math.max(0, end));
		return Math.max(0, end) + 1;
	});
	return { ...rest, mode: 'append', datasetId, versionId, baseId: null, firstPosition };
}

/** Completes the import. */
function commitImport(
	database: WritableDatabase,
	place: ImportTarget,
	added: number,
	{ into }: ImportOptions,
	now: number,
): void {
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
		// Another dataset may have taken the name during the import.
		setNameAndDescription(database, datasetId, {
			name: freeName(database, into.name),
			description: into.description,
			now,
		});
	} else touchDataset(database, datasetId, now);
}

function textLength({ input, target, variables }: SampleToInsert['content']): number {
	const asked = typeof input === 'string' ? input.length : input.reduce((sum, { content }) => sum + content.length, 0);
	return asked + (target?.length ?? 0) + Object.values(variables).reduce((sum, text) => sum + text.length, 200);
}

function nothingImported(problems: ImportProblems): Failure {
	const [first] = problems.list();
	return new Failure({
		code: 'import-empty',
		message:
			first === undefined
				? said`It has no rows.`
				: said`None of its rows is a sample. ${first.where}: ${first.what.replace('Skipped: ', '')}.`,
		next: [said`Choose another column as input`, said`Or check the preview: assay datasets import <file> --preview`],
	});
}
