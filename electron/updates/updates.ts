import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compare, valid } from 'semver';
import { Failure, failureFacts } from '../../models/contract/failure.ts';
import { said, spoken, type Words } from '../../models/contract/said.ts';
import { fetchFile, wholeBody } from '../../models/download/fetch-file.ts';
import { get, type HttpOptions } from '../../models/download/http.ts';
import {
	defaultTiming,
	type NetworkGate,
	NetworkProblem,
	type NetworkTiming,
} from '../../models/download/network-gate.ts';
import { sha512OfFile } from '../../models/file-hash.ts';
import { dayMs } from '../contract/durations.ts';
import type { Update, UpdateStatus } from '../contract/updates/schema.ts';
import { createRateMeter } from '../jobs/rate-meter.ts';
import { unattended } from '../jobs/unattended.ts';
import { type InstallerKind, type Manifest, maxManifestBytes, openManifest, type UpdateFile } from './manifest.ts';
import type { UpdateSource } from './source.ts';
import { openUpdateState, stateFile } from './update-state.ts';

/** A verified file, ready to install. */
export interface VerifiedUpdate {
	readonly version: string;
	readonly path: string;
	readonly bytes: number;
	/** Hexadecimal. */
	readonly sha512: string;
}

/** The part of the window that replaces the installed app. */
export interface UpdateInstaller {
	/** What this app was installed as. */
	readonly kind: InstallerKind;
	/** Installs the file when the app quits; with `now`, quits it. Rejects if the system refuses the file. */
	install(update: VerifiedUpdate, when: 'on-quit' | 'now'): Promise<void>;
	/** Takes back `install(…, 'on-quit')`; null where the system keeps what it was given, as macOS does. */
	readonly cancel: (() => void) | null;
}

/** How this app is updated; `elsewhere` tells the user where updates come from if not from here. */
export type UpdateOptions =
	| { readonly elsewhere: Words }
	| { readonly source: UpdateSource; readonly installer: UpdateInstaller };

export interface UpdateContext {
	readonly options: UpdateOptions;
	readonly currentVersion: string;
	/** For downloads and what is remembered; used by this code alone. */
	readonly folder: string;
	readonly network: NetworkGate;
	readonly timing?: NetworkTiming;
	/** Whether the user wants Assay to look by itself. */
	readonly checksByItself: () => boolean;
	readonly onStatus: (status: UpdateStatus) => void;
	readonly clock: () => number;
	readonly log: (line: string) => void;
	readonly platform?: string;
	readonly arch?: string;
}

export interface Updates {
	status(): UpdateStatus;
	check(): Promise<UpdateStatus>;
	download(): UpdateStatus;
	stop(): Promise<UpdateStatus>;
	install(when: 'on-quit' | 'now'): Promise<UpdateStatus>;
	postpone(): UpdateStatus;
	/** Ends requests under way. What was chosen to be installed on quit still is. */
	close(): Promise<void>;
}

const purpose = 'updates of Assay';

/** A minute after the start, other work is done. */
const firstCheckMs = 60_000;
const progressMs = 250;

/** What is on offer, with the file for this computer. */
interface Offer {
	readonly update: Update;
	readonly file: UpdateFile;
	readonly url: URL;
}

/**
 * Finds, downloads and verifies newer versions. Makes no request unless the user asks, or switched the daily check on;
 * installs nothing unless the user chose it.
 */
