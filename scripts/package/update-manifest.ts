/**
 * Writes the signed manifest of a release, for the address that ASSAY_UPDATE_URL names (docs/releasing.md):
 *
 *   ASSAY_UPDATE_KEY="$(cat key.pem)" node scripts/package/update-manifest.ts <folder of installers> <notes file>
 *
 * Lists the installers of the folder by their names and writes `assay-update.json` there.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UpdateFile } from '../../electron/updates/manifest.ts';
import { projectRoot } from '../run-step.ts';
import { signManifest } from './sign-manifest.ts';

const platforms = { AppImage: 'linux', exe: 'win32', zip: 'darwin' } as const;

/** Describes the installers that the app can update itself with; others (deb, dmg) are passed over. */
export function listInstallers(folder: string): UpdateFile[] {
	return readdirSync(folder)
		.sort()
		.flatMap((name) => {
			const kind = (Object.keys(platforms) as (keyof typeof platforms)[]).find((one) => name.endsWith(`.${one}`));
			if (kind === undefined) return [];
			const path = join(folder, name);
			return {
				platform: platforms[kind],
				arch: /arm64/.test(name) ? ('arm64' as const) : ('x64' as const),
				kind,
				url: encodeURIComponent(name),
				bytes: statSync(path).size,
				sha512: createHash('sha512').update(readFileSync(path)).digest('hex'),
			};
		});
}

function run([folder, notesPath]: readonly string[], { ASSAY_UPDATE_KEY: keys }: NodeJS.ProcessEnv): void {
	if (folder === undefined || notesPath === undefined)
		throw new Error('usage: update-manifest.ts <folder> <notes file>');
	if (!keys) throw new Error('ASSAY_UPDATE_KEY is not set: the private key, as PEM');
	const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string };
	const files = listInstallers(folder);
	if (files.length === 0) throw new Error(`there is no AppImage, exe or zip in ${folder}`);
	const manifest = { version, releasedAt: Date.now(), notes: readFileSync(notesPath, 'utf8').trim(), files };
	const path = join(folder, 'assay-update.json');
	writeFileSync(path, signManifest(manifest, keys.match(/-----BEGIN[\s\S]*?-----END[^\n]*/g) ?? []));
	process.stdout.write(`${path}: Assay ${version}, ${files.length} installers\n`);
}

if (process.argv[1] === import.meta.filename) {
	try {
		run(process.argv.slice(2), process.env);
	} catch (error) {
		process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
		process.exitCode = 1;
	}
}
