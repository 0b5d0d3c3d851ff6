import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** Bytes of a Unix socket's path, the closing NUL included: 104 on macOS, 108 on Linux. */
const maxSocketPathBytes = 104;

/**
 * Where the owner of `dataFolder` listens: a named pipe on Windows, else a socket in the data folder, or in a folder of
 * this user's below the temporary one where the path would be too long. Only the owner calls this: it clears the way.
 */
export function prepareAddress(dataFolder: string, platform: NodeJS.Platform = process.platform): string {
	if (platform === 'win32') return `\\\\.\\pipe\\assay-${randomBytes(16).toString('hex')}`;
	const inFolder = join(dataFolder, 'assay.sock');
	const path =
		Buffer.byteLength(inFolder) < maxSocketPathBytes ? inFolder : join(privateFolder(), shortName(dataFolder));
	rmSync(path, { force: true });
	return path;
}

function shortName(dataFolder: string): string {
	return `${createHash('sha256').update(dataFolder).digest('hex').slice(0, 16)}.sock`;
}

/** A folder below the temporary one that nobody else may enter; somebody else's of that name is refused. */
function privateFolder(): string {
	const { uid } = userInfo();
	const folder = join(tmpdir(), `assay-${uid}`);
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const facts = lstatSync(folder);
	if (!facts.isDirectory() || facts.uid !== uid) throw new Error(`${folder} belongs to somebody else`);
	chmodSync(folder, 0o700);
	return folder;
}
