import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Extension of a conversation's KV state on disk, written by the worker. */
export const stateFileEnding = '.kv';

/** Deletes the least recently used states until the rest takes at most `limitBytes`. */
export async function deleteOldestStates(folder: string, limitBytes: number): Promise<void> {
	const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(stateFileEnding));
	const files = await Promise.all(
		names.map(async (name) => {
			const path = join(folder, name);
			const stats = await stat(path).catch(() => null);
			return { path, bytes: stats?.size ?? 0, usedAt: stats?.mtimeMs ?? 0 };
		}),
	);
	let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
	for (const { path, bytes } of files.sort((a, b) => a.usedAt - b.usedAt)) {
		if (total <= limitBytes) return;
		await unlink(path).catch(() => {});
		total -= bytes;
	}
}
