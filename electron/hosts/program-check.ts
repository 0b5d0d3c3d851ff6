import { createHash, hash } from 'node:crypto';
import { existsSync, type Stats } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { Failure } from '../../models/contract/failure.ts';
import { figure, said, sentences, spoken, type Words, wordsIn } from '../../models/contract/said.ts';
import { sha256OfFile } from '../../models/file-hash.ts';
import type { DoctorCheck } from '../contract/system/schema.ts';

/**
 * The program's files outside of the archive: paths relative to the resources folder, and their SHA-256 when they were
 * packed. scripts/package/checksums.ts makes the list, in the format of `sha256sum`.
 */
export type Checksums = ReadonlyMap<string, string>;

export interface PackedProgram {
	/** Electron's `resources`, which holds `program/` and `app.asar.unpacked/`. */
	readonly resources: string;
	readonly checksums: Checksums;
}

/** What differs from the list, in its order; `added` are files in its folders that it doesn't name. */
export interface ProgramCheck {
	readonly changed: readonly string[];
	readonly missing: readonly string[];
	readonly added: readonly string[];
}

/**
 * Folders in which every file must be listed, if the list names any of theirs: Node finds packages by looking through
 * folders.
 */
const closedFolders = ['program', 'app.asar.unpacked'];

/** The list's copy beside the program, for the command line, which can't read the archive. It lists not itself. */
export const checksumsFile = 'program/checksums.sha256';

/** Left behind by file managers in folders that somebody looked at. Nothing loads them. */
const strayFiles: ReadonlySet<string> = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini']);

/** Files are read whole up to this size, in one step, and in parts beyond; bytes. */
const wholeBytes = 256 * 1024;

/** Throws if the text is no such list. */
export function parseChecksums(text: string): Checksums {
	const lines = text.split('\n').filter((line) => line !== '');
	return new Map(
		lines.map((line) => {
			const [, sum, path] = /^([0-9a-f]{64}) {2}(\S.*)$/.exec(line) ?? [];
			if (sum === undefined || path === undefined) throw new Error(`not a line of a list of checksums: ${line}`);
			return [path, sum];
		}),
	);
}

/** Hashes a file in steps of a few milliseconds, so that the main process stays responsive. */
async function hashFile(path: string, bytes: number): Promise<string> {
	return bytes <= wholeBytes ? hash('sha256', await readFile(path)) : sha256OfFile(path);
}

/** Compares every file with the list, by its content. */
export async function checkProgram(files: PackedProgram): Promise<ProgramCheck> {
	return compare(files, await look(files));
}

async function compare(
	{ resources, checksums }: PackedProgram,
	{ found, missing, added }: Look,
): Promise<ProgramCheck> {
	const changed: string[] = [];
	const waiting = [...found].values();
	// A few at once: most of the time is waiting for the disk.
	await Promise.all(
		Array.from({ length: 4 }, async () => {
			for (const [path, { size }] of waiting) {
				const sum = await hashFile(join(resources, path), size).catch(() => null);
				if (sum !== checksums.get(path)) changed.push(path);
			}
		}),
	);
	return { changed: changed.sort(), missing, added };
}

interface Look {
	readonly found: ReadonlyMap<string, Stats>;
	readonly missing: readonly string[];
	readonly added: readonly string[];
}

/** Which files there are, without reading them. A link in place of a file counts as added: it may lead anywhere. */
async function look({ resources, checksums }: PackedProgram): Promise<Look> {
	const found = new Map<string, Stats>();
	const added: string[] = [];
	const folders = closedFolders.filter((folder) => [...checksums.keys()].some((path) => path.startsWith(`${folder}/`)));
	for (const folder of folders) {
		const entries = existsSync(join(resources, folder))
			? await readdir(join(resources, folder), { recursive: true, withFileTypes: true })
			: [];
		await Promise.all(
			entries.map(async (entry) => {
				if (entry.isDirectory() || strayFiles.has(entry.name)) return;
				const full = join(entry.parentPath, entry.name);
				const path = relative(resources, full).split(sep).join('/');
				if (path === checksumsFile) return;
				if (entry.isFile() && checksums.has(path)) found.set(path, await stat(full));
				else added.push(path);
			}),
		);
	}
	return { found, missing: [...checksums.keys()].filter((path) => !found.has(path)), added: added.sort() };
}

