/** Handles a call that no scene or test scripts: throws an error that names the call's path. */
export function unscripted({ path }: { readonly path: readonly string[] }): never {
	throw new Error(`the fake application has no answer to ${path.join('.')}`);
}
