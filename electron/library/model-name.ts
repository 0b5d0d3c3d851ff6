import { basename, dirname } from 'node:path';
import { wholeName } from '../../models/gguf/split-files.ts';
import { withoutQuantization } from '../contract/library/model-groups.ts';

/**
 * Derives a model's display name from its file name: "SmolLM2-135M-Instruct.Q4_1.gguf" becomes "SmolLM2 135M Instruct".
 * Users chose the file name or know it from the download page; `general.name` in the header is often left over from a
 * training script. The quantisation is shown separately, so it is dropped.
 */
export function modelNameOf(path: string): string {
	const own = wholeName(path).replace(/\.gguf$/i, '');
	// Some programs call every file "model.gguf" and put the name in the folder.
	const stem = /^(model|ggml-model|weights)$/i.test(own) ? basename(dirname(path)) || own : own;
	const plain = withoutQuantization(stem)
		.replaceAll(/[-_\s]+/g, ' ')
		.trim();
	return plain === '' ? stem : plain;
}
