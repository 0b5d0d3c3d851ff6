import { realpath, stat } from 'node:fs/promises';
import { Failure, type FailureFacts } from '../contract/failure.ts';
import type { GgufFacts } from '../contract/gguf.ts';
import { said } from '../contract/said.ts';
import { errorCodeOf } from '../error-code.ts';
import { modelFileFailure, obstacle, readGguf } from '../gguf/read-gguf.ts';
import { partNameOf, partPaths } from '../gguf/split-files.ts';
import { unreadableReason } from '../unreadable-reason.ts';
import { walkFolders } from './walk-folders.ts';

/** A model that was found, complete or not. */
export interface Found {
	/** Path of the model, or of the first part of a split one. */
	readonly path: string;
	/** Name that its program uses; null for the name of the file. */
	readonly name: string | null;
	readonly modifiedAt: number;
	readonly sizeBytes: number;
	/** null if its header could not be read. */
	readonly facts: GgufFacts | null;
	readonly problem: FailureFacts | null;
}

export type ScanEvent =
	| { readonly type: 'found'; readonly found: Found }
	/** A file found already, under another name or as part of another model. */
	| { readonly type: 'same' }
	| { readonly type: 'unreadable'; readonly path: string; readonly failure: FailureFacts };

/** Describes a small file that has a model's extension but no readable header: a pointer, an error page. */
async function brokenFile(path: string, name: string | null, error: unknown): Promise<Found> {
	const failure = error instanceof Failure ? error : modelFileFailure(path, error);
	const stats = await stat(path).catch(() => null);
	return {
		path,
		name,
		facts: null,
		problem: failure.facts(),
		sizeBytes: stats?.size ?? 0,
		modifiedAt: Math.trunc(stats?.mtimeMs ?? 0),
	};
}

async function read(path: string, name: string | null): Promise<Found> {
	try {
		const { facts, problem, files } = await readGguf(path);
		const hindrance = problem ?? (facts.kind === 'model' ? obstacle(facts) : null);
		return {
			path: facts.paths[0] ?? path,
			name,
			modifiedAt: Math.max(...files.map((file) => file.modifiedAt)),
			sizeBytes: facts.sizeBytes,
			facts,
			problem: hindrance?.facts() ?? null,
		};
	} catch (error) {
		return brokenFile(path, name, error);
	}
}

/** Returns what identifies the file itself, regardless of the path to it. */
async function identity(path: string): Promise<string> {
	const stats = await stat(path).catch(() => null);
	return stats === null || stats.ino === 0 ? await realpath(path).catch(() => path) : `${stats.dev}:${stats.ino}`;
}

/**
 * Scans folders and yields every model in them once. Reads only headers. Ends with the signal's reason after an abort.
 */
export async function* scanFolders(roots: readonly string[], signal: AbortSignal): AsyncGenerator<ScanEvent> {
	const seen = new Set<string>();
	const unreadable: { path: string; failure: FailureFacts }[] = [];
	const onUnreadable = (path: string, error: unknown): void => {
		unreadable.push({ path, failure: folderFailure(path, error).facts() });
	};
	for (const root of roots) {
		for await (const { path, name } of walkFolders(root, { signal, onUnreadable })) {
			const part = partNameOf(path);
			const first = part === null ? path : (partPaths(path, part)[0] ?? path);
			const keys = new Set([await identity(path), ...(part === null ? [] : [`split ${first}`])]);
			if ([...keys].some((key) => seen.has(key))) {
				yield { type: 'same' };
				continue;
			}
			for (const key of keys) seen.add(key);
			yield { type: 'found', found: await read(path, name) };
		}
		yield* unreadable.splice(0).map((one) => ({ type: 'unreadable' as const, ...one }));
	}
}

function folderFailure(path: string, error: unknown): Failure {
	const code = errorCodeOf(error);
	if (code === 'ENOENT') {
		return new Failure({
			code: 'folder-missing',
			message: said`There is no folder at ${path}.`,
			next: [said`Check the path for typos`, said`Connect the drive it is on`],
		});
	}
	if (code === 'ENOTDIR') {
		return new Failure({
			code: 'not-a-folder',
			message: said`${path} is a file, not a folder.`,
			next: [said`Add it as a file`, said`Choose the folder that contains it`],
		});
	}
	return new Failure({
		code: 'folder-unreadable',
		message: said`The folder ${path} can’t be read: ${unreadableReason(error)}.`,
		next: [said`Check its permissions`, said`Choose another folder`],
		...(code === '' ? {} : { detail: code }),
	});
}
