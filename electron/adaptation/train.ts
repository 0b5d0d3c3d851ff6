import { createHash } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { Failure, failureFacts } from '../../models/contract/failure.ts';
import { type TrainingOptionsInput, trainingLineSchema } from '../../models/contract/native/training-run.ts';
import { amount, figure, type Said, said, spoken } from '../../models/contract/said.ts';
import { isPartName, writeWhole } from '../../models/native/output-file.ts';
import type { TrainingEnd, TrainingSession } from '../../models/native/training-run/session.ts';
import { type TrainingConfig, type TrainingProgress, trainingConfigSchema } from '../contract/adaptation/schema.ts';
import { parametersSchema } from '../contract/evaluation/run-config.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import { holdForChat } from '../jobs/hold-for-chat.ts';
import { waitForChatIdle } from '../jobs/yield-to-chat.ts';
import { newAdapterPath } from '../library/adapters/convert-adapters.ts';
import type { AdaptationContext } from './context.ts';
import { sampleTokens, threadsOf } from './prepare-run.ts';
import {
	getTraining,
	insertPoint,
	notePeak,
	readTrainingSamples,
	type StoredTraining,
	setCheckpoint,
	setSampleAnswer,
	setTrainingAdapter,
	setTrainingStarted,
	setTrainingStatus,
	setTrainingWarning,
} from './store.ts';

/** What a run is doing, for people. */
export interface TrainingNow {
	readonly phase: TrainingProgress['phase'];
	readonly doing: Said | null;
	readonly held: boolean;
}

/** How the queue steers a run. */
export interface TrainingControl {
	/** Aborts when the run is to pause. */
	readonly signal: AbortSignal;
	/** Set while the training process runs. */
	session: TrainingSession | null;
	/** A person asked for the best weights so far. */
	isFinishing: boolean;
	now(now: TrainingNow): void;
	/** A new point of the loss curve. */
	points(): void;
}

/** The run was paused while it trained; its checkpoint is written. */
class Paused extends Error {}

/** Files of a run in its folder. */
export function runFolder({ folder }: Pick<AdaptationContext, 'folder'>, id: number): string {
	return join(folder, String(id));
}

export function dataPath(context: Pick<AdaptationContext, 'folder'>, id: number): string {
	return join(runFolder(context, id), 'data.jsonl');
}

/** Writes the samples of a new run, whole or not at all. They are for this user only: conversations may be among them. */
export async function writeData(context: AdaptationContext, id: number, text: string): Promise<void> {
	// After a backup was restored, a number can be that of a run which only the newer database knew.
	await rm(runFolder(context, id), { recursive: true, force: true });
	await mkdir(runFolder(context, id), { recursive: true, mode: 0o700 });
	await writeText(dataPath(context, id), text);
}

function writeText(path: string, text: string): Promise<void> {
	return writeWhole(
		path,
		(part) => writeFile(part, text),
		async () => {},
	);
}

export function configOf({ config }: Pick<StoredTraining, 'config'>): TrainingConfig {
	return trainingConfigSchema.parse(JSON.parse(config));
}

/**
 * Trains the rest of a run: lets the base answer the fixed prompts, trains, puts the adapter into the library, and lets
 * it answer the same prompts. Never rejects: the database says how it ended. A kill at any instant loses at most what
 * was trained since the last checkpoint.
 */
export async function trainRun(context: AdaptationContext, id: number, control: TrainingControl): Promise<void> {
	const { database, clock, log } = context;
	try {
		setTrainingStatus(database, id, 'running', { startedAt: clock() });
		const training = getTraining(database, id);
		const config = configOf(training);
		const base = context.library.modelFile(config.modelFileId);
		control.now({ phase: 'preparing', doing: said`Preparing`, held: false });
		await checkData(context, training);
		await context.library.unloadAll();
		await answerSamples(context, id, base, 'before', control);
		if (config.objective === 'distill') await askTeacher(context, id, config, control);
		if (training.adapter === null) {
			const end = await trainSteps(context, training, config, base, control);
			if (end.adapter === null) throw new Paused();
			await keepAdapter(context, training, base, end);
		}
		await answerSamples(context, id, base, 'after', control);
		setTrainingStatus(database, id, 'done', { endedAt: clock() });
	} catch (error) {
		try {
			if (error instanceof Paused || control.signal.aborted) setTrainingStatus(database, id, 'paused');
			else {
				const failure = failureFacts(error);
				if (failure.code === 'internal') log(`training: ${failure.detail ?? failure.message}`);
				setTrainingStatus(database, id, 'failed', { failure, endedAt: clock() });
			}
		} catch (cause) {
			// On a full disk even this write fails; the next start treats the run as abandoned.
			log(`training: run ${id} could not be marked as ended: ${String(cause)}`);
		}
	} finally {
		control.session = null;
		control.now({ phase: 'none', doing: null, held: false });
	}
}

