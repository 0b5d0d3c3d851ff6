import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Failure } from '../../models/contract/failure.ts';
import type { Turn } from '../../models/contract/generation.ts';
import { figure, said, size } from '../../models/contract/said.ts';
import { readCollectionTexts } from '../context/retrieval/chunk-store.ts';
import { getLiveCollection } from '../context/retrieval/store.ts';
import type { TrainingConfig } from '../contract/adaptation/schema.ts';
import type { NewSample, Sample } from '../contract/dataset/schema.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { readSamples } from '../dataset/read-version.ts';
import { questionText, sampleKey } from '../prompt/same-question.ts';
import type { AdaptationContext } from './context.ts';

/** The split that base and adapter are compared on: never trained on next to others. */
export const heldOutSplit = 'test';

/** Whether data is text to continue: it has no questions and answers. */
export function isText(
	data: TrainingConfig['data'],
): data is Extract<TrainingConfig['data'], { kind: 'texts' | 'documents' }> {
	return data.kind === 'texts' || data.kind === 'documents';
}

/** A sample to learn from, whatever it came from. */
export interface GatheredSample {
	readonly key: string;
	/** null: not in a dataset yet. */
	readonly sampleId: number | null;
	readonly split: string | null;
	/** Samples that share one are not independent, such as those of one conversation. */
	readonly cluster: string | null;
	/** Its question, normalised, to find near duplicates. */
	readonly question: string;
	/** Hash of question and answer: a second sample with the same one adds nothing. */
	readonly hash: string;
	readonly content:
		| { readonly turns: readonly Turn[]; readonly answer: string | null; readonly rejected: string | null }
		| { readonly text: string; readonly continues?: true };
}

/** Work between two runs of the event loop, ms: half a frame of the window. */
const sliceMs = 8;

/** Lets other work run between samples. Throws the signal's reason. */
export async function* inSlices<T>(items: Iterable<T>, signal?: AbortSignal): AsyncGenerator<T> {
	let began = performance.now();
	for (const item of items) {
		yield item;
		if (performance.now() - began < sliceMs) continue;
		await nextTurn();
		signal?.throwIfAborted();
		began = performance.now();
	}
}

/** Reads what a config wants to learn from. Throws the Failures of datasets and files. */
export async function gatherSamples(
	context: Pick<AdaptationContext, 'database' | 'datasets'>,
	{ data, objective }: Pick<TrainingConfig, 'data' | 'objective'>,
	signal?: AbortSignal,
): Promise<readonly GatheredSample[]> {
	if (data.kind === 'texts') return gatherTexts(data.paths, signal);
	if (data.kind === 'documents') return gatherDocuments(context.database, data.collectionIds, signal);
	const samples: GatheredSample[] = [];
	if (data.kind === 'feedback') {
		for await (const { sample, source } of context.datasets.fromConversations.gather(data.filter, signal)) {
			const key = sample.key ?? `message ${source.kind === 'message' ? source.messageId : samples.length + 1}`;
			samples.push(gatheredOf({ ...contentOf(sample), key, id: null, split: null }, objective));
		}
		return samples;
	}
	const versionId = data.versionId ?? context.datasets.manage.get(data.datasetId).dataset.latest.id;
	for await (const sample of inSlices(readSamples(context.database, versionId, { split: data.split }), signal)) {
		if (!data.tags.every((tag) => sample.tags.includes(tag))) continue;
		samples.push(gatheredOf(sample, objective));
	}
	return samples;
}

/**
 * Reads all samples of the version's split “test”, whatever its config chooses: base and adapter are compared on them.
 * Throws the Failures of datasets.
 */
export async function gatherApart(
	{ database, datasets }: Pick<AdaptationContext, 'database' | 'datasets'>,
	{ data, objective }: Pick<TrainingConfig, 'data' | 'objective'>,
	signal?: AbortSignal,
): Promise<readonly GatheredSample[]> {
	const samples: GatheredSample[] = [];
	if (data.kind !== 'dataset') return samples;
	const versionId = data.versionId ?? datasets.manage.get(data.datasetId).dataset.latest.id;
	for await (const sample of inSlices(readSamples(database, versionId, { split: heldOutSplit }), signal)) {
		samples.push(gatheredOf(sample, objective));
	}
	return samples;
}

