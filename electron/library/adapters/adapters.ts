import { mkdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { adapterUnsuitable, readAdapterFacts } from '../../../models/adapters/adapter-facts.ts';
import { Failure, type FailureFacts } from '../../../models/contract/failure.ts';
import type { LoraAdapter } from '../../../models/contract/load.ts';
import { list, said } from '../../../models/contract/said.ts';
import { sha256OfFile } from '../../../models/file-hash.ts';
import { fileMark } from '../../../models/file-mark.ts';
import { modelFileFailure } from '../../../models/gguf/read-gguf.ts';
import { freeAdapterName } from '../../contract/adapters/free-name.ts';
import type { Adapter, AdapterChange, AdapterUse, UsedAdapter } from '../../contract/adapters/schema.ts';
import type { ModelFile } from '../../contract/library/schema.ts';
import type { ReadableDatabase } from '../../database/database.ts';
import { transaction } from '../../database/sql.ts';
import { oneAtATime } from '../../jobs/one-at-a-time.ts';
import { deleteSetAsideFiles, type SetAsideFiles, setFilesAside } from '../delete-model-file.ts';
import {
	type AdapterPlace,
	clearAdapter,
	listAdapterPlaces,
	putAdapterBack,
	readLoadSettings,
} from '../load-settings.ts';
import type { LibrarySeam, ModelLibrary } from '../model-service.ts';
import {
	type AdapterRow,
	findAdapterRow,
	insertAdapter,
	listAdapterRows,
	setAdapterRemoved,
	updateAdapter,
} from './adapter-rows.ts';

/** Name of the folder of the adapters' files, below the data folder. */
export const adaptersFolderName = 'adapters';

/** A finished adapter to add to the library. Its file is complete and stays where it is. */
export interface NewAdapter
	extends Pick<
		AdapterRow,
		'name' | 'path' | 'origin' | 'trainingRunId' | 'datasetVersionId' | 'manifest' | 'licenceNote'
	> {
	/** The model that it was made for. */
	readonly base: Pick<ModelFile, 'id' | 'sha256' | 'name' | 'quantization' | 'parameters' | 'architecture'>;
	/** Whether it was made for exactly these weights, not only for weights of this shape. */
	readonly exact: boolean;
}

/** The LoRA adapters of the library. */
export interface Adapters {
	/** Where files of adapters belong. */
	readonly folder: string;
	/** Newest first, each with what is wrong with its file and the models that it fits. */
	list(): Promise<readonly Adapter[]>;
	/** Throws Failure `adapter-unknown`. */
	get(id: number): Promise<Adapter>;
	/**
	 * Adds a finished file: reads and hashes it, and gives it a number if its name is taken. Throws Failure `adapter-unsuitable` and those of `readGguf`, and adds
	 * nothing then.
	 */
	register(adapter: NewAdapter): Promise<Adapter>;
	/** Changes its name or the note on its licence. Throws Failure `adapter-unknown`, `adapter-name-taken`. */
	change(change: AdapterChange): Promise<Adapter>;
	/**
	 * Takes it out of the library and of load settings. Its file is deleted after a minute in which `restore` undoes it, if Assay wrote it.
	 * Conversations that use it say so at their next answer. Returns the bytes that are freed.
	 */
	remove(id: number): Promise<number>;
	/** Undoes `remove`. Throws Failure `adapter-unknown`, `adapter-file-deleted`, `file-not-restored`. */
	restore(id: number): Promise<Adapter>;
	close(): Promise<void>;
}

/** A removal that can be undone. */
interface Removed {
	/** null: the file stayed where it is. */
	readonly aside: SetAsideFiles | null;
	/** The load settings that it was taken out of. */
	readonly places: readonly AdapterPlace[];
}

/** How long a removal can be undone, ms. */
const undoMs = 60_000;

export function adapterUnknown(id: number): Failure {
	return new Failure({
		code: 'adapter-unknown',
		message: said`The library has no adapter with the id ${id}.`,
		next: [said`Choose another adapter`, said`Import it again`],
	});
}

/** Returns an adapter of the library. Throws Failure `adapter-unknown`. */
export function getAdapterRow(database: ReadableDatabase, id: number): AdapterRow {
	const row = findAdapterRow(database, id);
	if (row === undefined) throw adapterUnknown(id);
	if (row.removedAt === null) return row;
	throw new Failure({
		code: 'adapter-unknown',
		message: said`The adapter ${row.name} is no longer in the library.`,
		next: [said`Choose another adapter, or none`, said`Import it again`],
	});
}

/**
 * Returns an adapter by its id, name or the beginning of one. Throws Failure `adapter-unknown`; `adapter-ambiguous` if
 * several have it.
 */
export function resolveAdapterName<Row extends Pick<AdapterRow, 'id' | 'name'>>(
	adapters: readonly Row[],
	wanted: string,
): Row {
	const text = wanted.trim().toLowerCase();
	const named = adapters.filter(({ name }) => name.toLowerCase() === text);
	const matching = [
		adapters.filter(({ id }) => String(id) === text),
		named,
		adapters.filter(({ name }) => name.toLowerCase().startsWith(text)),
	].find((found) => found.length > 0);
	const [first, second] = matching ?? [];
	if (first !== undefined && second === undefined) return first;
	const names = (matching ?? adapters).slice(0, 20).map(({ id, name }) => `${id} ${name}`);
	throw new Failure({
		code: first === undefined ? 'adapter-unknown' : 'adapter-ambiguous',
		message:
			first === undefined
				? said`The library has no adapter named “${wanted}”.`
				: named.length > 0
					? said`Several adapters have the name “${wanted}”.`
					: said`Several adapters have names that begin with “${wanted}”.`,
		next: [
			names.length > 0 ? said`Choose one of: ${list(names, 'comma')}` : said`Import one: assay adapters import <file>`,
		],
	});
}

/** Returns the name, with a number if another adapter of the library has it. `ownId`: the one to be named. */
function freeNameFor(database: ReadableDatabase, name: string, ownId: number | null = null): string {
	const others = listAdapterRows(database).filter(({ id }) => id !== ownId);
	return freeAdapterName(
		name,
		others.map((other) => other.name),
	);
}

/** Throws Failure `adapter-name-taken`, which says a name that is free. */
export function requireFreeName(database: ReadableDatabase, name: string, ownId: number | null = null): void {
	const free = freeNameFor(database, name, ownId);
	if (free === name) return;
	throw new Failure({
		code: 'adapter-name-taken',
		message: said`Another adapter has the name “${name}”.`,
		next: [said`Choose another name, such as “${free}”`],
	});
}

/** The adapters on a model, as the engine takes them and as answers record them. */
export interface AnswerAdapters {
	/** undefined: those that the model was loaded with. */
	readonly files: LoraAdapter[] | undefined;
	readonly used: UsedAdapter[];
}

/** "Tickets", "Tickets × 0.5": an adapter as names of arms and files show it. */
export function adapterLabel({ name, scale }: Pick<UsedAdapter, 'name' | 'scale'>): string {
	return scale === 1 ? name : `${name} × ${scale}`;
}

/** "Base + Tickets × 0.5": a model with its adapters, as names of files and arms show it. */
export function adaptedName(base: string, adapters: readonly Pick<UsedAdapter, 'name' | 'scale'>[] = []): string {
	return [base, ...adapters.map(adapterLabel)].join(' + ');
}

/** Returns the adapters of the library. Throws Failure `adapter-unknown`; `adapter-unsuitable` if the model has another shape. */
export function resolveAdapters(
	database: ReadableDatabase,
	uses: readonly AdapterUse[],
	model: Pick<ModelFile, 'name' | 'architecture' | 'parameters'>,
): AnswerAdapters & { readonly files: LoraAdapter[] } {
	const rows = uses.map(({ id, scale }) => ({ row: getAdapterRow(database, id), scale }));
	for (const { row } of rows) {
		if (fitsModel(row, model)) continue;
		throw adapterUnsuitable(row.path, said`it was made for ${row.base.name}, not for ${model.name}`);
	}
	return {
		files: rows.map(({ row: { path }, scale }) => ({ path, scale })),
		used: rows.map(({ row: { id, name, sha256 }, scale }) => ({ id, name, sha256, scale })),
	};
}

/**
 * Returns the adapters of an answer by this model: those chosen, where they fit it; those of its load settings if nothing
 * was chosen. Throws Failure `adapter-unknown`.
 */
export function answerAdapters(
	database: ReadableDatabase,
	chosen: readonly AdapterUse[] | undefined,
	model: Pick<ModelFile, 'id' | 'name' | 'architecture' | 'parameters'>,
): AnswerAdapters {
	if (chosen !== undefined) {
		const fitting = chosen.filter(({ id }) => fitsModel(getAdapterRow(database, id), model));
		return resolveAdapters(database, fitting, model);
	}
	const { adapters = [] } = readLoadSettings({ database }, model.id);
	if (adapters.length === 0) return { files: undefined, used: [] };
	const known = listAdapterRows(database);
	const used = adapters.map(({ path, scale }): UsedAdapter => {
		const row = known.find((one) => one.path === path);
		return { id: row?.id ?? null, name: row?.name ?? basename(path), sha256: row?.sha256 ?? '', scale };
	});
	return { files: undefined, used };
}

/**
 * Returns the adapters that an answer recorded, to put on its model again: each file with the same content. Throws Failure
 * `adapter-unknown` if one is gone.
 */
export function recordedAdapters(
	database: ReadableDatabase,
	recorded: readonly UsedAdapter[],
	model: Pick<ModelFile, 'id'>,
): AnswerAdapters {
	const known = listAdapterRows(database);
	const { adapters: ofModel = [] } = readLoadSettings({ database }, model.id);
	const files = recorded.map(({ id, name, sha256, scale }): LoraAdapter => {
		const same = known.filter((row) => row.sha256 === sha256);
		const row = same.find((one) => one.id === id) ?? same[0];
		// A file outside the library: only its name is recorded.
		const path = row?.path ?? (id === null ? ofModel.find((one) => basename(one.path) === name)?.path : undefined);
		if (path !== undefined) return { path, scale };
		throw new Failure({
			code: 'adapter-unknown',
			message: said`This answer was written with the adapter ${name}, which is no longer in the library.`,
			next: [said`Import it again`, said`Write the answer again with other adapters`],
		});
	});
	return { files, used: [...recorded] };
}

/** Returns whether an adapter can change a model: all quantisations of its base have the same shape. */
export function fitsModel(
	{ architecture, base }: Pick<AdapterRow, 'architecture' | 'base'>,
	model: Pick<ModelFile, 'architecture' | 'parameters'>,
): boolean {
	return model.architecture === architecture && model.parameters === base.parameters;
}

export function createAdapters(
	{
		database,
		events,
		dataFolder,
		clock,
		log,
	}: Pick<LibrarySeam, 'database' | 'events' | 'dataFolder' | 'clock' | 'log'>,
	library: Pick<ModelLibrary, 'all'>,
): Adapters {
	const folder = join(dataFolder, adaptersFolderName);
	const removed = new Map<number, Removed & { readonly timer: NodeJS.Timeout }>();
	const changed = (): void => events.publish({ type: 'adapters-changed' });
	/** Removals and their undoing wait for each other: they move the same files. */
	const inTurn = oneAtATime();
	// A crash leaves them: nothing can be undone any more.
	deleteSetAsideFiles(folder).catch((error: unknown) => log(`adapters: ${String(error)}`));

	function undoable(id: number, entry: Removed): void {
		const finish = async (): Promise<void> => {
			// It may have been undone in the last moment.
			if (removed.get(id)?.timer !== timer) return;
			removed.delete(id);
			await entry.aside?.finish();
		};
		const timer = setTimeout(() => {
			inTurn(finish).catch((error: unknown) => log(`adapters: ${String(error)}`));
		}, undoMs).unref();
		removed.set(id, { ...entry, timer });
	}

	async function describe(row: AdapterRow, places = listAdapterPlaces({ database })): Promise<Adapter> {
		const { removedAt: _, modules, ...rest } = row;
		const models = library.all().filter((file) => file.kind === 'model');
		const usedBy = places.filter(
			({ modelFileId, adapter }) => adapter.path === row.path && models.some(({ id }) => id === modelFileId),
		);
		return {
			...rest,
			modules: [...modules],
			problem: await problemOf(row),
			fits: models.filter((file) => file.problem === null && fitsModel(row, file)).map(({ id }) => id),
			usedBy: usedBy.map(({ modelFileId, adapter: { scale } }) => ({ modelFileId, scale })),
		};
	}

	return {
		folder,
		list() {
			const places = listAdapterPlaces({ database });
			return Promise.all(listAdapterRows(database).map((row) => describe(row, places)));
		},
		get: async (id) => describe(getAdapterRow(database, id)),
		async register({ base, exact, path, name, ...rest }) {
			await mkdir(folder, { recursive: true });
			const facts = await readAdapterFacts(path);
			if (facts.architecture !== base.architecture) {
				throw adapterUnsuitable(
					path,
					said`it was made for the architecture “${facts.architecture}”, the model is “${base.architecture}”`,
				);
			}
			const sha256 = await sha256OfFile(path);
			const { size: sizeBytes } = await stat(path);
			const id = insertAdapter(database, {
				...rest,
				// Another one may have taken the name while the file was read.
				name: freeNameFor(database, name),
				path,
				sha256,
				sizeBytes,
				architecture: facts.architecture,
				rank: facts.rank,
				// 0 means a scale of 1.
				alpha: facts.alpha === 0 ? facts.rank : facts.alpha,
				modules: facts.modules,
				base: {
					modelFileId: base.id,
					sha256: exact ? base.sha256 : null,
					name: base.name,
					quantization: exact ? base.quantization : '',
					parameters: base.parameters,
				},
				createdAt: clock(),
			});
			changed();
			return describe(getAdapterRow(database, id));
		},
		async change({ id, name, licenceNote }) {
			const row = getAdapterRow(database, id);
			if (name !== undefined) requireFreeName(database, name, id);
			updateAdapter(database, id, { name: name ?? row.name, licenceNote: licenceNote ?? row.licenceNote });
			changed();
			return describe(getAdapterRow(database, id));
		},
		remove: (id) =>
			inTurn(async () => {
				const row = getAdapterRow(database, id);
				const aside = await setFilesAside([row.path], folder).catch((error: unknown) => {
					// A file elsewhere is the person's own to delete.
					if (error instanceof Failure && error.code === 'file-not-ours') return null;
					throw error;
				});
				let places: readonly AdapterPlace[];
				try {
					places = transaction(database, () => {
						setAdapterRemoved(database, id, clock());
						// A model that names a file that is gone could not be loaded.
						return clearAdapter({ database, clock }, row.path);
					});
				} catch (error) {
					// The removal failed, so put the file back: the next start deletes everything that was set aside.
					await aside?.restore();
					throw error;
				}
				undoable(id, { aside, places });
				changed();
				if (places.length > 0) events.publish({ type: 'models-changed' });
				return aside?.freedBytes ?? 0;
			}),
		restore: (id) =>
			inTurn(async () => {
				const row = findAdapterRow(database, id);
				if (row === undefined) throw adapterUnknown(id);
				if (row.removedAt === null) return describe(row);
				const entry = removed.get(id);
				clearTimeout(entry?.timer);
				removed.delete(id);
				const { places = [] } = entry ?? {};
				try {
					await entry?.aside?.restore();
					if ((await problemOf(row)) !== null) {
						throw new Failure({
							code: 'adapter-file-deleted',
							message: said`The file of ${row.name} has been deleted.`,
							next: [said`Import the adapter again`],
						});
					}
					transaction(database, () => {
						setAdapterRemoved(database, id, null);
						// Another one took the name meanwhile.
						updateAdapter(database, id, { ...row, name: freeNameFor(database, row.name, id) });
						putAdapterBack({ database, clock }, places);
					});
				} catch (error) {
					if (entry !== undefined) undoable(id, entry);
					throw error;
				}
				changed();
				if (places.length > 0) events.publish({ type: 'models-changed' });
				return describe(getAdapterRow(database, id));
			}),
		async close() {
			const entries = [...removed.values()];
			removed.clear();
			for (const { timer } of entries) clearTimeout(timer);
			await Promise.all(entries.flatMap(({ aside }) => (aside === null ? [] : [aside.finish()])));
		},
	};
}

type KnownFile = Pick<AdapterRow, 'path' | 'name' | 'sizeBytes' | 'sha256'>;

/** `fileMark` of files whose content was the expected one, by path and SHA-256. */
const unchanged = new Map<string, string>();

/** Throws the Failure of adapters whose files are gone or have other content than when they were added. */
export async function requireAdapterFiles(files: readonly KnownFile[]): Promise<void> {
	for (const file of files) {
		const problem = await problemOf(file);
		if (problem !== null) throw new Failure(problem);
	}
}

/** Returns what is wrong with an adapter's file. It is read again only if its size or time has changed. */
async function problemOf({ path, name, sizeBytes, sha256 }: KnownFile): Promise<FailureFacts | null> {
	try {
		const { size } = await stat(path);
		const key = `${path} ${sha256}`;
		const mark = fileMark(path);
		if (size === sizeBytes && unchanged.get(key) === mark) return null;
		if (size === sizeBytes && (await sha256OfFile(path)) === sha256) {
			unchanged.set(key, mark);
			return null;
		}
		return new Failure({
			code: 'adapter-file-changed',
			message: said`The file of ${name} has changed since it was added.`,
			next: [said`Import it again to use its current content`, said`Restore the old file`],
			detail: path,
		}).facts();
	} catch (error) {
		return modelFileFailure(path, error).facts();
	}
}