export async function createUpdates(context: UpdateContext): Promise<Updates> {
	const { options, folder, clock, log } = context;
	if ('elsewhere' in options) return noUpdates(options.elsewhere);
	const { source, installer } = options;
	const stored = await openUpdateState(folder, log);
	let status: UpdateStatus = { state: 'idle', checkedAt: stored.current().checkedAt };
	let offer: Offer | null = null;
	let verified: VerifiedUpdate | null = null;
	let working: { readonly work: Promise<unknown>; readonly abort: AbortController } | null = null;
	await removeOld(folder, context.currentVersion, log);

	function become(next: UpdateStatus): UpdateStatus {
		status = next;
		context.onStatus(next);
		return next;
	}

	function available(update: Update): UpdateStatus {
		return become({ state: 'available', update, postponed: stored.current().postponed === update.version });
	}

	function ready(update: Update, onQuit: boolean): UpdateStatus {
		return become({ state: 'ready', update, onQuit, canCancel: installer.cancel !== null });
	}

	function fail(error: unknown, retry: 'check' | 'download' | 'install'): UpdateStatus {
		const failure = failureFacts(asFailure(error, source));
		log(`updates: ${failure.code}: ${failure.message}`);
		return become({ state: 'failed', retry, update: offer?.update ?? null, failure });
	}

	const httpOptions = (signal: AbortSignal): HttpOptions => ({
		network: context.network,
		timing: context.timing ?? defaultTiming,
		purpose,
		signal,
		mayRedirectTo: () => false,
	});

	/** Runs one step at a time; a second one waits for none, it gets the present state. */
	async function alone(step: (signal: AbortSignal) => Promise<UpdateStatus>): Promise<UpdateStatus> {
		if (working !== null) return status;
		const abort = new AbortController();
		const work = step(abort.signal);
		working = { work, abort };
		try {
			return await work;
		} finally {
			working = null;
		}
	}

	async function look(signal: AbortSignal, byItself = false): Promise<UpdateStatus> {
		const before = status;
		become({ state: 'checking' });
		try {
			await stored.remember({ askedAt: clock() });
			const answer = await get(new URL(source.url), httpOptions(signal));
			const text = await wholeBody(answer, maxManifestBytes, 'its manifest is too long');
			const manifest = openManifest(text.toString('utf8'), source.publicKeys);
			refuseOlder(manifest, context.currentVersion, stored.current().newest);
			await stored.remember({ newest: manifest.version });
			// What was downloaded may be another version now. Downloading the same one again makes no request.
			verified = null;
			installer.cancel?.();
			if (compare(manifest.version, context.currentVersion) === 0) {
				offer = null;
				await stored.remember({ checkedAt: clock() });
				return become({ state: 'idle', checkedAt: stored.current().checkedAt });
			}
			offer = offerFor(manifest, source, installer.kind, context);
			return available(offer.update);
		} catch (error) {
			// Nobody waits for the daily check: a computer without a network is no news.
			if (signal.aborted || (byItself && error instanceof NetworkProblem)) return become(before);
			return fail(error, 'check');
		}
	}

	async function fetchUpdate({ update, file, url }: Offer, signal: AbortSignal): Promise<UpdateStatus> {
		const path = join(folder, update.version, fileName(file, update.version));
		const part = `${path}.part`;
		const meter = createRateMeter(clock);
		let shownAt = Number.NEGATIVE_INFINITY;
		const show = (receivedBytes: number): void => {
			const { rate, secondsLeft } = meter.update(receivedBytes, update.bytes);
			const now = performance.now();
			if (now - shownAt < progressMs && receivedBytes < update.bytes) return;
			shownAt = now;
			become({ state: 'downloading', update, receivedBytes, bytesPerSecond: rate, secondsLeft });
		};
		try {
			// Not through `show`: the bytes of an earlier download are shown next, and say nothing about the speed.
			become({ state: 'downloading', update, receivedBytes: 0, bytesPerSecond: null, secondsLeft: null });
			await mkdir(join(folder, update.version), { recursive: true, mode: 0o700 });
			show((await stat(part).catch(() => null))?.size ?? 0);
			if ((await readHash(path)) !== file.sha512) await fetchVerified(url, part, path, file, show, signal);
			verified = { version: update.version, path, bytes: file.bytes, sha512: file.sha512 };
			return ready(update, false);
		} catch (error) {
			if (signal.aborted) return available(update);
			return fail(error, 'download');
		}
	}

	async function fetchVerified(
		url: URL,
		part: string,
		path: string,
		file: UpdateFile,
		show: (receivedBytes: number) => void,
		signal: AbortSignal,
	): Promise<void> {
		for (;;) {
			const { resumed } = await fetchFile(url, part, file.bytes, { ...httpOptions(signal), onBytes: show });
			if ((await readHash(part)) === file.sha512) break;
			await rm(part, { force: true });
			// Parts of two downloads may not fit together: once more from the start.
			if (!resumed) throw hashWrong(url);
			log('updates: the continued download has the wrong hash; downloading it again');
		}
		await rename(part, path);
	}

	async function handOver(update: VerifiedUpdate, when: 'on-quit' | 'now'): Promise<UpdateStatus> {
		if (offer === null) throw notNow('install');
		const offered = offer.update;
		become({ state: 'installing', update: offered });
		try {
			// The file lay on the disk since: read it again, at the last moment.
			if ((await readHash(update.path)) !== update.sha512) {
				await rm(update.path, { force: true });
				verified = null;
				throw hashWrong(offer.url);
			}
			await installer.install(update, when).catch((error: unknown) => {
				throw installFailed(error);
			});
			if (when === 'now') return status;
			return ready(offered, true);
		} catch (error) {
			return fail(error, verified === null ? 'download' : 'install');
		}
	}

	/** Looks once a day while the user wants it and nothing else is going on. */
	function checkIfDue(): void {
		const { askedAt } = stored.current();
		const due = clock() - askedAt >= dayMs || askedAt > clock();
		if (!due || !context.checksByItself() || context.network.isBlocked()) return;
		if (status.state === 'idle' || status.state === 'failed' || status.state === 'available') {
			void alone((signal) => look(signal, true));
		}
	}

	const check = unattended(log, 'updates: not looked for', checkIfDue);
	const first = setTimeout(check, firstCheckMs).unref();
	const daily = setInterval(check, dayMs / 24).unref();

	return {
		status: () => status,
		check() {
			if (status.state === 'ready' || status.state === 'installing') return Promise.resolve(status);
			return alone(look);
		},
		download() {
			if (working !== null) return status;
			if (offer === null) throw notNow('download');
			if (status.state === 'ready' || status.state === 'installing') return status;
			const wanted = offer;
			void alone((signal) => fetchUpdate(wanted, signal));
			return status;
		},
		async stop() {
			working?.abort.abort();
			await working?.work;
			return status;
		},
		async install(when) {
			const update = verified;
			if (update === null || working !== null) throw notNow('install');
			return alone(() => handOver(update, when));
		},
		postpone() {
			if (status.state !== 'available' && status.state !== 'ready') return status;
			if (status.state === 'ready' && status.onQuit && installer.cancel === null) return status;
			const { update } = status;
			installer.cancel?.();
			void stored.remember({ postponed: update.version });
			return status.state === 'ready' ? ready(update, false) : available(update);
		},
		async close() {
			clearTimeout(first);
			clearInterval(daily);
			working?.abort.abort();
			await working?.work.catch(() => {});
			await stored.settled();
		},
	};
}