/** The samples were written with the run, and must be those of its manifest. */
async function checkData(context: AdaptationContext, { id, manifest }: StoredTraining): Promise<void> {
	const { samples } = JSON.parse(manifest) as { samples: { sha256: string } };
	const text = await readFile(dataPath(context, id)).catch(() => null);
	if (text !== null && createHash('sha256').update(text).digest('hex') === samples.sha256) return;
	throw new Failure({
		code: 'training-data-unreadable',
		message:
			text === null
				? said`The samples of this training are missing.`
				: said`The samples of this training were changed.`,
		next: [said`Start the training again`],
		detail: dataPath(context, id),
	});
}

async function trainSteps(
	context: AdaptationContext,
	{ id, name, manifest }: StoredTraining,
	config: TrainingConfig,
	base: ModelFile,
	control: TrainingControl,
): Promise<TrainingEnd> {
	const { database, library, clock } = context;
	// The template that the run started with: another one, chosen since, gives other tokens than the checkpoint's.
	const { chatTemplate } = (JSON.parse(manifest) as { base: { chatTemplate: string | null } }).base;
	let steps = 0;
	let step = 0;
	let held = false;
	const tell = (doing?: Said): void =>
		control.now({
			phase: 'training',
			held,
			doing: held ? said`Waiting until the chat answer is complete` : (doing ?? describeStep(step, steps)),
		});
	const training: TrainingOptionsInput = {
		model: base.path,
		...(chatTemplate === null ? {} : { chatTemplate: { source: chatTemplate, stop: [] } }),
		data: config.objective === 'distill' ? taughtPath(context, id) : dataPath(context, id),
		objective: config.objective,
		settings: config.settings,
		teacher: config.teacherFileId === null ? null : library.modelFile(config.teacherFileId).path,
		folder: runFolder(context, id),
		name,
		threads: threadsOf(config),
	};
	await waitForChatIdle(context, control.signal);
	tell();
	const session = context.openTraining({
		training,
		onFrame(frame) {
			switch (frame.type) {
				case 'started':
					({ step } = frame);
					({ steps } = frame.plan);
					setTrainingStarted(database, id, {
						steps,
						step,
						conditions: conditionsOf(context, frame.conditions, config),
					});
					tell();
					control.points();
					break;
				case 'point':
					({ step } = frame.point);
					insertPoint(database, id, frame.point);
					tell();
					control.points();
					break;
				case 'validating':
					// The point of this step comes with its validation.
					({ step } = frame);
					tell(said`Step ${figure(step)} of ${figure(steps)}: validating`);
					break;
				case 'checkpoint':
					setCheckpoint(database, id, { step: frame.step, sizeBytes: frame.sizeBytes, at: clock() });
					break;
				case 'beat':
					notePeak(database, id, frame.beat.peakResidentBytes);
			}
		},
	});
	control.session = session;
	if (control.isFinishing) session.finish();
	const pause = (): void => session.pause();
	control.signal.addEventListener('abort', pause, { once: true });
	if (control.signal.aborted) pause();
	const chat = holdForChat(context, session, {
		needsAllMemory: false,
		onHold(stop) {
			held = stop;
			tell();
		},
	});
	try {
		return await session.ended;
	} finally {
		chat.end();
		control.session = null;
		control.signal.removeEventListener('abort', pause);
	}
}

function describeStep(step: number, steps: number): Said {
	if (steps === 0) return said`Reading the samples`;
	if (step === 0) return said`Computing the first of ${amount(steps, 'step')}`;
	return said`Step ${figure(step)} of ${figure(steps)}`;
}

function conditionsOf(
	{ library }: AdaptationContext,
	{ engine, systemInfo }: { engine: string; systemInfo: string },
	config: TrainingConfig,
): Record<string, string | number> {
	return {
		engine,
		systemInfo,
		engineBuild: library.engineBuild(),
		threads: threadsOf(config),
		processor: cpus()[0]?.model.trim() ?? 'unknown',
		cores: cpus().length,
		memoryBytes: totalmem(),
	};
}

