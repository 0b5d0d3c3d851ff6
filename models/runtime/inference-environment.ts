/**
 * Returns the environment of every process that calls llama.cpp: with its required variables and without those meant
 * for the host.
 */
export function inferenceEnvironment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
	const env: NodeJS.ProcessEnv = {
		...process.env,
		...extra,
		// With libuv's default pool of 4 threads, inference runs at half speed, because ggml's threads then belong to
		// several callers and wait for each other.
		UV_THREADPOOL_SIZE: '1',
		// Otherwise llama.cpp starts a debugger on itself before it aborts, which takes seconds.
		GGML_NO_BACKTRACE: '1',
	};
	// Options meant for the host (an inspector's port, a test runner's loader) do not apply to the worker.
	delete env.NODE_OPTIONS;
	delete env.ELECTRON_RUN_AS_NODE;
	return env;
}
