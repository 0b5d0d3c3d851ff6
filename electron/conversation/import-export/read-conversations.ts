import { dirname } from 'node:path/posix';
import { ZodError } from 'zod';
import { Failure } from '../../../models/contract/failure.ts';
import { said, spoken } from '../../../models/contract/said.ts';
import type { AnswerRound } from '../../contract/conversation/steps.ts';
import { type ImportSource, importSourceNames } from '../../contract/import-export/import-sources.ts';
import type { Skipped } from '../../contract/import-export/schema.ts';
import { cleanText, oneLine } from '../clean-text.ts';
import { titleFromMessage } from '../title.ts';
import { documentSchema, documentVersion, type ExportedConversation, exportedConversationSchema } from './document.ts';
import type { SourceFile } from './find-files.ts';
import { isChatGpt, readChatGpt } from './formats/chatgpt.ts';
import { isClaude, readClaude } from './formats/claude.ts';
import { isGrok, readGrok } from './formats/grok.ts';
import type { ImportedConversation, ImportedMessage } from './formats/imported.ts';
import { isJanMessage, readJan } from './formats/jan.ts';
import { isLmStudio, readLmStudio } from './formats/lm-studio.ts';
import { isOpenWebUi, readOpenWebUi } from './formats/open-webui.ts';
import { type JsonFileValue, readJsonValues } from './read-json-values.ts';

/** One item found in a file. */
export interface ReadConversation {
	readonly source: ImportSource | null;
	/** null: nothing of it can be imported, and `skipped` gives the reason. */
	readonly conversation: ExportedConversation | null;
	readonly skipped: readonly Skipped[];
}

/** After this many values without a single conversation, the file is of another kind. */
const maxStrange = 1_000;

/**
 * Yields the conversations of a file, whichever program wrote it. `threads` maps folders to Jan's thread.json, which
 * accompanies the messages that this file may hold. Throws Failure `import-unreadable` if the file is not an export of
 * any known program.
 */
export async function* readConversations(
	file: SourceFile,
	threads: ReadonlyMap<string, unknown>,
): AsyncGenerator<{ readonly incoming: ReadConversation | null; readonly bytesRead: number }> {
	const { shape, batches } = await readJsonValues(file);
	if (shape === 'lines') {
		yield* readJanFile(file, threads.get(dirname(file.name)) ?? null, batches);
		return;
	}
	let position = 0;
	let known = 0;
	let problem = 'it is empty';
	for await (const { values, bytesRead } of batches) {
		for (const value of values) {
			for (const each of readValue(file, value, position, shape === 'document')) {
				if (each.source !== null) known += 1;
				else problem = each.skipped[0]?.why ?? problem;
				if (known === 0 && position >= maxStrange) throw unreadable(file, problem);
				// A file that turns out to be something else gets that failure only.
				if (known > 0 || each.source !== null) yield { incoming: each, bytesRead };
			}
			position += 1;
		}
		yield { incoming: null, bytesRead };
	}
	if (known === 0) throw unreadable(file, problem);
}

function readValue(
	file: SourceFile,
	{ value, problem }: Partial<{ value: unknown; problem: string }>,
	index: number,
	inDocument: boolean,
): ReadConversation[] {
	const what = `conversation ${index + 1} of ${file.name}`;
	if (problem !== undefined) return [skippedAs(null, what, problem)];
	// Grok's document begins like Assay's.
	if (isGrok(value)) return [readForeign({ source: 'grok', read: () => readGrok(value) }, what)];
	if (inDocument) return [readOwn(value, what)];
	const document = documentSchema.safeParse(value);
	// Small documents that were rewritten in another order arrive as one value.
	if (document.success) return document.data.conversations.map((each, at) => readOwn(each, `conversation ${at + 1}`));
	const grok = grokIn(value);
	if (grok !== null) return grok.flatMap((each, at) => readValue(file, { value: each }, index + at, false));
	const newer = newerVersion(value);
	if (newer !== null) return [skippedAs(null, file.name, `it was written by a newer version of Assay (${newer})`)];
	const read = readerOf(file, value);
	if (read !== null) return [readForeign(read, what)];
	if (typeof value === 'object' && value !== null && 'titleSource' in value) return [readOwn(value, what)];
	return [skippedAs(null, what, 'not a conversation from a program that Assay knows')];
}

function skippedAs(source: ImportSource | null, what: string, why: string): ReadConversation {
	return { source, conversation: null, skipped: [{ what, why }] };
}

/** Returns the conversations of a Grok document in which other fields come first; null: not Grok's. */
function grokIn(value: unknown): readonly unknown[] | null {
	if (typeof value !== 'object' || value === null || !('conversations' in value)) return null;
	const { conversations } = value;
	return Array.isArray(conversations) && conversations.length > 0 && conversations.every(isGrok) ? conversations : null;
}

function newerVersion(value: unknown): number | null {
	if (typeof value !== 'object' || value === null || !('format' in value)) return null;
	const { format, version } = value as { format: unknown; version?: unknown };
	return format === 'assay-conversations' && typeof version === 'number' && version > documentVersion ? version : null;
}

