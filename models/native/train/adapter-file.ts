import { Failure } from '../../contract/failure.ts';
import { said } from '../../contract/said.ts';
import { readGguf } from '../../gguf/read-gguf.ts';
import { writeWhole } from '../output-file.ts';
import type { Engine } from './ggml.ts';
import type { Lora } from './lora.ts';

/**
 * Writes A and B as llama.cpp's LoRA file: `<weight>.lora_a` [inputs, rank] and `.lora_b` [rank, outputs] in F32. Its scale
 * is always alpha / rank, so another scale is written as another alpha. The names and the order of rows are those of the
 * base's GGUF.
 */
export async function writeAdapterFile(
	engine: Engine,
	path: string,
	lora: Lora,
	facts: { architecture: string; alpha: number; general: Readonly<Record<string, string>> },
): Promise<void> {
	const { functions } = engine.library;
	const file = functions.gguf_init_empty();
	try {
		for (const [key, value] of Object.entries(facts.general)) functions.gguf_set_val_str(file, `general.${key}`, value);
		functions.gguf_set_val_str(file, 'general.type', 'adapter');
		functions.gguf_set_val_str(file, 'general.architecture', facts.architecture);
		functions.gguf_set_val_str(file, 'adapter.type', 'lora');
		engine.ggml.gguf_set_val_f32(file, 'adapter.lora.alpha', facts.alpha);
		for (const { pair } of lora.modules) {
			functions.gguf_add_tensor(file, pair.a);
			functions.gguf_add_tensor(file, pair.b);
		}
		await writeWhole(
			path,
			(part) => {
				if (functions.gguf_write_to_file(file, part, false)) return;
				throw new Failure({
					code: 'output-not-written',
					message: said`The adapter could not be written to ${path}.`,
					next: [said`Check that the disk is not full`, said`Choose another folder`],
				});
			},
			// llama.cpp does not notice a disk that is full at the end of a file.
			async (part) => {
				const { problem } = await readGguf(part);
				if (problem !== null) throw problem;
			},
		);
	} finally {
		functions.gguf_free(file);
	}
}
