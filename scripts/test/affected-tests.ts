/** Parts that every screen and command uses: a change here affects all tests that drive the whole product. */
const sharedFolders =
	/^(?:renderer\/(?:app|connection|design)|electron\/(?:api|application|contract|database|hosts|shell))\//;
const productFile = /^(?:electron|migrations|models|renderer)\//;
/** Code of the processes that hold a model. Tests start these processes instead of importing the code. */
const workerFile = /^models\/(?:native|prompt|runtime|worker)\//;
/** Tests that read the sources as text, so that no import leads to them. */
const sourceReader = /^test\/architecture\//;

/** Number of letters that a folder's name shares with its plural, its verb and its routes. */
const stemLength = 7;

/**
 * Returns the path prefix of a file's tests: the mirrored folder, or the file's own name if it lies in a top-level
 * folder.
 */
function mirroredTests(path: string): string {
	const folder = path.slice(0, path.lastIndexOf('/'));
	return folder.includes('/') ? `test/${folder}/` : `test/${path.replace(/\.\w+$/, '')}.`;
}

export interface Change {
	/** Changed files, from the project's root, with slashes. */
	changed: readonly string[];
	/** Every test file. */
	tests: readonly string[];
	/** Test files that import a changed file. */
	importing: readonly string[];
	/** Returns the text of a test file. */
	read(test: string): string;
}

/**
 * Returns the tests that a change touches. Imports lead to most of them. Imports don't lead to tests that start the
 * product as a process; for those the following rules apply:
 * - tests in the folder that mirrors that of the changed file (electron/hosts/cli → test/electron/hosts/cli);
 * - all model tests after a change to code of a model's process;
 * - browser tests that mention the domain of the changed file (renderer/dataset → "dataset"), and the screens after any
 *   change to the page; all browser tests after a change to a part that all screens share.
 */
export function affectedTests({ changed, tests, importing, read }: Change): string[] {
	const product = changed.filter((path) => productFile.test(path));
	const mirrored = product.map(mirroredTests);
	const stems = product.map((path) =>
		(path.split('/')[1] ?? '').replace(/\..*$/, '').slice(0, stemLength).toLowerCase(),
	);
	const shared = product.some((path) => sharedFolders.test(path) || path.split('/').length === 2);
	const page = product.some((path) => path.startsWith('renderer/'));
	const worker = product.some((path) => workerFile.test(path));

	function isTouchedInBrowser(test: string): boolean {
		if (shared || (page && test.includes('/screens.'))) return true;
		const text = read(test).toLowerCase();
		return stems.some((stem) => text.includes(stem));
	}

	return tests.filter((test) => {
		if (changed.includes(test) || importing.includes(test)) return true;
		if (product.length === 0) return false;
		if (sourceReader.test(test) || mirrored.some((start) => test.startsWith(start))) return true;
		if (test.endsWith('.model.test.ts')) return worker;
		return test.endsWith('.e2e.test.ts') && isTouchedInBrowser(test);
	});
}
