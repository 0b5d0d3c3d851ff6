import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freeDiskBytes, requireDiskSpace } from '../../models/disk-space.ts';
import { sha256OfFile, sha512OfFile } from '../../models/file-hash.ts';
import { failureOf } from '../support/failure.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const bytes = randomBytes(5_000_001);

function file(): string {
	const path = join(temporaryFolder(), 'file');
	writeFileSync(path, bytes);
	return path;
}

test("a file's hash matches its bytes, with progress on the way", async () => {
	const progress: number[] = [];
	const sha256 = await sha256OfFile(file(), { onProgress: (done) => progress.push(done) });
	expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
	expect(progress.length).toBeGreaterThan(3);
	expect(progress.at(-1)).toBe(bytes.length);
	expect(await sha512OfFile(file())).toBe(createHash('sha512').update(bytes).digest('hex'));
});

test('an abort ends hashing with its reason', async () => {
	const cancel = new AbortController();
	const reason = new Error('enough');
	const hashing = sha256OfFile(file(), { signal: cancel.signal, onProgress: () => cancel.abort(reason) });
	await expect(hashing).rejects.toBe(reason);
});

test('hashing a missing file says that it is missing', async () => {
	expect((await failureOf(() => sha256OfFile(join(temporaryFolder(), 'none')))).code).toBe('model-file-missing');
});

test('free space is read from the disk, and a shortage is reported in numbers', async () => {
	expect(await freeDiskBytes(temporaryFolder())).toBeGreaterThan(0);
	await requireDiskSpace('/data', 1e9, async () => 2e9);
	const failure = await failureOf(() => requireDiskSpace('/data', 2e9, async () => 1.5e9));
	expect([failure.code, failure.message]).toEqual([
		'disk-full',
		'The disk has 1.5 GB free; this needs 2.0 GB and leaves 210 MB for everything else.',
	]);
});
