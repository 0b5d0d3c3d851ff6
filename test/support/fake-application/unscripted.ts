/** Handles a call that no scene and no test scripts: fails with the call's path. */
export function unscripted({ path }: { readonly path: readonly string[] }): never {
	throw new Error(`the fake application has no answer to ${path.join('.')}`);
}