function readOwn(value: unknown, what: string): ReadConversation {
	const name = titleIn(value) ?? what;
	const parsed = exportedConversationSchema.safeParse(value);
	if (!parsed.success) return skippedAs('assay', name, reasonOf(parsed.error));
	const problem = treeProblem(parsed.data);
	return problem === null
		? { source: 'assay', conversation: cleanConversation(parsed.data), skipped: [] }
		: skippedAs('assay', name, problem);
}

function titleIn(value: unknown): string | null {
	const title = typeof value === 'object' && value !== null && 'title' in value ? value.title : null;
	return typeof title === 'string' && title.trim() !== '' ? `“${title.trim().slice(0, 200)}”` : null;
}

type Read = { readonly source: ImportSource; readonly read: () => ImportedConversation };

function readerOf(file: SourceFile, value: unknown): Read | null {
	if (isChatGpt(value)) return { source: 'chatgpt', read: () => readChatGpt(value) };
	if (isClaude(value)) return { source: 'claude', read: () => readClaude(value) };
	if (isOpenWebUi(value)) return { source: 'open-webui', read: () => readOpenWebUi(value) };
	if (isLmStudio(value)) return { source: 'lm-studio', read: () => readLmStudio(value, file.name) };
	if (isJanMessage(value)) return { source: 'jan', read: () => readJan(null, [value]) };
	return null;
}

function readForeign({ source, read }: Read, what: string): ReadConversation {
	try {
		const imported = withKnownTimes(read());
		const title = importedTitle(imported);
		const skipped = imported.skipped.map((each) => ({ what: `${each.what} in “${title}”`, why: each.why }));
		return imported.messages.length === 0
			? { source, conversation: null, skipped: [...skipped, { what: `“${title}”`, why: 'it has no text' }] }
			: { source, conversation: cleanConversation(toExported(imported, title)), skipped };
	} catch (error) {
		return skippedAs(source, what, reasonOf(error));
	}
}

/** The lines of one messages.jsonl belong together; several threads in it are separated. */
async function* readJanFile(
	file: SourceFile,
	thread: unknown,
	batches: AsyncIterable<{ values: readonly JsonFileValue[]; bytesRead: number }>,
) {
	const byThread = new Map<string, unknown[]>();
	let bytesRead = 0;
	let line = 0;
	for await (const batch of batches) {
		bytesRead = batch.bytesRead;
		for (const value of batch.values) {
			line += 1;
			if ('problem' in value) {
				yield { incoming: skippedAs('jan', `line ${line} of ${file.name}`, value.problem), bytesRead };
				continue;
			}
			const id = (value.value as { thread_id?: unknown } | null)?.thread_id;
			const key = typeof id === 'string' ? id : '';
			byThread.set(key, [...(byThread.get(key) ?? []), value.value]);
		}
		yield { incoming: null, bytesRead };
	}
	for (const lines of byThread.values()) {
		const read = { source: 'jan' as const, read: () => readJan(byThread.size === 1 ? thread : null, lines) };
		yield { incoming: readForeign(read, file.name), bytesRead };
	}
}

function reasonOf(error: unknown): string {
	if (!(error instanceof ZodError)) return error instanceof Error ? error.message : String(error);
	const [issue] = error.issues;
	return `not readable: ${issue?.path.join('.')}: ${issue?.message}`;
}

function unreadable(file: SourceFile, detail: string): Failure {
	return new Failure({
		code: 'import-unreadable',
		message: said`The file ${file.name} is not a conversation export that Assay can read.`,
		next: [
			said`Choose a file saved with “Export as JSON”`,
			said`Or an export from ChatGPT or Claude (the .zip or conversations.json), Grok (the .zip or prod-grok-backend.json), Open WebUI, LM Studio (*.conversation.json) or Jan (messages.jsonl)`,
		],
		detail,
	});
}

/** Makes all its text safe to store, index and tokenise. */
function cleanConversation(conversation: ExportedConversation): ExportedConversation {
	const { title, systemPrompt, tags, folder, messages, summaries } = conversation;
	return {
		...conversation,
		title: oneLine(title) || 'Untitled',
		systemPrompt: cleanText(systemPrompt),
		tags: [...new Set(tags.map(oneLine).filter((tag) => tag !== ''))],
		folder: folder === null ? null : oneLine(folder) || null,
		messages: messages.map((message) => ({
			...message,
			content: cleanText(message.content),
			...(message.rounds === undefined ? {} : { rounds: message.rounds.map(cleanRound) }),
			reasoning: message.reasoning === null ? null : cleanText(message.reasoning),
			...(message.ledger === undefined
				? {}
				: {
						ledger: {
							...message.ledger,
							leftOut: message.ledger.leftOut.map((one) => ({
								...one,
								title: oneLine(one.title),
								reason: oneLine(one.reason),
							})),
						},
					}),
			importedModel: message.importedModel === null ? null : oneLine(message.importedModel),
			attachments: message.attachments.map((each) => ({
				...each,
				name: oneLine(each.name),
				text: cleanText(each.text),
			})),
		})),
		...(summaries === undefined
			? {}
			: {
					summaries: summaries.map((one) => ({
						...one,
						text: cleanText(one.text),
						modelName: oneLine(one.modelName),
					})),
				}),
	};
}

