import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import { oneLine } from '../../conversation/clean-text.ts';
import { createParserPool, type ParserPool } from '../../parsing/parser-pool.ts';
import type { ParserProgram } from '../../parsing/parser-process.ts';
import { type ParserLimits, ParserStopped } from '../../parsing/parser-stopped.ts';
import {
	type DocumentBlock,
	documentEndSchema,
	documentPartSchema,
	maxDocumentBlocks,
	maxDocumentCharacters,
	type ParsedDocument,
	unpackBlocks,
} from './parsed-document.ts';

/**
 * A document that takes longer is probably malicious: a thousand pages take about ten seconds. So is one that needs more
 * memory. Documents come in parts of some hundred kilobytes; outputBytes limits a part.
 */
const readingLimits: ParserLimits = { memoryMb: 1_024, silenceMs: 60_000, outputBytes: 8 * 1024 * 1024 };

/** Longest name kept, characters; file systems allow 255. */
const maxNameLength = 255;

/** A file on disk, or content that has no file, such as a pasted text. `name` decides how a text is read. */
export type DocumentSource =
	| { readonly name: string; readonly path: string }
	| { readonly name: string; readonly bytes: Uint8Array };

/** Creates the processes that read documents. */
export function createDocumentPool(
	program: Partial<ParserProgram> = {},
	limits: Partial<ParserLimits> = {},
): ParserPool {
	return createParserPool({ entry: documentEntry, ...program }, { ...readingLimits, ...limits });
}

/**
 * Reads a document of any format in a parser process. Throws Failure `document-too-large`, `document-too-long`,
 * `document-too-complex`, `document-empty`, `document-not-text`, `document-unreadable`, `document-locked`,
 * `document-missing`, `text-encoding-unknown`, `pdf-locked`, `pdf-unreadable`, `pdf-without-text`,
 * `file-yields-too-much`, `parser-died`; the signal's reason after an abort.
 */
export async function readDocument(
	source: DocumentSource,
	{ signal, pool }: { readonly signal?: AbortSignal | undefined; readonly pool?: ParserPool | undefined } = {},
): Promise<ParsedDocument> {
	const name = oneLine(source.name.replaceAll(/^.*[/\\]/gu, '')).slice(0, maxNameLength) || 'Unnamed file';
	const isFile = 'path' in source;
	const task: DocumentTask = { name, path: isFile ? source.path : null };
	const readers = pool ?? createDocumentPool();
	const texts: string[] = [];
	const blocks: DocumentBlock[] = [];
	let length = 0;
	try {
		const end = await readers.run(task, {
			signal,
			...(isFile ? {} : { bytes: source.bytes }),
			onMessage(message) {
				const part = documentPartSchema.parse(message);
				length += part.text.length;
				texts.push(part.text);
				for (const block of unpackBlocks(part.blocks)) blocks.push(block);
				if (length > maxDocumentCharacters || blocks.length > maxDocumentBlocks) throw new Error('it sends too much');
			},
		});
		const text = texts.join('');
		const last = blocks.at(-1);
		if (last !== undefined && last.offset + last.length > text.length) throw new Error('blocks lie outside the text');
		return { ...documentEndSchema.parse(end), text, blocks };
	} catch (error) {
		throw error instanceof ParserStopped ? stoppedFailure(name, error) : error;
	} finally {
		if (pool === undefined) await readers.close();
	}
}

function stoppedFailure(name: string, stopped: ParserStopped): Failure {
	const next = [said`Save the file again with another program`, said`Paste the text that matters`];
	if (stopped.reason === 'died') {
		return stopped.failure({ what: said`the file ${name}`, subject: said`The file ${name}` }, next);
	}
	return new Failure(
		{ code: 'document-too-complex', message: said`The file ${name} ${stopped.why}.`, next },
		{ cause: stopped },
	);
}

/** A document for the parser process; null: its bytes come with the task. */
export interface DocumentTask {
	readonly name: string;
	readonly path: string | null;
}

/** Location of the parser's code: next to this file in a checkout, or next to the bundle under its name in the build. */
const documentEntry = new URL(
	import.meta.url.endsWith('.ts') ? './document-worker.ts' : './document-worker.js',
	import.meta.url,
);