/** For hosts that get their updates elsewhere. */
function noUpdates(message: Words): Updates {
	const status: UpdateStatus = spoken({ state: 'elsewhere', message });
	const refuse = (): never => {
		throw new Failure({ code: 'update-elsewhere', message, next: [said`Get the new version there`] });
	};
	return {
		status: () => status,
		check: async () => refuse(),
		download: refuse,
		stop: async () => status,
		install: async () => refuse(),
		postpone: () => status,
		close: async () => {},
	};
}

/**
 * Keeps what is remembered and downloads of newer versions. The rest is installed by now, or never will be. What another
 * program holds open waits for the next start.
 */
async function removeOld(folder: string, currentVersion: string, log: (line: string) => void): Promise<void> {
	for (const name of await readdir(folder).catch(() => [])) {
		if (name === stateFile || (valid(name) !== null && compare(name, currentVersion) > 0)) continue;
		await rm(join(folder, name), { recursive: true, force: true }).catch((error: unknown) =>
			log(`updates: ${name} was not removed: ${String(error)}`),
		);
	}
}

/** Both have the same cause for suspicion: an old manifest, however well signed, takes away what a newer one repaired. */
function refuseOlder({ version }: Manifest, current: string, newestBefore: string | null): void {
	const floor = newestBefore !== null && compare(newestBefore, current) > 0 ? newestBefore : current;
	if (compare(version, floor) >= 0) return;
	throw new Failure({
		code: 'update-older',
		message:
			floor === current
				? said`The update source offers Assay ${version}, which is older than ${floor}, the one you have. Assay never goes back.`
				: said`The update source offers Assay ${version}, which is older than ${floor}, which it offered before. Assay never goes back.`,
		next: [
			said`Try again later: the server may be out of date, or someone may be tampering with it`,
			said`To downgrade on purpose, install the older version yourself. It may not open a newer data folder`,
		],
	});
}

