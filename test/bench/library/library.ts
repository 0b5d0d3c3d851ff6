import { constants, copyFileSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openModels } from '../../../electron/api/open-models.ts';
import { type Application, createApplication } from '../../../electron/application/application.ts';
import { closeDatabase, connect } from '../../../electron/database/connect.ts';
import { defaultMigrationsFolder, pendingMigrations, readMigrations } from '../../../electron/database/migrations.ts';
import type { BenchContext } from '../measurement.ts';
import { generateLibrary, type LibrarySize } from './generate.ts';

/** Size of the library that the figures refer to, and a small one for runs that only show that the bench works. */
export const fullSize: LibrarySize = { conversations: 100_000, messages: 1_000_000 };
export const quickSize: LibrarySize = { conversations: 2_000, messages: 20_000 };

/** The application on a large library. */
export interface BigLibrary {
	readonly application: Application;
	readonly path: string;
	readonly size: LibrarySize;
	readonly bytes: number;
	close(): Promise<void>;
}

/**
 * Opens a copy of the large library in a separate data folder; the measurements of one run share it. Generating it
 * takes minutes, so `ASSAY_BENCH_LIBRARY` may name a file that keeps it; otherwise each run generates its own.
 */
export async function openBigLibrary(context: BenchContext): Promise<BigLibrary> {
	const size = context.quick ? quickSize : fullSize;
	const dataFolder = join(context.folder, `library-${size.messages}`);
	const path = join(dataFolder, 'assay.db');
	if (!existsSync(path)) makeCopy(path, dataFolder, size, context);
	const application = await createApplication({
		dataFolder,
		host: 'cli',
		version: '0.0.0',
		log: () => {},
		models: openModels(),
	});
	return { application, path, size, bytes: statSync(path).size, close: () => application.close() };
}

function makeCopy(path: string, dataFolder: string, size: LibrarySize, context: BenchContext): void {
	mkdirSync(dataFolder);
	const kept = context.quick ? undefined : process.env.ASSAY_BENCH_LIBRARY;
	const original = kept ?? path;
	if (!isCurrent(original)) {
		context.note(`library: making ${size.messages} messages in ${original}`);
		for (const end of ['', '-wal', '-shm']) rmSync(original + end, { force: true });
		generateLibrary(original, size, context.note);
	}
	if (original !== path) copyFileSync(original, path, constants.COPYFILE_FICLONE);
}

/** Also false if a migration has changed since, as happens during development. */
function isCurrent(path: string): boolean {
	if (!existsSync(path)) return false;
	const database = connect(path);
	try {
		return pendingMigrations(database, readMigrations(defaultMigrationsFolder)).length === 0;
	} catch {
		return false;
	} finally {
		closeDatabase(database);
	}
}
