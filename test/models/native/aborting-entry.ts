import { openNativeLibrary } from '../../../models/native/libllama/open-library.ts';

// In the place of models/native/entry.ts: asks ggml for a key that is not there, which it answers with an abort.
process.once('message', () => {
	const { functions } = openNativeLibrary();
	functions.gguf_get_kv_type(functions.gguf_init_empty(), 1);
});
