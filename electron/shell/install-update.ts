import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
	chmodSync,
	closeSync,
	copyFileSync,
	fsyncSync,
	openSync,
	readFileSync,
	renameSync,
	rmSync,
	unlinkSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { app } from 'electron';
import type { BaseUpdater, MacUpdater, UpdateInfo } from 'electron-updater';
import type { UpdateInstaller, VerifiedUpdate } from '../updates/updates.ts';

export interface InstallerOptions {
	/** Electron's `resources`, with the `app-update.yml` that electron-builder wrote. */
	readonly resources: string;
	/** For copies of the update; used by electron-updater alone. */
	readonly folder: string;
	readonly log: (line: string) => void;
}

type Kind = UpdateInstaller['kind'];

/** Returns what this app was installed as; null if the system's own package manager replaces it. */
export function installedAs(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): Kind | null {
	if (platform === 'win32') return 'exe';
	if (platform === 'darwin') return 'zip';
	return environment.APPIMAGE && isAbsolute(environment.APPIMAGE) ? 'AppImage' : null;
}

/**
 * Replaces the installed app by electron-updater, which knows the three systems' ways, and checks the publisher's
 * signature on Windows and macOS. It makes no request: it gets a file that was verified, from the disk.
 */
export function createUpdateInstaller(kind: Kind, options: InstallerOptions): UpdateInstaller {
	let prepared: { readonly update: VerifiedUpdate; readonly updater: BaseUpdater | MacUpdater } | null = null;
	function cancel(): void {
		if (prepared !== null) prepared.updater.autoInstallOnAppQuit = false;
	}
	return {
		kind,
		async install(update, when) {
			if (prepared?.update.sha512 !== update.sha512) {
				prepared = { update, updater: await prepare(kind, update, options) };
			}
			const { updater } = prepared;
			if (!('install' in updater)) {
				// Squirrel has the file since `prepare`. With the flag off, electron-updater would give it a second time.
				if (when === 'now') updater.quitAndInstall();
				return;
			}
			updater.autoInstallOnAppQuit = when === 'on-quit';
			if (when === 'on-quit') return;
			// At the very end: the new version may start only when this one has let go of the data folder.
			app.once('quit', () => updater.install(true, true));
			app.quit();
		},
		cancel: kind === 'zip' ? null : cancel,
	};
}

/** Hands the file to electron-updater, as if it had found and fetched it. Rejects if it refuses it. */
async function prepare(
	kind: Kind,
	update: VerifiedUpdate,
	options: InstallerOptions,
): Promise<BaseUpdater | MacUpdater> {
	const updater = await createUpdater(kind, update, options);
	const { log } = options;
	updater.logger = {
		info: () => {},
		warn: (message) => log(`update: ${String(message)}`),
		error: (message) => log(`update: ${String(message)}`),
	};
	updater.autoDownload = false;
	updater.autoInstallOnAppQuit = true;
	updater.allowDowngrade = false;
	updater.disableWebInstaller = true;
	// A differential download would request parts of files from the source itself.
	updater.disableDifferentialDownload = true;
	// Each failure also rejects; without a listener it would end the process.
	updater.on('error', () => {});
	const found = await updater.checkForUpdates();
	if (found?.isUpdateAvailable !== true) throw new Error(`Assay ${update.version} is not newer than this version`);
	await updater.downloadUpdate();
	return updater;
}

async function createUpdater(
	kind: Kind,
	update: VerifiedUpdate,
	options: InstallerOptions,
): Promise<BaseUpdater | MacUpdater> {
	const { AppImageUpdater, MacUpdater, NsisUpdater, Provider } = await import('electron-updater');
	const url = pathToFileURL(update.path);
	const info = {
		url: basename(update.path),
		sha512: Buffer.from(update.sha512, 'hex').toString('base64'),
		size: update.bytes,
	};

	class VerifiedFile extends Provider<UpdateInfo> {
		async getLatestVersion(): Promise<UpdateInfo> {
			return { version: update.version, files: [info], path: info.url, sha512: info.sha512, releaseDate: '' };
		}
		resolveFiles(): { url: URL; info: typeof info }[] {
			return [{ url, info }];
		}
	}

	/** Replaces the AppImage in one step: electron-updater's own way first deletes it, and may then find the disk full. */
	class WholeAppImage extends AppImageUpdater {
		protected override doInstall({ isForceRunAfter }: { isForceRunAfter: boolean }): boolean {
			const installer = this.installerPath;
			if (installer === null) return false;
			const place = replaceAppImage(installer, update, app.getVersion());
			if (isForceRunAfter) runDetached(place);
			return true;
		}
	}

	const adapter = {
		version: app.getVersion(),
		name: app.getName(),
		isPackaged: true,
		appUpdateConfigPath: join(options.resources, 'app-update.yml'),
		userDataPath: options.folder,
		baseCachePath: options.folder,
		whenReady: () => app.whenReady(),
		relaunch: () => app.relaunch(),
		quit: () => app.quit(),
		onQuit: (handler: (exitCode: number) => void) => void app.once('quit', (_event, exitCode) => handler(exitCode)),
	};
	const Updater = { AppImage: WholeAppImage, zip: MacUpdater, exe: NsisUpdater }[kind];
	const updater = new Updater(undefined, adapter);
	// In place of the executor that makes requests, outside of the network switch and the log.
	Object.assign(updater, { httpExecutor: { download: (from: URL, to: string) => copyVerified(from, to, update) } });
	updater.setFeedURL({ provider: 'custom', updateProvider: VerifiedFile as never });
	return updater;
}

/** Copies the file and reads the copy: what is installed is what was verified. */
async function copyVerified(from: URL, to: string, update: VerifiedUpdate): Promise<string> {
	if (from.protocol !== 'file:') throw new Error(`an update is installed from the disk, not from ${from.protocol}`);
	await copyFile(fileURLToPath(from), to);
	refuseOther(to, update);
	return to;
}

function refuseOther(path: string, { sha512 }: VerifiedUpdate): void {
	if (createHash('sha512').update(readFileSync(path)).digest('hex') === sha512) return;
	rmSync(path, { force: true });
	throw new Error('the update’s file changed after it was verified');
}

/** Puts the new AppImage in the place of the running one, whose mounted content stays readable; returns its path. */
function replaceAppImage(installer: string, update: VerifiedUpdate, currentVersion: string): string {
	const running = process.env.APPIMAGE;
	if (running === undefined || !isAbsolute(running))
		throw new Error('APPIMAGE does not say where the running AppImage is');
	// A name that tells the version follows it; any other was the user's choice.
	const place = join(dirname(running), basename(running).replace(currentVersion, update.version));
	const unfinished = `${place}.new`;
	copyFileSync(installer, unfinished);
	refuseOther(unfinished, update);
	chmodSync(unfinished, 0o755);
	const descriptor = openSync(unfinished, 'r');
	fsyncSync(descriptor);
	closeSync(descriptor);
	renameSync(unfinished, place);
	if (place !== running) unlinkSync(running);
	return place;
}

function runDetached(place: string): void {
	const { APPIMAGE, APPDIR, OWD, ...environment } = process.env;
	spawn(place, [], { detached: true, stdio: 'ignore', env: environment })
		.on('error', () => {})
		.unref();
}
