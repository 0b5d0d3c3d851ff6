import { access, constants, statfs } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { basename } from 'node:path';
import { cannotMeasure } from '../../models/contract/engine-names.ts';
import { amount, list, type Said, said, sentences, size, spoken, wordsIn } from '../../models/contract/said.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import type { Doctor, DoctorCheck } from '../contract/system/schema.ts';
import { contractVersion } from '../contract/system/version.ts';
import type { UpdateStatus } from '../contract/updates/schema.ts';
import { isOpenToOthers } from '../database/private-file.ts';
import type { Reader } from '../database/reader.ts';
import { availableBytes } from '../library/memory.ts';
import type { EngineFacts } from '../library/model-service.ts';

export interface DoctorContext {
	readonly version: string;
	readonly dataFolder: string;
	readonly databasePath: string;
	readonly reader: Reader;
	readonly clock: () => number;
	/** Facts about the engine, looked up again on each call. */
	readonly engine: () => Promise<EngineFacts>;
	/** Every file of the library, as the last check found it. */
	readonly models: () => readonly ModelFile[];
	/** Names of the models whose load settings choose node-llama-cpp. */
	readonly modelsWithOwnEngine: () => readonly string[];
	readonly defaultModel: () => ModelFile | null;
	readonly lastBackupAt: () => number | null;
	/** Compares an installed program's files with those that were packed; null in a checkout. */
	readonly examineProgram: (() => Promise<DoctorCheck>) | null;
	readonly updateStatus: () => UpdateStatus;
	/** Whether Assay looks for updates by itself. */
	readonly updateChecks: () => boolean;
}

/** With less free disk there is no room for a conversation and the next backup, bytes. */
const tightDiskBytes = 200_000_000;
/** Memory that the starter model needs, approximately, bytes. */
const tightMemoryBytes = 500_000_000;

/** Checks everything that Assay needs and says how to fix what is wrong. Changes nothing. */
export async function runDoctor(context: DoctorContext): Promise<Doctor> {
	const engine = await context.engine();
	const integrity = await checkDatabase(context.reader);
	const version = await context.reader.all<{ user_version: number }>('PRAGMA user_version');
	const models = context.models();
	return {
		assay: { version: context.version, node: process.versions.node, contractVersion },
		engine: { build: engine.build, available: engine.available, name: engine.name ?? 'c-api' },
		platform: `${process.platform} ${process.arch}`,
		cpu: { model: cpus()[0]?.model.trim() ?? 'unknown', cores: availableParallelism() },
		memory: { total: totalmem(), available: Math.min(availableBytes(), totalmem()) },
		gpus: [...engine.gpus],
		database: { path: context.databasePath, version: version[0]?.user_version ?? 0, integrity },
		models: models.length,
		checks: [
			...checkEngine(engine, context.modelsWithOwnEngine()),
			{
				...spoken({
					name: said`database`,
					ok: integrity === 'ok',
					detail: integrity === 'ok' ? said`passed SQLite’s quick check` : integrity,
					next:
						integrity === 'ok' ? null : said`Restart Assay: it opens the newest good backup and keeps the damaged file`,
				}),
			},
			await checkDisk(context.dataFolder),
			checkMemory(),
			checkBackups(context.lastBackupAt(), context.clock()),
			describeUpdates(context.updateStatus(), context.updateChecks()),
			checkNode(),
			...(context.examineProgram === null ? [] : [await context.examineProgram()]),
			await checkFolder(context.dataFolder),
			await checkModels(models),
			...(await checkDefaultModel(context.defaultModel())),
		],
	};
}

/** Says which engine answers and why, and whether anything can be measured. */
function checkEngine(
	{ available, name = 'c-api', failure, detail }: EngineFacts,
	chosen: readonly string[],
): DoctorCheck[] {
	if (!available) {
		const next = said`Run npm ci again, on a network that reaches the package registry`;
		return [spoken({ name: said`engine`, ok: false, detail, next })];
	}
	const own =
		chosen.length === 0
			? detail
			: said`${detail}; by their load settings, node-llama-cpp answers for ${list(chosen, 'comma')}`;
	if (name === 'c-api') return [spoken({ name: said`engine`, ok: true, detail: own, next: null })];
	const reason = failure === undefined || failure === null ? detail : wordsIn(failure, failure.message);
	const step = failure?.next[0];
	return [
		spoken({
			name: said`engine`,
			ok: true,
			detail: sentences(said`node-llama-cpp answers in place of llama.cpp’s C API.`, reason),
			next: null,
		}),
		spoken({
			name: said`measuring`,
			ok: false,
			detail: said`evaluations and comparisons are off: ${cannotMeasure}`,
			next: step === undefined ? said`Reinstall Assay` : wordsIn(failure ?? {}, step),
		}),
	];
}