function contentOf(sample: NewSample) {
	return {
		input: sample.input,
		target: sample.target ?? null,
		choices: sample.choices ?? null,
		metadata: sample.metadata ?? {},
		cluster: sample.cluster ?? null,
	};
}

function gatheredOf(
	sample: Pick<Sample, 'key' | 'input' | 'target' | 'choices' | 'metadata' | 'cluster'> & {
		readonly id: number | null;
		readonly split: string | null;
	},
	objective: TrainingConfig['objective'],
): GatheredSample {
	const { key, id, split, cluster, input, target } = sample;
	const turns: readonly Turn[] = typeof input === 'string' ? [{ role: 'user', content: input }] : input;
	const { rejected } = sample.metadata;
	const text = [...turns.map(({ content }) => content), ...(target === null ? [] : [target])].join('\n');
	return {
		...{ key, sampleId: id, split, cluster },
		question: questionText(sample),
		hash: sampleKey(sample),
		content:
			objective === 'text'
				? { text }
				: { turns, answer: target, rejected: typeof rejected === 'string' && rejected !== '' ? rejected : null },
	};
}

/** Most bytes of all texts together, and most files that are looked at. */
const mostBytes = 64_000_000;
const mostFiles = 20_000;

/** Characters of one piece of a text, at most: pieces end between paragraphs where they can. */
const pieceLength = 4_000;

/** Bytes at the start of a file, among which a zero shows that it is no text. */
const sniffedBytes = 4096;

/** Names in folders that hold no texts of a person. */
const skipped: ReadonlySet<string> = new Set(['node_modules', '__pycache__']);

async function gatherTexts(paths: readonly string[], signal?: AbortSignal): Promise<readonly GatheredSample[]> {
	const samples: GatheredSample[] = [];
	for (const [path, name] of await findTexts(paths, signal)) {
		signal?.throwIfAborted();
		const text = await readPlainText(path);
		if (text !== null) await addPieces(samples, { name, source: path, text }, signal);
		else if (paths.includes(path)) throw notText(path);
	}
	return samples;
}

/**
 * Finds the files to read, each once, with their names in messages. Throws before any of them is read if they are more than
 * can be learned from.
 */
async function findTexts(paths: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, string>> {
	const found = new Map<string, string>();
	let [bytes, files] = [0, 0];
	/** Whether it seems to be text. */
	const look = async (path: string, name: string): Promise<boolean> => {
		signal?.throwIfAborted();
		files += 1;
		if (files > mostFiles) throw tooMany();
		const own = found.has(path) ? 0 : await textSize(path);
		if (own === null) return false;
		bytes += own;
		if (bytes > mostBytes) throw tooMany();
		found.set(path, name);
		return true;
	};
	for (const path of paths) {
		const facts = await stat(path).catch(() => null);
		if (facts?.isDirectory()) {
			let texts = 0;
			for await (const file of filesIn(path)) if (await look(file, relative(path, file))) texts += 1;
			if (texts === 0) throw textUnreadable(path, said`the folder has no text files`);
		} else if (facts === null || !facts.isFile()) throw textUnreadable(path, said`there is no such file`);
		else if (!(await look(path, basename(path)))) throw notText(path);
	}
	return found;
}

/** Lists the files of a folder and the folders in it, in the order of their names. */
async function* filesIn(folder: string): AsyncGenerator<string> {
	const folders = [folder];
	for (let next = folders.shift(); next !== undefined; next = folders.shift()) {
		const entries = await readdir(next, { withFileTypes: true }).catch(() => []);
		for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
			if (entry.name.startsWith('.') || skipped.has(entry.name)) continue;
			// A link could lead anywhere, also back.
			if (entry.isDirectory()) folders.push(join(next, entry.name));
			else if (entry.isFile()) yield join(next, entry.name);
		}
	}
}

