import { type Said, said } from './contract/said.ts';
import { errorCodeOf } from './error-code.ts';

/** Returns why a file can't be read, to follow "can't be read:"; the system's own words where there are no better ones. */
export function unreadableReason(error: unknown): Said | string {
	switch (errorCodeOf(error)) {
		case 'ENOENT':
		case 'ENOTDIR':
			return said`it does not exist`;
		case 'EACCES':
		case 'EPERM':
			return said`this user may not read it`;
		case 'EISDIR':
			return said`it is a folder`;
		case 'ELOOP':
			return said`its links lead round in a circle`;
		case 'EIO':
			return said`the disk reports an error (EIO)`;
		default:
			return error instanceof Error ? error.message : String(error);
	}
}
