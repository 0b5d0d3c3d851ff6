import { openNativeLibrary } from '../../../models/native/libllama/open-library.ts';

// Replaces models/native/entry.ts: asks ggml for a missing key, which makes it abort.
process.once('message', () => {
	const { functions } = openNativeLibrary();
	functions.gguf_get_kv_type(functions.gguf_init_empty(), 1);
});