function cleanRound({ steps, ...round }: AnswerRound): AnswerRound {
	return {
		...round,
		steps: steps.map((step) => ({
			...step,
			callId: oneLine(step.callId),
			server: oneLine(step.server),
			name: oneLine(step.name),
			arguments: cleanText(step.arguments),
			result: step.result === null ? null : cleanText(step.result),
		})),
	};
}

/**
 * Fills in missing times from the nearest known one: a message's from the one before it, a conversation's from its first
 * message, or from its last change. Times of which the export says nothing stay 0.
 */
function withKnownTimes(imported: ImportedConversation): ImportedConversation {
	const { messages, updatedAt } = imported;
	const createdAt = imported.createdAt || (messages.find((each) => each.createdAt > 0)?.createdAt ?? updatedAt);
	let before = createdAt;
	return {
		...imported,
		createdAt,
		updatedAt: Math.max(updatedAt, createdAt),
		messages: messages.map((message) => {
			before = message.createdAt || before;
			return { ...message, createdAt: before };
		}),
	};
}

/** Converts another program's conversation to Assay's own document. */
function toExported(imported: ImportedConversation, title: string): ExportedConversation {
	const numbers = new Map(imported.messages.map((message, index) => [message.key, index + 1]));
	const numberOf = (key: string | null): number | null => (key === null ? null : (numbers.get(key) ?? null));
	const updatedAt = Math.max(imported.updatedAt, imported.createdAt);
	return {
		title,
		titleSource: imported.title.trim() === '' ? 'automatic' : 'user',
		systemPrompt: imported.systemPrompt,
		createdAt: imported.createdAt,
		updatedAt,
		pinnedAt: imported.pinned ? updatedAt : null,
		archivedAt: imported.archived ? updatedAt : null,
		folder: null,
		tags: [...imported.tags],
		importedFrom: imported.source,
		importedKey: imported.key,
		headId: numberOf(imported.headKey),
		messages: imported.messages.map((message, index) => ({
			id: index + 1,
			parentId: numberOf(message.parentKey),
			continuesId: null,
			role: message.role,
			status: message.status,
			content: message.content,
			...(message.rounds === undefined ? {} : { rounds: exportedRounds(message, imported.source) }),
			reasoning: message.reasoning,
			reasoningMs: null,
			createdAt: message.createdAt,
			completedAt: message.createdAt,
			failure: failureIn(message, imported.source),
			importedModel: message.role === 'assistant' ? (message.model ?? imported.model) : null,
			generation: null,
			attachments: [],
		})),
	};
}

/** Calls are shown with the program that ran them: none of Assay's tools did. */
function exportedRounds({ rounds = [], createdAt }: ImportedMessage, source: ImportedConversation['source']) {
	return rounds.map(
		({ steps, ...ends }, round): AnswerRound => ({
			...ends,
			...{ promptTokens: 0, cachedTokens: 0, completionTokens: 0 },
			steps: steps.map(({ name, arguments: given, result, isError }, index) => ({
				callId: `call_${round + 1}_${index + 1}`,
				server: importSourceNames[source],
				name,
				arguments: given,
				status: result === null ? 'stopped' : isError ? 'failed' : 'done',
				result,
				startedAt: createdAt,
				durationMs: null,
			})),
		}),
	);
}

function failureIn(message: ImportedMessage, source: ImportedConversation['source']) {
	if (message.status !== 'failed') return null;
	return spoken({
		code: 'failed-elsewhere',
		message: said`This answer failed in ${importSourceNames[source]}.`,
		next: [said`Answer again`],
	});
}

/** Returns its title, or one derived from its beginning. */
function importedTitle({ title, messages, source }: ImportedConversation): string {
	if (title.trim() !== '') return title.trim().slice(0, 500);
	const first = messages.find(({ role }) => role === 'user')?.content ?? '';
	return first.trim() === '' ? `From ${importSourceNames[source]}` : titleFromMessage(first);
}

/** Returns the error in the message tree, or null. Parents come first, so no message is its own ancestor. */
function treeProblem({ messages, headId }: ExportedConversation): string | null {
	const seen = new Set<number>();
	for (const { id, parentId, continuesId } of messages) {
		if (seen.has(id)) return `two messages have the number ${id}`;
		if (parentId !== null && !seen.has(parentId)) {
			return `message ${id} follows message ${parentId}, which is not before it`;
		}
		if (continuesId !== null && !seen.has(continuesId)) {
			return `message ${id} continues message ${continuesId}, which is not before it`;
		}
		seen.add(id);
	}
	return headId !== null && !seen.has(headId) ? `the current branch ends in message ${headId}, which is missing` : null;
}