async function checkDatabase(reader: Reader): Promise<string> {
	try {
		const faults = await reader.all<{ quick_check: string }>('PRAGMA quick_check(3)');
		return faults.map((fault) => fault.quick_check).join('; ');
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}

async function checkDisk(folder: string): Promise<DoctorCheck> {
	const { bavail, bsize } = await statfs(folder);
	const free = bavail * bsize;
	const ok = free >= tightDiskBytes;
	const next = ok ? null : said`Free some space, or start Assay with a data folder on another disk: --data <folder>`;
	return spoken({ name: said`disk`, ok, detail: said`${size(free)} free at ${folder}`, next });
}

function checkMemory(): DoctorCheck {
	const available = Math.min(availableBytes(), totalmem());
	const ok = available >= tightMemoryBytes;
	const detail = said`${size(available)} of ${size(totalmem())} available`;
	const next = ok ? null : said`Close other programs before you load a model`;
	return spoken({ name: said`memory`, ok, detail, next });
}

function checkNode(): DoctorCheck {
	const version = process.versions.node;
	const ok = Number(version.split('.')[0]) >= 24;
	const next = ok ? null : said`Run npm ci again: it installs Node 24`;
	return spoken({ name: said`node`, ok, detail: `Node ${version}`, next });
}

async function checkFolder(folder: string): Promise<DoctorCheck> {
	const ok = await access(folder, constants.W_OK).then(
		() => true,
		() => false,
	);
	const open = isOpenToOthers(folder);
	const detail = ok
		? open
			? said`${folder} is writable, and other users of this computer have access to it`
			: said`${folder} is writable`
		: open
			? said`${folder} is not writable, and other users of this computer have access to it`
			: said`${folder} is not writable`;
	const next = !ok
		? said`Make it writable for this user, or start Assay with another: --data <folder>`
		: open
			? said`Remove their access: chmod 700 ${folder}. Or start Assay with another: --data <folder>`
			: null;
	return spoken({ name: said`data folder`, ok: ok && !open, detail, next });
}

/** Names at most this many files; the list of models names all. */
const mostNamed = 3;

/** A file that is missing or damaged is in order for nobody, whichever model is the default. */
async function checkModels(models: readonly ModelFile[]): Promise<DoctorCheck> {
	const name = said`models`;
	if (models.length === 0) {
		const next = said`Download the starter model: assay models pull smollm2-135m-instruct-q4_1`;
		return spoken({ name, ok: false, detail: said`none yet`, next });
	}
	const checked = await Promise.all(
		models.map(async ({ path, problem }) => ({ path, usable: problem === null && (await isReadable(path)) })),
	);
	const broken = checked.filter(({ usable }) => !usable).map(({ path }) => basename(path));
	const count = said`${amount(models.length, 'file')}`;
	if (broken.length === 0) return spoken({ name, ok: true, detail: said`${count}, all usable`, next: null });
	const first = list(broken.slice(0, mostNamed), 'comma');
	const more = broken.length - mostNamed;
	const named = more > 0 ? said`${first} and ${more} more` : first;
	return spoken({
		name,
		ok: false,
		detail:
			broken.length === 1
				? said`${broken.length} of ${count} needs attention: ${named}`
				: said`${broken.length} of ${count} need attention: ${named}`,
		next: said`Repair or remove them. Causes: assay models list`,
	});
}

const isReadable = (path: string): Promise<boolean> =>
	access(path, constants.R_OK).then(
		() => true,
		() => false,
	);

/** Returns no check if there is no model at all: another check reports that. */
async function checkDefaultModel(model: ModelFile | null): Promise<DoctorCheck[]> {
	if (model === null) return [];
	const { name, path, problem } = model;
	const readable = await isReadable(path);
	const detail =
		problem !== null
			? wordsIn(problem, problem.message)
			: readable
				? said`${name} is usable`
				: said`${name} can’t be read at ${path}`;
	const ok = problem === null && readable;
	const step = problem?.next[0];
	const next = ok
		? null
		: problem === null || step === undefined
			? said`Put the file back, or choose another: assay models default <model>`
			: wordsIn(problem, step);
	return [spoken({ name: said`default model`, ok, detail, next })];
}

function checkBackups(last: number | null, now: number): DoctorCheck {
	const detail =
		last === null ? said`none yet: the first is made within minutes of use` : said`newest ${age(now - last)} old`;
	return spoken({ name: said`backups`, ok: true, detail, next: null });
}

/** Says where updates come from; that one is waiting is no fault. */
function describeUpdates(status: UpdateStatus, checks: boolean): DoctorCheck {
	const detail =
		status.state === 'elsewhere'
			? wordsIn(status, status.message)
			: 'update' in status && status.update !== null
				? said`Assay ${status.update.version} is available`
				: checks
					? said`checked for daily`
					: said`checked for only when you ask`;
	return spoken({ name: said`updates`, ok: true, detail, next: null });
}

function age(ms: number): Said {
	const hours = Math.floor(ms / 3_600_000);
	return hours < 48 ? said`${hours} h` : said`${amount(Math.floor(hours / 24), 'day')}`;
}
