/**
 * Version of the built-in engine, for people. Hard-coded because the main process of a packaged Assay has no engine to
 * ask; a test compares it with the installed packages.
 */
export const llamaCppVersion = 'v0.4.0';
export const engineBuild = `node-llama-cpp 3.21.1 (llama.cpp ${llamaCppVersion})`;

/**
 * Names the engine that calls node-llama-cpp's own API instead of llama.cpp's C API. It is asked for its versions, because
 * it may answer where other ones are installed.
 */
export function describeNodeLlamaCpp(version: string, llamaCpp: string): string {
	return `node-llama-cpp ${version}, its own API (llama.cpp ${llamaCpp})`;
}
