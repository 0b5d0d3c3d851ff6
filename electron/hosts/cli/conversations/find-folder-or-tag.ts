import { Failure } from '../../../../models/contract/failure.ts';
import type { Folder, Organisation, Tag } from '../../../contract/conversation/schema.ts';

/** Finds the folder with this name, regardless of case. Throws Failure `folder-unknown`. */
export function findFolder({ folders }: Organisation, name: string): Folder {
	const found = findByName(folders, name);
	if (found !== undefined) return found;
	throw unknown('folder', name, folders);
}

/** Finds the tag with this name, regardless of case. Throws Failure `tag-unknown`. */
export function findTag({ tags }: Organisation, name: string): Tag {
	const found = findByName(tags, name);
	if (found !== undefined) return found;
	throw unknown('tag', name, tags);
}

/** Returns undefined if none has this name. */
export function findByName<T extends { readonly name: string }>(all: readonly T[], name: string): T | undefined {
	const wanted = name.trim().toLowerCase();
	return all.find((one) => one.name.toLowerCase() === wanted);
}

function unknown(what: 'folder' | 'tag', name: string, all: readonly { name: string }[]): Failure {
	const names = all.map((one) => `“${one.name}”`);
	return new Failure({
		code: `${what}-unknown`,
		message: `There is no ${what} “${name}”.`,
		next: [
			names.length > 0 ? `Choose one of ${names.slice(0, 20).join(', ')}` : `Create one first: ${makeOne[what]}`,
			`List them: assay conversations ${what}s`,
		],
	});
}

const makeOne = {
	folder: 'assay conversations move <id> --folder <name>',
	tag: 'assay conversations tag <id> --add <name>',
};
