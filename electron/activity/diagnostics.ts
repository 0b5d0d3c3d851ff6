import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Said, said, spoken, withoutMessages } from '../../models/contract/said.ts';
import type { DiagnosticPart, Diagnostics, Storage } from '../contract/activity/schema.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import type { Settings } from '../contract/settings/schema.ts';
import type { Doctor } from '../contract/system/schema.ts';
import type { BackupFile } from '../database/backups/backup.ts';
import type { Reader } from '../database/reader.ts';
import { present } from './log-entries.ts';
import type { Redact } from './redact.ts';

/** Sources of a diagnostics bundle; none of them contains conversation text. */
export interface DiagnosticSources {
	readonly now: number;
	readonly dataFolder: string;
	readonly doctor: Doctor;
	readonly settings: Settings;
	readonly models: readonly ModelFile[];
	readonly storage: Storage;
	readonly backups: readonly BackupFile[];
	readonly reader: Pick<Reader, 'all'>;
	/** Log lines of this run. */
	readonly logLines: readonly string[];
	readonly redact: Redact;
}

/** Events of the activity log to include. */
const maxEvents = 500;
/** Bytes to include from the log file of earlier runs. */
const maxLogBytes = 200_000;

/** Collects what helps to find a fault. Changes nothing and sends nothing. */
export async function collectDiagnostics(sources: DiagnosticSources): Promise<Diagnostics> {
	const { now, redact } = sources;
	const parts = [
		part(
			'computer.json',
			said`Versions, processor, memory, graphics, and the results of the system check`,
			sources.doctor,
		),
		part('settings.json', said`All settings; of texts only their length`, settingsWithoutText(sources.settings)),
		part('models.json', said`Models in the library: name, architecture, size, hash and problems`, models(sources)),
		part('database.json', said`Row counts of each table, and backups; no content`, await databaseFacts(sources)),
		part('storage.json', said`Disk space used by the data folder`, storageFacts(sources.storage)),
		part(
			'activity.json',
			said`Answers, loads, crashes, downloads and network requests: models, hosts, times, outcomes`,
			await activity(sources),
		),
		spoken({
			name: 'log.txt',
			description: said`The end of the program’s own log, which never contains your text`,
			text: await logText(sources),
		}),
	];
	return {
		fileName: `assay-diagnostics-${new Date(now).toISOString().slice(0, 16).replaceAll(':', '-')}.json`,
		madeAt: now,
		parts: parts.map(({ text, ...rest }) => ({ ...rest, text: redact(text) })),
	};
}

function part(name: string, description: Said, content: unknown): DiagnosticPart {
	return spoken({ name, description, text: JSON.stringify(content, withoutMessages, 2) });
}

/** Lists settings by name, so that a new setting stays out until a developer has decided that it is safe. */
function settingsWithoutText(settings: Settings): object {
	const { theme, networkBlocked, collectSignals, listWidth, inspectorOpen, inspectorWidth, keys, sampling } = settings;
	const { stop, ...numbers } = sampling;
	return {
		theme,
		networkBlocked,
		collectSignals,
		listWidth,
		inspectorOpen,
		inspectorWidth,
		keys,
		sampling: { ...numbers, stopTexts: stop.length },
		systemPromptCharacters: settings.systemPrompt.length,
	};
}

function models({ models: files }: DiagnosticSources): object[] {
	return files.map(
		({ name, sizeBytes, sha256, architecture, parameters, quantization, contextLength, chat, problem }) => ({
			name,
			sizeBytes,
			sha256,
			architecture,
			parameters,
			quantization,
			contextLength,
			chat,
			problem: problem?.code ?? null,
		}),
	);
}

async function databaseFacts({ reader, backups }: DiagnosticSources): Promise<object> {
	const tables = await reader.all<{ name: string }>(
		`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '%\\_fts\\_%' ESCAPE '\\'
		 AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name`,
	);
	const rows: Record<string, number> = {};
	for (const { name } of tables) {
		const [count] = await reader.all<{ n: number }>(`SELECT count(*) AS n FROM "${name.replaceAll('"', '""')}"`);
		rows[name] = count?.n ?? 0;
	}
	return {
		rows,
		backups: backups.map(({ kind, createdAt, sizeBytes }) => ({
			kind,
			createdAt: new Date(createdAt).toISOString(),
			sizeBytes,
		})),
	};
}

function storageFacts({ parts, totalBytes, elsewhere, disk }: Storage): object {
	return { parts: parts.map(({ path: _path, ...rest }) => rest), totalBytes, modelsElsewhere: elsewhere, disk };
}

async function activity({ reader }: DiagnosticSources): Promise<object[]> {
	// Leaves out jobs: their titles may contain names that the user chose.
	const rows = await reader.all<{ at: number; kind: string; subject: string; outcome: string; detail: string }>(
		`SELECT e.at, e.kind, e.subject, e.outcome, e.detail FROM events e
		 WHERE ${present} AND e.kind <> 'job' ORDER BY e.id DESC LIMIT :maxEvents`,
		{ maxEvents },
	);
	return rows.map(({ at, detail, ...rest }) => ({
		at: new Date(at).toISOString(),
		...rest,
		detail: JSON.parse(detail),
	}));
}

/** The window keeps a log file; other hosts have only the log lines of this run. */
async function logText({ dataFolder, logLines }: DiagnosticSources): Promise<string> {
	const path = join(dataFolder, 'logs', 'assay.log');
	const size = await stat(path).then(
		(facts) => facts.size,
		() => null,
	);
	if (size === null) return logLines.length > 0 ? logLines.join('\n') : 'Nothing has been logged since the start.';
	const text = await readFile(path, 'utf8');
	return text.length <= maxLogBytes ? text : text.slice(-maxLogBytes).replace(/^[^\n]*\n/, '');
}