/** Puts the finished adapter into the library. */
async function keepAdapter(
	context: AdaptationContext,
	{ id, name, manifest, datasetVersionId }: StoredTraining,
	base: ModelFile,
	{ adapter, outcome, peakResidentBytes }: TrainingEnd,
): Promise<void> {
	const { database, clock } = context;
	if (adapter === null) return;
	notePeak(database, id, peakResidentBytes);
	// Moved to the library's folder, so that the library can delete it and the run's folder can be removed. The path is
	// new: a later run may get the number of a removed one.
	const path = newAdapterPath(context.adapters.folder, `training-${id}`);
	await mkdir(context.adapters.folder, { recursive: true });
	await rename(adapter.path, path);
	const { base: trainedOn } = JSON.parse(manifest) as { base: { sha256: string } };
	const added = await context.adapters.register({
		name,
		path,
		origin: 'trained',
		trainingRunId: id,
		datasetVersionId,
		manifest,
		licenceNote: base.license ?? '',
		base: { ...base, sha256: trainedOn.sha256 },
		exact: true,
	});
	setTrainingAdapter(database, id, { ...adapter, path: added.path, id: added.id });
	setTrainingStatus(database, id, 'running', { startedAt: clock(), outcome: outcome === 'paused' ? null : outcome });
	await removeCheckpoints(runFolder(context, id));
}

/** A finished run needs its samples only, to be looked at and repeated. */
async function removeCheckpoints(folder: string): Promise<void> {
	for (const name of await readdir(folder)) {
		const isOver = /^(?:checkpoint-.*\.bin|best-.*\.gguf|state\.json)$/.test(name) || isPartName(name);
		if (isOver) await rm(join(folder, name), { force: true });
	}
}

/** The samples with the teacher's answers. */
function taughtPath(context: Pick<AdaptationContext, 'folder'>, id: number): string {
	return join(runFolder(context, id), 'taught.jsonl');
}

/** The teacher's answers as they came, '' where there is none: one line for each sample, so that asking can continue. */
function askedPath(context: Pick<AdaptationContext, 'folder'>, id: number): string {
	return join(runFolder(context, id), 'asked.jsonl');
}

/** Rows that the teacher answers side by side, none depending on another, and stored together: a pause loses at most these. */
const teacherWidth = 8;

/** Stop reasons of an answer that was cut off. */
const cutReasons: ReadonlySet<string> = new Set(['max-tokens', 'context-full']);

/** Lets the larger model answer every sample, and stores its answers as those to learn. */
async function askTeacher(
	context: AdaptationContext,
	id: number,
	config: TrainingConfig,
	control: TrainingControl,
): Promise<void> {
	if (config.teacherFileId === null) return;
	const teacher = context.library.modelFile(config.teacherFileId);
	const path = askedPath(context, id);
	const lines = (await readFile(dataPath(context, id), 'utf8')).split('\n').filter(Boolean);
	const before = await readFile(path, 'utf8').catch(() => '');
	// The last line of a file that was cut off has no end.
	const kept = before.slice(0, before.lastIndexOf('\n') + 1);
	const done = kept.split('\n').filter(Boolean).length;
	if (done < lines.length) {
		await writeFile(path, kept);
		await askRest(context, id, config, { teacher, lines, done }, control);
	}
	await writeTaught(context, id, teacher.name);
}

/** Writes the samples that the teacher answered, and says how many it left without an answer or cut. */
async function writeTaught(context: AdaptationContext, id: number, teacher: string): Promise<void> {
	const lines = (await readFile(askedPath(context, id), 'utf8')).split('\n').filter(Boolean);
	const answers = lines.map((line) => trainingLineSchema.parse(JSON.parse(line)).content);
	const taught = lines.filter((_, at) => {
		const content = answers[at];
		return content !== undefined && 'answer' in content && content.answer !== '';
	});
	if (taught.length === 0) {
		throw new Failure({
			code: 'training-teacher-silent',
			message: said`${teacher} gave no answer to any sample.`,
			next: [said`Choose another model to learn from`, said`Allow longer samples`],
		});
	}
	await writeText(taughtPath(context, id), taught.map((line) => `${line}\n`).join(''));
	const silent = lines.length - taught.length;
	if (silent > 0) {
		const message = said`${teacher} gave no answer to ${amount(silent, 'sample')}: they are left out.`;
		setTrainingWarning(context.database, id, spoken({ code: 'teacher-silent', message }));
	}
	const cut = answers.filter((content) => 'cut' in content && content.cut === true).length;
	if (cut > 0) {
		const message = said`${teacher} was cut in its answer to ${amount(cut, 'sample')}: their beginning is learned, without an end.`;
		setTrainingWarning(context.database, id, spoken({ code: 'teacher-cut', message }));
	}
}

