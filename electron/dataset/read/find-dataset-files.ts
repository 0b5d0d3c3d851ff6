import { opendir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import { Failure } from '../../../models/contract/failure.ts';
import { amount, said } from '../../../models/contract/said.ts';
import { unreadableReason } from '../../../models/unreadable-reason.ts';
import type { SourceFile } from '../../conversation/import-export/find-files.ts';
import { isZip, listZip } from '../../conversation/import-export/zip-reader.ts';
import { withoutReferences, withoutWorkedExamples } from '../formats/companion-files.ts';
import { withoutPossibleAnswers } from '../formats/tool-tasks.ts';

/** Names of dataset files in a folder or archive; a file chosen directly may have any name. */
const datasetNames = /\.(csv|tsv|tab|json|jsonl|ndjson|ya?ml|eval)(\.gz)?$/i;

/** Files in such folders that contain no datasets. */
const otherNames = /(^|\/)(package(-lock)?\.json|tsconfig\.json|\.[^/]*|node_modules\/.*)$/i;

/** A folder with more files than this was chosen by mistake. */
const maxFiles = 5_000;

/**
 * Lists the files at the paths, sorted by name: a file as it is; the datasets in an archive or folder, or, with
 * `every`, all files in it. Lists of right answers (.lst), worked examples (.txt) and MT-Bench's reference answers and BFCL's
 * possible answers are read with their questions. Throws a Failure.
 */
export async function findDatasetFiles(paths: readonly string[], every: boolean): Promise<readonly SourceFile[]> {
	const found: SourceFile[] = [];
	for (const path of paths) {
		try {
			const facts = await stat(path);
			if (facts.isDirectory()) {
				for (const file of await inFolder(path, every)) found.push(...(await filesAt(file, path)));
			} else if (facts.isFile()) found.push(...(await filesAt(path, null)));
			// Reading a device never ends.
			else throw new Error('it is a device or a pipe');
		} catch (error) {
			if (error instanceof Failure) throw error;
			throw unreadable(path, error);
		}
		if (found.length > maxFiles) throw tooMany(path);
	}
	const questions = withoutPossibleAnswers(
		withoutReferences(withoutWorkedExamples(found.filter(({ name }) => !name.endsWith('.lst')))),
	);
	if (questions.length > 0) return questions;
	throw new Failure({
		code: 'import-unreadable',
		message: said`No dataset found in ${paths.map((path) => basename(path)).join(', ')}.`,
		next: [said`Choose CSV, TSV, JSON, JSONL, YAML or Inspect (.eval) files, or a folder with them`],
	});
}

async function filesAt(path: string, root: string | null): Promise<readonly SourceFile[]> {
	const name = root === null ? basename(path) : relative(root, path).split(sep).join('/');
	const { size } = await stat(path);
	if (!(await isZip(path))) return [{ path, name, sizeBytes: size, entry: null }];
	// An Inspect log is an archive that users see as one file.
	const isLog = extname(path).toLowerCase() === '.eval';
	if (extname(path).toLowerCase() === '.xlsx') throw spreadsheet(name);
	try {
		return (await listZip(path))
			.filter((entry) => (isLog ? /^samples\/.+\.json$/.test(entry.name) : isDataset(entry.name)))
			.map((entry) => ({
				path,
				name: isLog ? `${name}/${entry.name}` : entry.name,
				sizeBytes: entry.sizeBytes,
				entry,
			}));
	} catch (error) {
		throw unreadable(path, error);
	}
}

function isDataset(name: string): boolean {
	return datasetNames.test(name) && !otherNames.test(name);
}

async function inFolder(root: string, every: boolean): Promise<string[]> {
	const files: string[] = [];
	for await (const entry of await opendir(root, { recursive: true })) {
		const path = join(entry.parentPath, entry.name);
		if (entry.isFile() && (every || isDataset(relative(root, path).split(sep).join('/')))) files.push(path);
		if (files.length > maxFiles) throw tooMany(root);
	}
	return withoutParts(files.sort());
}

/** Files next to a promptfoo configuration belong to it: the tests it names, prompts, results. */
function withoutParts(files: readonly string[]): string[] {
	const isConfig = (path: string): boolean => /(?:^|\.)promptfooconfig\.(?:ya?ml|json)$/i.test(basename(path));
	const configured = new Set(files.filter(isConfig).map(dirname));
	return files.filter((path) => isConfig(path) || !configured.has(dirname(path)));
}

function tooMany(path: string): Failure {
	return new Failure({
		code: 'import-too-many-files',
		message: said`The folder ${path} holds more than ${amount(maxFiles, 'file')}.`,
		next: [said`Choose the folder with the datasets`],
	});
}

function unreadable(path: string, cause: unknown): Failure {
	return new Failure(
		{
			code: 'file-unreadable',
			message: said`${path} can’t be read: ${unreadableReason(cause)}.`,
			next: [said`Check the path and its permissions`],
		},
		{ cause },
	);
}

function spreadsheet(name: string): Failure {
	return new Failure({
		code: 'import-unreadable',
		message: said`${name} is an Excel file, which Assay can’t read.`,
		next: [said`Save it as CSV (UTF-8) and import that`],
	});
}
