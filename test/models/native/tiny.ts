import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type TinyGgufOptions, writeTinyGguf } from '../../support/tiny-gguf.ts';

/** Creates a folder with tiny models and texts for the test. */
export function workshop(): {
	model(name: string, options?: TinyGgufOptions): string;
	text(name: string, content: string | Uint8Array): string;
	path(name: string): string;
} {
	const folder = temporaryFolder();
	return {
		model: (name, options) => writeTinyGguf(join(folder, name), options),
		text(name, content) {
			writeFileSync(join(folder, name), content);
			return join(folder, name);
		},
		path: (name) => join(folder, name),
	};
}

/** About 1,600 tokens for a tiny model. */
export const prose =
	'The cat sat on the mat and it was not for this that they had come, but that is by the way. '.repeat(40);
