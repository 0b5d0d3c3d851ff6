/** Parts that every screen and every command goes through: a change of one concerns all that drive the whole product. */
const sharedFolders =
	/^(?:renderer\/(?:app|connection|design)|electron\/(?:api|application|contract|database|hosts|shell))\//;
const productFile = /^(?:electron|migrations|models|renderer)\//;
/** Runs in the processes that hold a model, which tests start instead of importing them. */
const workerFile = /^models\/(?:native|prompt|runtime|worker)\//;
/** Tests of what no import leads to: they read the sources as text. */
const sourceReader = /^test\/architecture\//;

/** So many letters of a folder's name are the stem that its plural, its verb and its routes share. */
const stemLength = 7;

/** Returns how the paths of the tests of a file begin: those in its folder, or its own if its folder is a whole part. */
function mirroredTests(path: string): string {
	const folder = path.slice(0, path.lastIndexOf('/'));
	return folder.includes('/') ? `test/${folder}/` : `test/${path.replace(/\.\w+$/, '')}.`;
}

export interface Change {
	/** Files that changed, from the project's root, with slashes. */
	changed: readonly string[];
	/** Every test file. */
	tests: readonly string[];
	/** Test files that import something that changed. */
	importing: readonly string[];
	/** Text of a test file. */
	read(test: string): string;
}

/**
 * The tests that a change touches. Imports lead to most of them. Where a test starts the product as a process they lead
 * nowhere, and these rules hold instead:
 * - what lies in the folder that mirrors the one of the changed file (electron/hosts/cli → test/electron/hosts/cli);
 * - all model tests after a change of what runs in a model's process;
 * - tests in the browser that mention the domain of the changed file (renderer/dataset → "dataset"), and the screens
 *   after any change of the page; all of them where what changed is shared by all screens.
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
