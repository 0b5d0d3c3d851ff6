import { execFile } from 'node:child_process';
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The part of electron-builder's packager for macOS that knows the imported certificate (CSC_LINK). */
export interface SigningPackager {
	readonly codeSigningInfo?: { readonly value: Promise<{ readonly keychainFile?: string | null }> };
}

/** Runs `codesign`; a test passes a replacement. */
export type Codesign = (args: readonly string[]) => Promise<unknown>;

const run: Codesign = (args) => promisify(execFile)('codesign', [...args]);

/**
 * Signs the program's binaries before their checksums are taken: electron-builder would sign them afterwards (its
 * `signIgnore` leaves them alone), and with the window's entitlements. Node gets those that it needs; libraries need
 * none. Does nothing unless signing is configured in the environment (docs/releasing.md).
 */
export async function signProgram(
	program: string,
	buildFolder: string,
	packager: SigningPackager,
	environment: NodeJS.ProcessEnv = process.env,
	codesign: Codesign = run,
): Promise<void> {
	if (!environment.CSC_LINK && !environment.CSC_NAME) return;
	const keychain = (await packager.codeSigningInfo?.value)?.keychainFile ?? null;
	const identity = environment.CSC_NAME ?? 'Developer ID Application';
	const common = ['--force', '--timestamp', '--options', 'runtime', '--sign', identity];
	const from = keychain === null ? [] : ['--keychain', keychain];
	const node = join(program, 'node');
	const binaries = readdirSync(program, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name))
		.filter((path) => path !== node && isMachO(path));
	for (const path of binaries) await codesign([...common, ...from, path]);
	const entitlements = join(buildFolder, 'entitlements.program.mac.plist');
	await codesign([...common, ...from, '--entitlements', entitlements, node]);
}

/** First bytes of Mach-O files: 64-bit, and fat ones for two processors. */
const machO: ReadonlySet<string> = new Set(['cffaedfe', 'cafebabe', 'feedfacf']);

function isMachO(path: string): boolean {
	const descriptor = openSync(path, 'r');
	try {
		const start = Buffer.alloc(4);
		readSync(descriptor, start, 0, 4, 0);
		return machO.has(start.toString('hex'));
	} finally {
		closeSync(descriptor);
	}
}
