import { resolve } from 'node:path';
import { Failure, type FailureFacts } from '../../models/contract/failure.ts';
import type { ModelKind } from '../../models/contract/gguf.ts';
import type { Inspection } from '../../models/contract/inspection.ts';
import { said } from '../../models/contract/said.ts';
import { obstacle, readGguf } from '../../models/gguf/read-gguf.ts';
import { inspectGguf } from '../../models/inspect/inspect-gguf.ts';
import { groupModels } from '../contract/library/model-groups.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import { transaction } from '../database/sql.ts';
import { oneAtATime } from '../jobs/one-at-a-time.ts';
import { deleteSetAsideFiles, type SetAsideFiles, setFilesAside } from './delete-model-file.ts';
import { checkFileOnDisk, pathsOf } from './file-check.ts';
import { createHasher, type Hasher } from './hasher.ts';
import { modelNameOf } from './model-name.ts';
import { asModelFile, mergeCopies, storedFailure, unknownFacts } from './model-rows.ts';
import type { LibrarySeam } from './model-service.ts';
import * as store from './store/model-files.ts';
import { writeModelSetting } from './store/model-settings.ts';

/** Where a file came from, and what is known about it. */
interface Provenance {
	readonly name: string;
	readonly catalogueId: string | null;
	readonly source: string | null;
	readonly sha256: string | null;
	/** null to use the header's value. */
	readonly license?: string | null;
}

/** A file found by a scan. */
export interface FoundModel {
	readonly path: string;
	/** Name that its program uses; null for the name of the file. */
	readonly name: string | null;
	/** Program that owns its folder, or the folder itself; null for neither. */
	readonly source: string | null;
	readonly modifiedAt: number;
	readonly facts: store.StoredFacts | null;
	/** Size on the disk, used if there are no facts; bytes. */
	readonly sizeBytes: number;
	readonly problem: FailureFacts | null;
}

/** The library's files. */
export interface ModelFiles {
	/** Checks every file first. Newest first; files with the same weights are one entry. */
	list(): Promise<readonly ModelFile[]>;
	/** Returns the result of the last check. Throws Failure `model-unknown`. */
	get(id: number): ModelFile;
	default(): ModelFile | null;
	count(): number;
	/** Returns every file separately, as the last check found them. Newest first. */
	all(): readonly ModelFile[];
	/** Returns the id under which these weights are listed: files with the same weights are one entry. */
	canonical(id: number): number;
	/**
	 * Checks the file and throws what is wrong with it; replaces a missing file by another with the same weights. A check
	 * that was made within `maxAgeMs` still holds.
	 */
	check(id: number, options?: { readonly kind?: ModelKind; readonly maxAgeMs?: number }): Promise<ModelFile>;
	inspect(path: string): Promise<Inspection>;
	/** Adds a file, with all its parts, where it is. Throws the Failure of a file that can't be used. */
	add(path: string, provenance?: Provenance): Promise<ModelFile>;
	/** Adds a scanned file to the list, even a damaged one; false if the path is known. */
	addFound(found: FoundModel): boolean;
	/** Returns the bytes that are freed on the disk within a minute. */
	remove(id: number, deleteFile: boolean): Promise<number>;
	/** Gives files a name, or takes it away with null. Throws Failure `model-unknown`, and changes nothing then. */
	rename(names: readonly { readonly id: number; readonly name: string | null }[]): readonly ModelFile[];
	/** Undoes `remove`. Throws Failure `model-unknown`, `file-deleted`. */
	restore(id: number): Promise<ModelFile>;
	setDefault(id: number): ModelFile;
	/** Called if anything else shown of a file changed: its speed, its options. */
	changed(): void;
	readonly hasher: Hasher;
	close(): Promise<void>;
}

/** An entry that was just removed: its files, which of them was the default, and which are about to be deleted. */
interface Removed {
	readonly ids: readonly number[];
	readonly wasDefault: number | null;
	readonly asides: readonly SetAsideFiles[];
}

