/**
 * The engine that Assay is built with, as people read it. Written here because the main process of a packed Assay has
 * no engine beside it to ask; a test holds it against the installed packages.
 */
export const llamaCppVersion = 'v0.4.0';
export const engineBuild = `node-llama-cpp 3.21.1 (llama.cpp ${llamaCppVersion})`;
