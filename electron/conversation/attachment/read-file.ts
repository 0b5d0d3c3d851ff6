import { z } from 'zod';
import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import { attachmentTooLarge, maxAttachmentBytes } from '../../contract/conversation/attachment-limits.ts';
import type { AttachedText } from '../../contract/conversation/schema.ts';
import type { TextEncoding } from '../../contract/text-encoding.ts';
import { createParserPool, type ParserPool } from '../../parsing/parser-pool.ts';
import type { ParserProgram } from '../../parsing/parser-process.ts';
import { type ParserLimits, ParserStopped } from '../../parsing/parser-stopped.ts';
import { oneLine } from '../clean-text.ts';

/**
 * A file that takes longer is probably malicious: a thousand pages take about ten seconds. So is one that needs more
 * memory. The longest text that can be attached takes 24 MB as JSON.
 */
const readingLimits: ParserLimits = { memoryMb: 768, silenceMs: 60_000, outputBytes: 32 * 1024 * 1024 };

/** Longest name kept, characters; file systems allow 255. */
const maxNameLength = 255;

/** Creates the processes that read attachments. */
export function createReadingPool(
	program: Partial<ParserProgram> = {},
	limits: Partial<ParserLimits> = {},
): ParserPool {
	return createParserPool({ entry: readingEntry, ...program }, { ...readingLimits, ...limits });
}

/**
 * Reads the text of a file in a parser process. Throws Failure `attachment-too-large`, `attachment-empty`,
 * `attachment-not-text`, `attachment-too-long`, `attachment-too-complex`, `text-encoding-unknown`, `pdf-locked`,
 * `pdf-unreadable`, `pdf-without-text`, `parser-died`; the signal's reason after an abort.
 */
export async function readAttachmentFile(
	file: File,
	{
		signal,
		encoding,
		pool,
	}: {
		readonly signal?: AbortSignal | undefined;
		/** Default: UTF-8 or UTF-16, as the file says. */
		readonly encoding?: TextEncoding | undefined;
		/** Default: a process that ends with the file. */
		readonly pool?: ParserPool | undefined;
	} = {},
): Promise<AttachedText> {
	const name = oneLine(file.name.replaceAll(/^.*[/\\]/gu, '')).slice(0, maxNameLength) || 'Unnamed file';
	if (file.size > maxAttachmentBytes) throw new Failure(attachmentTooLarge(name, file.size));
	const bytes = new Uint8Array(await file.arrayBuffer());
	const readers = pool ?? createReadingPool();
	try {
		const read = await readers.run({ name, encoding } satisfies ReadingTask, { signal, bytes });
		return { name, sizeBytes: file.size, ...readTextSchema.parse(read) };
	} catch (error) {
		throw error instanceof ParserStopped ? stoppedFailure(name, error) : error;
	} finally {
		if (pool === undefined) await readers.close();
	}
}

function stoppedFailure(name: string, stopped: ParserStopped): Failure {
	const next = [said`Copy the text that matters and paste it`, said`Save the file again with another program`];
	if (stopped.reason === 'died')
		return stopped.failure({ what: said`the file ${name}`, subject: said`The file ${name}` }, next);
	return new Failure(
		{ code: 'attachment-too-complex', message: said`The file ${name} ${stopped.why}.`, next },
		{ cause: stopped },
	);
}

/** A file for the reading worker; its bytes come with it. */
export interface ReadingTask {
	readonly name: string;
	readonly encoding?: TextEncoding | undefined;
}

const readTextSchema = z.object({ mediaType: z.string(), pages: z.int().nullable(), text: z.string() });

/** What the reading worker finds in a file. */
export type ReadText = z.infer<typeof readTextSchema>;

/**
 * Location of the worker's code: next to this file in a checkout, or next to the bundle under its name in the build.
 */
const readingEntry = new URL(
	import.meta.url.endsWith('.ts') ? './reading-worker.ts' : './reading-worker.js',
	import.meta.url,
);