/** How long a deletion can be undone, ms. */
const undoMs = 60_000;

function modelUnknown(id: number): Failure {
	return new Failure({
		code: 'model-unknown',
		message: said`The library has no model with the id ${id}.`,
		next: [said`Choose a model in the list`, said`Add its file again`, said`Scan its folder`],
	});
}

export function createModelFiles(seam: LibrarySeam, modelsFolder: string): ModelFiles {
	const { database, events, clock } = seam;
	const problems = new Map<number, FailureFacts>();
	const changed = (): void => events.publish({ type: 'models-changed' });
	/** Files that were just removed, as long as that can be undone. */
	const removed = new Map<number, Removed & { readonly timer: NodeJS.Timeout }>();
	/** Removals and their undoing wait for each other: they move the same files. */
	const inTurn = oneAtATime();
	deleteSetAsideFiles(modelsFolder).catch((error: unknown) => seam.log(`library: ${String(error)}`));

	/** Returns whether that changed anything. */
	function setProblem(id: number, failure: Failure | null): boolean {
		const before = problems.get(id)?.message;
		if (failure === null) problems.delete(id);
		else problems.set(id, failure.facts());
		return before !== failure?.message;
	}

	/** Modification time of a file whose content differs, so that it is hashed once and not at every check. */
	const rejected = new Map<number, number>();
	const hasher = createHasher(seam, (id, failure, modifiedAt) => {
		if (failure === null) rejected.delete(id);
		else rejected.set(id, modifiedAt);
		setProblem(id, failure);
		changed();
	});

	const modelFile = (row: store.ModelFileRow): ModelFile =>
		asModelFile(row, problems.get(row.id) ?? storedFailure(row));

	function rowOf(id: number): store.ModelFileRow {
		const row = store.findModelFile(database, id);
		if (row === undefined) throw modelUnknown(id);
		return row;
	}

	/** Returns all files with these weights, including this one. */
	function sameAs(row: store.ModelFileRow): readonly store.ModelFileRow[] {
		if (row.sha256 === null) return [row];
		return store.listModelFiles(database).filter(({ sha256 }) => sha256 === row.sha256);
	}

	/** Checks again a file that was damaged at the last check. */
	async function refreshRow(row: store.ModelFileRow): Promise<boolean> {
		const verdict = await checkFileOnDisk(row);
		if (verdict.kind === 'fine') return false;
		try {
			const { facts, problem, files } = await readGguf(row.path);
			const hindrance = problem ?? (facts.kind === 'model' ? obstacle(facts) : null);
			const modifiedAt = Math.max(...files.map((file) => file.modifiedAt));
			store.putModelFile(database, { ...row, modifiedAt, sha256: null, problem: stored(hindrance) }, facts);
			if (hindrance === null) hasher.schedule(row.id);
			setProblem(row.id, hindrance);
			return true;
		} catch (error) {
			return setProblem(row.id, error instanceof Failure ? error : null);
		}
	}

	/** Reads what an older version did not store of the header; false if nothing is missing or it can't be read. */
	async function learnMissing({ id, path, lineage, recommendedSampling }: store.ModelFileRow): Promise<boolean> {
		if (lineage !== null && recommendedSampling !== null) return false;
		try {
			const { facts } = await readGguf(path);
			store.setLineage(database, id, facts.lineage);
			writeModelSetting(database, id, 'recommended-sampling', facts.recommendedSampling, clock());
			return true;
		} catch (error) {
			seam.log(`library: the header of ${path} was not read again: ${String(error)}`);
			return false;
		}
	}

	/** Gives a new file the name that the user gave the other files of its model. */
	function inheritName(id: number): void {
		const files = store.listModelFiles(database).map(modelFile);
		const group = groupModels(files).find((one) => one.files.some((file) => file.id === id));
		const names = new Set(group?.files.flatMap((file) => (file.id === id ? [] : [file.name])));
		const [name] = names;
		const others = group?.files.filter((file) => file.id !== id) ?? [];
		if (name === undefined || names.size > 1 || others.every((file) => file.name === file.ownName)) return;
		store.setDisplayName(database, id, name);
	}

	/** When each file was last looked at, on the clock of `performance.now`. */
	const readAt = new Map<number, number>();

	async function readRow(row: store.ModelFileRow): Promise<boolean> {
		readAt.set(row.id, performance.now());
		if (row.problem !== null) return refreshRow(row);
		const verdict = await checkFileOnDisk(row);
		if (verdict.kind === 'problem') return setProblem(row.id, verdict.failure);
		// Only the hash can tell whether a file of the right size is the right one.
		if (verdict.kind === 'touched' && rejected.get(row.id) === verdict.modifiedAt) return false;
		if (row.sha256 === null || verdict.kind === 'touched') hasher.schedule(row.id);
		const learned = await learnMissing(row);
		return setProblem(row.id, null) || learned;
	}

	function get(id: number): ModelFile {
		return modelFile(rowOf(id));
	}

	function undoable(id: number, entry: Removed): void {
		const finish = async (): Promise<void> => {
			// It may have been undone in the last moment.
			if (removed.get(id)?.timer !== timer) return;
			removed.delete(id);
			await Promise.all(entry.asides.map((aside) => aside.finish()));
		};
		const timer = setTimeout(() => {
			inTurn(finish).catch((error: unknown) => seam.log(`library: ${String(error)}`));
		}, undoMs);
		timer.unref();
		removed.set(id, { ...entry, timer });
	}

	return {
		hasher,
		get,
		changed,
		count: () => store.countModelFiles(database),
		all: () => store.listModelFiles(database).map(modelFile),
		async list() {
			const news = await Promise.all(store.listModelFiles(database).map(readRow));
			if (news.includes(true)) changed();
			return mergeCopies(store.listModelFiles(database).map(modelFile));
		},
		canonical(id) {
			const row = store.findModelFile(database, id);
			return row === undefined ? id : (mergeCopies(sameAs(row).map(modelFile))[0]?.id ?? id);
		},
		default() {
			const row = store.listModelFiles(database).find(({ isDefault }) => isDefault === 1);
			return row === undefined ? null : modelFile(row);
		},
		async check(id, { kind = 'model', maxAgeMs = 0 } = {}) {
			const age = performance.now() - (readAt.get(id) ?? Number.NEGATIVE_INFINITY);
			if (age >= maxAgeMs && (await readRow(rowOf(id)))) changed();
			const file = get(id);
			if (file.problem !== null) {
				for (const row of sameAs(rowOf(id))) {
					if (row.id === id) continue;
					await readRow(row);
					if (!problems.has(row.id) && row.problem === null) return { ...file, path: row.path, problem: null };
				}
				throw new Failure(file.problem);
			}
			const hindrance = obstacle(file);
			if (hindrance !== null && file.kind !== 'model' && file.kind !== kind) throw hindrance;
			return file;
		},
		inspect: (path) => inspectGguf(resolve(path)),
		async add(path, provenance) {
			const { facts, problem, files } = await readGguf(resolve(path));
			if (problem !== null) throw problem;
			const hindrance = facts.kind === 'model' ? obstacle(facts) : null;
			if (hindrance !== null) throw hindrance;
			const [absolute = resolve(path)] = facts.paths;
			const modifiedAt = Math.max(...files.map((file) => file.modifiedAt));
			const known = store.listModelFiles(database).find((row) => row.path === absolute);
			const unchanged = known !== undefined && known.modifiedAt === modifiedAt && known.sizeBytes === facts.sizeBytes;
			const origin =
				provenance === undefined ? (unchanged ? known : null) : { ...provenance, ownName: provenance.name };
			const id = store.putModelFile(
				database,
				{
					path: absolute,
					ownName: origin?.ownName ?? modelNameOf(absolute),
					modifiedAt,
					sha256: origin?.sha256 ?? null,
					catalogueId: origin?.catalogueId ?? null,
					source: origin?.source ?? null,
					license: origin?.license ?? null,
					addedAt: clock(),
				},
				facts,
			);
			setProblem(id, null);
			if (known === undefined) inheritName(id);
			if (origin?.sha256 === undefined || origin.sha256 === null) hasher.schedule(id);
			changed();
			return get(id);
		},
		addFound(found) {
			if (store.listModelFiles(database).some((row) => row.path === found.path)) return false;
			const { path, name, source, modifiedAt, facts, sizeBytes, problem } = found;
			const id = store.putModelFile(
				database,
				{
					path,
					modifiedAt,
					sha256: null,
					catalogueId: null,
					source,
					addedAt: clock(),
					ownName: name ?? modelNameOf(path),
					problem: problem === null ? null : JSON.stringify(problem),
				},
				facts ?? unknownFacts(sizeBytes),
			);
			problems.delete(id);
			inheritName(id);
			if (problem === null) hasher.schedule(id);
			return true;
		},
		remove: (id, deleteFile) =>
			inTurn(async () => {
				const row = rowOf(id);
				// Removes all copies as one entry: another file with the same weights would otherwise replace it at once.
				const copies = sameAs(row).filter((other) => other.id !== id);
				const asides = deleteFile ? [await setFilesAside(pathsOf(row), modelsFolder)] : [];
				for (const copy of deleteFile ? copies : []) {
					const aside = await setFilesAside(pathsOf(copy), modelsFolder).catch(() => null);
					if (aside !== null) asides.push(aside);
				}
				const ids = [id, ...copies.map((copy) => copy.id)];
				const wasDefault = [row, ...copies].find(({ isDefault }) => isDefault === 1)?.id ?? null;
				try {
					transaction(database, () => {
						for (const each of ids) store.removeModelFile(database, each, clock());
					});
				} catch (error) {
					// The removal failed, so put the file back: the next start deletes everything that was set aside.
					for (const aside of asides) await aside.restore();
					throw error;
				}
				for (const each of ids) problems.delete(each);
				undoable(id, { ids, wasDefault, asides });
				changed();
				return asides.reduce((sum, { freedBytes }) => sum + freedBytes, 0);
			}),
		restore: (id) =>
			inTurn(async () => {
				const entry = removed.get(id);
				clearTimeout(entry?.timer);
				removed.delete(id);
				try {
					for (const aside of entry?.asides ?? []) await aside.restore();
					const found = transaction(database, () =>
						(entry?.ids ?? [id]).map((each) =>
							store.restoreModelFile(database, each, entry?.wasDefault === each, clock()),
						),
					);
					if (!found.includes(true)) throw modelUnknown(id);
				} catch (error) {
					if (entry !== undefined) undoable(id, entry);
					throw error;
				}
				changed();
				return get(id);
			}),
		rename(names) {
			for (const { id } of names) rowOf(id);
			transaction(database, () => {
				for (const { id, name } of names) store.setDisplayName(database, id, name);
			});
			changed();
			return names.map(({ id }) => get(id));
		},
		setDefault(id) {
			const { kind, architecture } = rowOf(id);
			const hindrance = kind === 'model' ? null : obstacle({ kind, architecture });
			if (hindrance !== null) throw hindrance;
			const before = store.listModelFiles(database).find(({ isDefault }) => isDefault === 1)?.id ?? null;
			store.setDefaultModelFile(database, id, clock());
			changed();
			if (before !== id) {
				const nameOf = (file: number): string | null => store.modelName(database, file);
				const names = { name: nameOf(id), before: before === null ? null : nameOf(before) };
				events.publish({ type: 'default-changed', what: 'model', modelFileId: id, ...names });
			}
			return get(id);
		},
		async close() {
			await hasher.close();
			const entries = [...removed.values()];
			removed.clear();
			for (const { timer } of entries) clearTimeout(timer);
			await Promise.all(entries.flatMap(({ asides }) => asides.map((aside) => aside.finish())));
		},
	};
}

const stored = (failure: Failure | null): string | null => (failure === null ? null : JSON.stringify(failure.facts()));
