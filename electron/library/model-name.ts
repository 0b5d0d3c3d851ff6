import { basename, dirname } from 'node:path';
import { wholeName } from '../../models/gguf/split-files.ts';

/** "Q4_K_M", "IQ2_XXS", "BF16" and similar at the end of a file name. */
const quantizationTag = /[-_. ](I?Q\d[A-Z0-9_]*|TQ\d_\d|B?F16|F32|MXFP4(_MOE)?|NVFP4)$/i;

/**
 * Derives a model's display name from its file name: "SmolLM2-135M-Instruct.Q4_1.gguf" becomes "SmolLM2 135M Instruct".
 * Users chose the file name or know it from the download page; `general.name` in the header is often left over from a
 * training script. The quantisation is shown separately, so it is dropped.
 */
export function modelNameOf(path: string): string {
	const own = wholeName(path).replace(/\.gguf$/i, '');
	// Some programs call every file "model.gguf" and put the name in the folder.
	const stem = /^(model|ggml-model|weights)$/i.test(own) ? basename(dirname(path)) || own : own;
	const plain = stem
		.replace(quantizationTag, '')
		.replaceAll(/[-_\s]+/g, ' ')
		.trim();
	return plain === '' ? stem : plain;
}
