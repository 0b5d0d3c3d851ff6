import { expectedLayout } from '../../models/native/libllama/struct-layout.ts';

/** A measuring process that finds llama.cpp's structs changed, as a later libllama would have them. */
expectedLayout['llama_context_params.n_ubatch'] = 513;
await import('../../models/native/entry.ts');