/** Returns the size of a file that seems to be text, bytes; null: it does not, or can't be read. */
async function textSize(path: string): Promise<number | null> {
	try {
		const handle = await open(path, 'r');
		try {
			const { bytesRead, buffer } = await handle.read(Buffer.alloc(sniffedBytes), 0, sniffedBytes, 0);
			return buffer.subarray(0, bytesRead).includes(0) ? null : (await handle.stat()).size;
		} finally {
			await handle.close();
		}
	} catch {
		return null;
	}
}

/** Returns the text of a file; null: it is no text, can't be read, or has grown too large since it was found. */
async function readPlainText(path: string): Promise<string | null> {
	const parts: Buffer[] = [];
	let length = 0;
	try {
		for await (const part of createReadStream(path)) {
			parts.push(part as Buffer);
			length += (part as Buffer).length;
			if (length > mostBytes || (part as Buffer).includes(0)) return null;
		}
	} catch {
		return null;
	}
	const bytes = Buffer.concat(parts);
	return isUtf8(bytes) ? bytes.toString('utf8') : null;
}

/** Reads the text of all documents of these collections. Throws Failure `collection-unknown`, `collection-in-trash`. */
async function gatherDocuments(
	database: ReadableDatabase,
	collectionIds: readonly number[],
	signal?: AbortSignal,
): Promise<readonly GatheredSample[]> {
	const samples: GatheredSample[] = [];
	for (const id of collectionIds) {
		const { name } = getLiveCollection(database, id);
		for await (const { documentId, title, text } of inSlices(readCollectionTexts(database, id), signal)) {
			await addPieces(samples, { name: `${name}, ${title}`, source: `document ${documentId}`, text }, signal);
		}
	}
	return samples;
}

/** Adds a text piece by piece. */
async function addPieces(
	samples: GatheredSample[],
	{ name, source, text }: { readonly name: string; readonly source: string; readonly text: string },
	signal?: AbortSignal,
): Promise<void> {
	let index = -1;
	for await (const { piece, continues } of inSlices(piecesOf(text.trimEnd()), signal)) {
		index += 1;
		const question = piece.toLowerCase().replaceAll(/\s+/g, ' ').trim();
		if (question === '') continue;
		samples.push({
			key: `${name} ${index + 1}`,
			...{ sampleId: null, split: null, question, hash: question },
			// Pieces of one part of a file are about the same things.
			cluster: `${source} ${Math.floor(index / 8)}`,
			content: { text: piece, ...(continues ? { continues: true } : {}) },
		});
	}
}

/** Cuts a text between paragraphs; a longer paragraph is cut between lines, then anywhere. */
function* piecesOf(text: string): Generator<{ readonly piece: string; readonly continues: boolean }> {
	let current = '';
	for (const part of partsOf(text)) {
		if (current.length + part.length > pieceLength && current !== '') {
			yield { piece: current, continues: true };
			current = '';
		}
		current += part;
	}
	if (current !== '') yield { piece: current, continues: false };
}

/** Paragraphs with the empty lines after them; of one longer than a piece, its lines or parts of them. */
function* partsOf(text: string): Generator<string> {
	let start = 0;
	let isLong = false;
	for (let at = 0; at < text.length; ) {
		const next = text.indexOf('\n', at);
		const end = next === -1 ? text.length : next + 1;
		const isLast = end === text.length || (at > 0 && text.slice(at, end).trim() === '');
		isLong ||= end - start > pieceLength;
		if (isLong) for (const [part] of text.slice(start, end).matchAll(/[^\n]{1,4000}\n?|\n/g)) yield part;
		else if (isLast) yield text.slice(start, end);
		if (isLong || isLast) start = end;
		if (isLast) isLong = false;
		at = end;
	}
}

function tooMany(): Failure {
	return new Failure({
		code: 'training-texts-too-large',
		message: said`A model can learn from at most ${size(mostBytes)} of text in ${figure(mostFiles)} files at once.`,
		next: [said`Choose fewer files or smaller folders`],
	});
}

function notText(path: string): Failure {
	return textUnreadable(path, said`it is not a text file`);
}

function textUnreadable(path: string, reason: ReturnType<typeof said>): Failure {
	return new Failure({
		code: 'training-text-unreadable',
		message: said`${path} can’t be learned from: ${reason}.`,
		next: [said`Choose a text file`, said`Save the document as text first`],
	});
}
