import { basename, dirname } from 'node:path';
import { wholeName } from '../../models/gguf/split-files.ts';

/** "Q4_K_M", "IQ2_XXS", "BF16" and the like at the end of a file's name. */
const quantizationTag = /[-_. ](I?Q\d[A-Z0-9_]*|TQ\d_\d|B?F16|F32|MXFP4(_MOE)?|NVFP4)$/i;

/**
 * Name of a model for people, from its file's name: "SmolLM2-135M-Instruct.Q4_1.gguf" is "SmolLM2 135M Instruct". The
 * file's name is what people chose or know from the page that they fetched it from; `general.name` in the header often
 * is what a training script left there. The quantisation is shown beside the name, so it leaves the name.
 */
export function modelNameOf(path: string): string {
	const own = wholeName(path).replace(/\.gguf$/i, '');
	// Some programs call every file "model.gguf" and name the folder.
	const stem = /^(model|ggml-model|weights)$/i.test(own) ? basename(dirname(path)) || own : own;
	const plain = stem
		.replace(quantizationTag, '')
		.replaceAll(/[-_\s]+/g, ' ')
		.trim();
	return plain === '' ? stem : plain;
}