/** Says what is wrong with the program's files and what to do; null if nothing is. */
export function programFailure({ changed, missing, added }: ProgramCheck): Failure | null {
	const all = [...changed, ...missing, ...added];
	const [first] = all;
	if (first === undefined) return null;
	const what =
		changed.length > 0
			? said`Assay’s program files don’t match their checksums: ${first} was modified.`
			: missing.length > 0
				? said`Assay’s program files don’t match their checksums: ${first} is missing.`
				: said`Assay’s program files don’t match their checksums: ${first} isn’t part of Assay.`;
	const others =
		all.length === 1
			? null
			: all.length === 2
				? said`${all.length - 1} more file is affected.`
				: said`${all.length - 1} more files are affected.`;
	return new Failure({
		code: 'program-changed',
		message: sentences(what, others),
		next: [
			said`Reinstall Assay from where you got it. Your conversations and models are kept`,
			said`If this happens again, another program is changing these files: check the disk and scan for malware`,
		],
		detail: [
			...changed.map((path) => `changed: ${path}`),
			...missing.map((path) => `missing: ${path}`),
			...added.map((path) => `added: ${path}`),
		]
			.slice(0, 50)
			.join('\n'),
	});
}

/**
 * Throws the Failure `program-changed` if a file differs from the list. Reads the files only if one of them was touched
 * since they were last found in order: `memory` remembers their sizes and times, of which the system alone sets the time
 * of the last change of a file's facts. Logs what that took.
 */
export async function verifyProgram(files: PackedProgram, memory: string, log: (line: string) => void): Promise<void> {
	const start = performance.now();
	const tell = (what: string) =>
		log(`program: ${files.checksums.size} files ${what} in ${Math.round(performance.now() - start)} ms`);
	const looked = await look(files);
	const mark = markOf(files.checksums, looked);
	if (looked.missing.length === 0 && looked.added.length === 0) {
		const known = await readFile(memory, 'utf8').catch(() => '');
		if (known === mark) return tell('untouched, looked at');
	}
	const failure = programFailure(await compare(files, looked));
	if (failure !== null) throw failure;
	// Without it, the next start reads the files again; that is all.
	await writeFile(memory, mark, { mode: 0o600 }).catch(() => {});
	tell('verified');
}

function markOf(checksums: Checksums, { found }: Look): string {
	const sum = createHash('sha256');
	for (const [path, expected] of checksums) {
		const facts = found.get(path);
		sum.update(`${path} ${expected} ${facts?.size} ${facts?.mtimeMs} ${facts?.ctimeMs} ${facts?.ino}\n`);
	}
	return sum.digest('hex');
}

/** The check for `doctor`: reads every file. */
export async function examineProgram(files: PackedProgram): Promise<DoctorCheck> {
	const failure = programFailure(await checkProgram(files));
	const facts = failure?.facts();
	const step = facts?.next[0];
	return spoken({
		name: said`program`,
		ok: failure === null,
		detail:
			facts === undefined
				? said`${figure(files.checksums.size)} files match their checksums`
				: wordsIn(facts, facts.message),
		next: facts === undefined || step === undefined ? null : wordsIn(facts, step),
	});
}

/** Where the updates of a checkout come from. */
export const updatesOfCheckout = said`Assay is running from its source code and doesn’t check for updates. To update, run git pull and npm ci in that folder.`;

/**
 * Options of an application whose command line runs from an installed program, or from a checkout: how `doctor` examines
 * it, and where its updates come from. The list beside the program finds damage. It can't find a deliberate change,
 * which could change the list as well: the window's list is in its archive.
 */
export function programOptions(): {
	examineProgram?: () => Promise<DoctorCheck>;
	updates: { elsewhere: Words };
} {
	// dist/cli/cli.js in program/
	const resources = join(import.meta.dirname, '..', '..', '..');
	const list = join(resources, checksumsFile);
	if (!existsSync(list)) return { updates: { elsewhere: updatesOfCheckout } };
	return {
		async examineProgram() {
			const own = [...parseChecksums(await readFile(list, 'utf8'))].filter(([path]) => path.startsWith('program/'));
			return examineProgram({ resources, checksums: new Map(own) });
		},
		updates: {
			elsewhere: said`This command is updated together with the installed app. See Settings, Updates in the app’s window.`,
		},
	};
}
