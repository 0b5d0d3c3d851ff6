/**
 * Version of the built-in engine, for people. Hard-coded because the main process of a packaged Assay has no engine to
 * ask; a test compares it with the installed packages.
 */
export const llamaCppVersion = 'v0.4.0';
export const engineBuild = `node-llama-cpp 3.21.1 (llama.cpp ${llamaCppVersion})`;

/** The same for the engine that calls node-llama-cpp's own API instead of llama.cpp's C API. */
export const nodeLlamaCppBuild = `node-llama-cpp 3.21.1, its own API (llama.cpp ${llamaCppVersion})`;
