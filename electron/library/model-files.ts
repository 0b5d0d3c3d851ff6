import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Failure, type FailureFacts } from '../../models/contract/failure.ts';
import type { GgufFacts } from '../../models/contract/gguf.ts';
import { obstacle, readGgufFacts } from '../../models/library/gguf.ts';
import type { Inspection, ModelFile } from '../contract/model.ts';
import { deleteFetchedFile } from './delete-file.ts';
import { lookAtFile } from './file-problem.ts';
import { createHasher, type Hasher } from './hasher.ts';
import type { LibrarySeam } from './model-service.ts';
import { modelNameOf } from './name.ts';
import * as store from './store/model-files.ts';

/** Where a file came from and what is known of it already. */
interface Provenance {
	readonly name: string;
	readonly catalogueId: string;
	readonly source: string | null;
	readonly sha256: string;
}

/** The files of the library. */
export interface ModelFiles {
	/** Looks at every file first. Newest first. */
	list(): Promise<readonly ModelFile[]>;
	/** As the last look found it. Throws Failure `model-unknown`. */
	get(id: number): ModelFile;
	default(): ModelFile | null;
	count(): number;
	/** As the last look found them. Newest first. */
	all(): readonly ModelFile[];
	/** Looks at the file and throws what is wrong with it. */
	check(id: number): Promise<ModelFile>;
	inspect(path: string): Promise<Inspection>;
	/** Adds a file where it lies. Throws the Failure of a file that can't be used. */
	add(path: string, provenance?: Provenance): Promise<ModelFile>;
	/** Returns the bytes that were freed on the disk. */
	remove(id: number, deleteFile: boolean): Promise<number>;
	setDefault(id: number): ModelFile;
	readonly hasher: Hasher;
}

function modelUnknown(id: number): Failure {
	return new Failure({
		code: 'model-unknown',
		message: `The library has no model with the id ${id}.`,
		next: ['Choose a model of the list', 'Add its file again'],
	});
}

/** What people should know about a file that is whole. */
function warningsOf(facts: GgufFacts): string[] {
	const hindrance = obstacle(facts);
	if (hindrance !== null) return [hindrance.message];
	return facts.chatTemplate === null ? ['It has no chat template: a base model, not trained to chat.'] : [];
}

export function createModelFiles(seam: LibrarySeam, modelsFolder: string): ModelFiles {
	const { database, events, clock } = seam;
	const problems = new Map<number, FailureFacts>();
	const changed = (): void => events.publish({ type: 'models-changed' });

	/** Returns whether that is news. */
	function setProblem(id: number, failure: Failure | null): boolean {
		const before = problems.get(id)?.message;
		if (failure === null) problems.delete(id);
		else problems.set(id, failure.facts());
		return before !== failure?.message;
	}

	/** Modification time of the file that was found to be another one, so that it is hashed once and not at each look. */
	const rejected = new Map<number, number>();
	const hasher = createHasher(seam, (id, failure, modifiedAt) => {
		if (failure === null) rejected.delete(id);
		else rejected.set(id, modifiedAt);
		setProblem(id, failure);
		changed();
	});

	function modelFile(row: store.ModelFileRow): ModelFile {
		const { modifiedAt, chatTemplateHash, catalogueId, source, isDefault, ...rest } = row;
		return {
			...rest,
			chat: chatTemplateHash !== null,
			default: isDefault === 1,
			problem: problems.get(row.id) ?? null,
		};
	}

	function rowOf(id: number): store.ModelFileRow {
		const row = store.findModelFile(database, id);
		if (row === undefined) throw modelUnknown(id);
		return row;
	}

	async function look(row: store.ModelFileRow): Promise<boolean> {
		const verdict = await lookAtFile(row);
		if (verdict.kind === 'problem') return setProblem(row.id, verdict.failure);
		// Only the hash can say that a file of the right size is the right one.
		if (verdict.kind === 'touched' && rejected.get(row.id) === verdict.modifiedAt) return false;
		if (row.sha256 === null || verdict.kind === 'touched') hasher.schedule(row.id);
		return setProblem(row.id, null);
	}

	function get(id: number): ModelFile {
		return modelFile(rowOf(id));
	}

	return {
		hasher,
		get,
		count: () => store.countModelFiles(database),
		all: () => store.listModelFiles(database).map(modelFile),
		async list() {
			const news = await Promise.all(store.listModelFiles(database).map(look));
			if (news.includes(true)) changed();
			return store.listModelFiles(database).map(modelFile);
		},
		default() {
			const row = store.listModelFiles(database).find(({ isDefault }) => isDefault === 1);
			return row === undefined ? null : modelFile(row);
		},
		async check(id) {
			if (await look(rowOf(id))) changed();
			const file = get(id);
			if (file.problem !== null) throw new Failure(file.problem);
			return file;
		},
		async inspect(path) {
			const absolute = resolve(path);
			const facts = await readGgufFacts(absolute);
			return { path: absolute, facts, warnings: warningsOf(facts) };
		},
		async add(path, provenance) {
			const absolute = resolve(path);
			const facts = await readGgufFacts(absolute);
			const hindrance = obstacle(facts);
			if (hindrance !== null) throw hindrance;
			const modifiedAt = Math.trunc((await stat(absolute)).mtimeMs);
			const known = store.listModelFiles(database).find((row) => row.path === absolute);
			const unchanged = known !== undefined && known.modifiedAt === modifiedAt && known.sizeBytes === facts.sizeBytes;
			const origin = provenance ?? (unchanged ? known : null);
			const id = store.putModelFile(
				database,
				{
					path: absolute,
					name: origin?.name ?? modelNameOf(absolute),
					modifiedAt,
					sha256: origin?.sha256 ?? null,
					catalogueId: origin?.catalogueId ?? null,
					source: origin?.source ?? null,
					addedAt: clock(),
				},
				facts,
			);
			setProblem(id, null);
			if (origin?.sha256 === undefined || origin.sha256 === null) hasher.schedule(id);
			changed();
			return get(id);
		},
		async remove(id, deleteFile) {
			const row = rowOf(id);
			const freedBytes = deleteFile ? await deleteFetchedFile(row.path, modelsFolder) : 0;
			store.removeModelFile(database, id, clock());
			problems.delete(id);
			changed();
			return freedBytes;
		},
		setDefault(id) {
			rowOf(id);
			store.setDefaultModelFile(database, id, clock());
			changed();
			return get(id);
		},
	};
}