/** Asks the teacher the samples that it was not asked yet. */
async function askRest(
	context: AdaptationContext,
	id: number,
	config: TrainingConfig,
	{ teacher, lines, done }: { teacher: ModelFile; lines: readonly string[]; done: number },
	control: TrainingControl,
): Promise<void> {
	const chatTemplate = context.library.chatTemplate(teacher.id);
	let asked = done;
	const tell = (held: boolean): void =>
		control.now({
			...{ phase: 'preparing', held },
			doing: held
				? said`Waiting until the chat answer is complete`
				: said`Asking ${teacher.name}: ${asked} of ${amount(lines.length, 'sample')}`,
		});
	tell(context.answering());
	await waitForChatIdle(context, control.signal);
	const session = await context.openSession({
		...{ model: teacher.path, width: teacherWidth, independent: true, threads: threadsOf(config) },
		contextSize: Math.min(teacher.contextLength ?? 4096, 2 * config.settings.maxTokens),
		...(chatTemplate === null ? {} : { chatTemplate }),
		signal: control.signal,
	});
	const chat = holdForChat(context, session, { needsAllMemory: false, onHold: tell });
	try {
		const parameters = parametersSchema.parse({ maxTokens: Math.max(16, config.settings.maxTokens >> 1) });
		for (let at = done; at < lines.length; at += teacherWidth) {
			const some = lines.slice(at, at + teacherWidth).map((line) => trainingLineSchema.parse(JSON.parse(line)));
			asked = at;
			tell(false);
			const rows = await session.generate(
				some.map(({ content }) => ({
					prompt: { turns: 'turns' in content ? content.turns : [{ role: 'user' as const, content: content.text }] },
					sampling: parameters,
					seed: 0,
				})),
				{
					signal: control.signal,
					onRow() {
						asked += 1;
						tell(context.answering());
					},
				},
			);
			const written = some.map(({ content, ...line }, index) => {
				const row = rows[index];
				const answer = row === undefined || 'failure' in row ? '' : row.text.trim();
				const isCut = row !== undefined && 'text' in row && cutReasons.has(row.stopReason);
				const answered = { ...content, answer, ...(isCut && answer !== '' ? { cut: true } : {}) };
				return `${JSON.stringify({ ...line, content: answered })}\n`;
			});
			await appendFile(askedPath(context, id), written.join(''), { flush: true });
		}
	} finally {
		chat.end();
		await session.close();
	}
}

/** Lets the base, or the base with the adapter, answer the fixed prompts that have no answer yet. */
async function answerSamples(
	context: AdaptationContext,
	id: number,
	base: ModelFile,
	when: 'before' | 'after',
	control: TrainingControl,
): Promise<void> {
	const { database } = context;
	const all = [...readTrainingSamples(database, id).entries()];
	const left = all.filter(([, sample]) => sample[when] === null);
	if (left.length === 0) return;
	const phase = when === 'before' ? 'trying-base' : 'trying-adapter';
	let answered = all.length - left.length;
	const doing = (): Said => {
		const of = [figure(Math.min(answered + 1, all.length)), figure(all.length)] as const;
		return when === 'before'
			? said`The base answers sample prompt ${of[0]} of ${of[1]}`
			: said`The adapter answers sample prompt ${of[0]} of ${of[1]}`;
	};
	const tell = (held: boolean): void =>
		control.now({ phase, held, doing: held ? said`Waiting until the chat answer is complete` : doing() });
	tell(context.answering());
	await waitForChatIdle(context, control.signal);
	const { adapter } = getTraining(database, id);
	const chatTemplate = context.library.chatTemplate(base.id);
	const session = await context.openSession({
		model: base.path,
		width: 1,
		threads: threadsOf(configOf(getTraining(database, id))),
		gpu: 'cpu',
		...(chatTemplate === null ? {} : { chatTemplate }),
		...(when === 'after' && adapter !== null
			? { adapters: [{ path: (JSON.parse(adapter) as { path: string }).path, scale: 1 }] }
			: {}),
		signal: control.signal,
	});
	const chat = holdForChat(context, session, { needsAllMemory: false, onHold: tell });
	try {
		tell(false);
		const parameters = parametersSchema.parse({ maxTokens: sampleTokens });
		await session.generate(
			left.map(([, { turns }]) => ({
				prompt: session.facts.chat ? { turns } : { text: turns.map(({ content }) => content).join('\n') },
				sampling: parameters,
				seed: 0,
			})),
			{
				signal: control.signal,
				onRow(index, row) {
					const position = left[index]?.[0];
					if (position === undefined) return;
					const text = 'failure' in row ? row.failure.message : row.text;
					setSampleAnswer(database, id, position, when === 'before' ? { before: text } : { after: text });
					answered += 1;
					tell(context.answering());
					control.points();
				},
			},
		);
	} finally {
		chat.end();
		await session.close();
	}
}
