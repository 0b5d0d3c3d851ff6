import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import { oneLine } from '../clean-text.ts';

/** Normalises the name of a folder or tag. Throws Failure `name-empty`. */
export function checkedName(asked: string, what: 'folder' | 'tag'): string {
	const name = oneLine(asked);
	if (name !== '') return name;
	throw new Failure({
		code: 'name-empty',
		message: what === 'folder' ? said`The folder has no name.` : said`The tag has no name.`,
		next: [
			what === 'folder'
				? said`Give the folder a name of at least one letter`
				: said`Give the tag a name of at least one letter`,
		],
	});
}

/** Returns the failure for a name that is taken, regardless of case. */
export function nameTaken(name: string, what: 'folder' | 'tag'): Failure {
	return new Failure({
		code: `${what}-exists`,
		message:
			what === 'folder' ? said`A folder named “${name}” already exists.` : said`A tag named “${name}” already exists.`,
		next: [said`Choose another name`, what === 'folder' ? said`Use the existing folder` : said`Use the existing tag`],
	});
}

export function folderUnknown(id: number): Failure {
	return new Failure({
		code: 'folder-unknown',
		message: said`There is no folder with the number ${id}; it may have been removed in another window.`,
		next: [said`List the folders: assay conversations folders`],
	});
}

export function tagUnknown(id: number): Failure {
	return new Failure({
		code: 'tag-unknown',
		message: said`There is no tag with the number ${id}; it may have been removed in another window.`,
		next: [said`List the tags: assay conversations tags`],
	});
}