function offerFor(
	{ version, releasedAt, notes, files }: Manifest,
	source: UpdateSource,
	kind: InstallerKind,
	{ platform = process.platform, arch = process.arch }: UpdateContext,
): Offer {
	const file = files.find((one) => one.platform === platform && one.arch === arch && one.kind === kind);
	if (file === undefined) {
		throw new Failure({
			code: 'update-not-for-this-computer',
			message: said`Assay ${version} isn’t available for this computer (${platform} ${arch}, ${kind}).`,
			next: [said`Keep this version`, said`Or look for a matching version where you got Assay`],
		});
	}
	const url = URL.parse(file.url, source.url);
	const { protocol } = new URL(source.url);
	if (url === null || url.protocol !== protocol) {
		throw new Failure({
			code: 'update-manifest-invalid',
			message: said`The update server’s manifest has an invalid download address.`,
			next: [said`Get the new version where you got this one`],
		});
	}
	return { update: { version, releasedAt, notes, bytes: file.bytes, host: url.host }, file, url };
}

/** A name made here: none from outside reaches the disk. electron-updater wants the version in it. */
function fileName({ kind, platform, arch }: UpdateFile, version: string): string {
	return `Assay-${version}-${platform}-${arch}.${kind}`;
}

/** null if the file can't be read. */
const readHash = (path: string): Promise<string | null> => sha512OfFile(path).catch(() => null);

const hashWrong = ({ host }: URL): Failure =>
	new Failure({
		code: 'update-hash-wrong',
		message: said`The file from ${host} isn’t the one Assay’s developers signed, so it was deleted.`,
		next: [
			said`Download it again`,
			said`If this keeps happening, get the new version where you got this one, and tell its developers`,
		],
	});

function installFailed(error: unknown): Failure {
	return new Failure(
		{
			code: 'update-install-failed',
			message: said`Couldn’t install the update: ${error instanceof Error ? error.message : String(error)}.`,
			next: [said`Try again`, said`Get the new version where you got this one, and install it yourself`],
		},
		{ cause: error },
	);
}

const notNow = (step: 'download' | 'install'): Failure =>
	new Failure({
		code: 'update-not-ready',
		message: step === 'download' ? said`There is no update to download yet.` : said`There is no update to install yet.`,
		next: [step === 'download' ? said`Check for updates first` : said`Download the update first`],
	});

function asFailure(error: unknown, { url }: UpdateSource): unknown {
	if (!(error instanceof NetworkProblem)) return error;
	return new Failure(
		{
			code: 'update-source-unreachable',
			message: said`Couldn’t get updates from ${new URL(url).host}: ${error.words}.`,
			next: [said`Try again later`, said`Get the new version where you got this one`],
		},
		{ cause: error },
	);
}
