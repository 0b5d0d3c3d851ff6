import { Failure } from '../../models/contract/failure.ts';
import { amount, figure, list, type Said, said, spoken, wordsIn } from '../../models/contract/said.ts';
import type { DocumentChoice, DocumentUse, LeftOut } from '../contract/conversation/ledger.ts';
import type { Document, Passage, SearchCollectionsInput, SearchResult } from '../contract/documents/schema.ts';
import type {
	ContextPiece,
	ContextRequest,
	ContextSource,
	Contribution,
	HistoryMessage,
	LookUp,
} from '../conversation/context-builder.ts';
import {
	boundaryOf,
	documentBlock,
	documentsIntroduction,
	nothingFound,
	passageText,
	quoted,
	textOfBlock,
} from './document-blocks.ts';
import { embeddingModelMissing } from './retrieval/embedding-model-missing.ts';
import { isNear } from './retrieval/relevance.ts';

/** A document that answers may use. */
export type UsableDocument = Pick<Document, 'id' | 'collectionId' | 'title' | 'characters'>;

/** What a conversation's choices stand for now. */
export interface ChosenDocuments {
	/** Those that can be used; the first hundred, if there are more. */
	readonly ready: readonly UsableDocument[];
	/** All that can be used. */
	readonly count: number;
	/** Documents that are still being read. */
	readonly waiting: number;
	/** Names of documents that can't be read, and of choices in the trash; '' for one that is gone. */
	readonly unusable: readonly string[];
}

/** Where documents are kept and found. */
export interface DocumentLibrary {
	chosen(choices: readonly DocumentChoice[]): ChosenDocuments;
	/** The document's whole text; null if it is gone. */
	text(documentId: number): string | null;
	search(input: SearchCollectionsInput, signal: AbortSignal | undefined): Promise<SearchResult>;
	/** Collections of these documents, without those in the trash. */
	collectionsOf(documentIds: readonly number[]): readonly number[];
	/** Whether a collection exists outside the trash. */
	isLive(collectionId: number): boolean;
}

/** Share of the free context that whole documents or passages may fill; the rest stays for the conversation. */
export const mostOfFree = 0.75;
/** Share of the context that passages may fill. */
const mostOfContext = 1 / 4;
/** Share of the context that passages get even if older messages have to go for it. */
const leastOfContext = 1 / 8;
/** Passages looked at, best first. */
const candidates = 24;
/** Passages that are named one by one when they are left out; the rest are counted. */
const namedOnes = 5;
/** No token is shorter, on average of a text: longer texts need not be read to see that they don't fit. */
const mostCharactersPerToken = 12;
/** How chats look things up. */
const asInChat: LookUp = { mode: 'auto', k: null, search: 'hybrid', rerank: null };
/** Words of a message below which it may only make sense after the one before it. */
const shortMessage = 8;

/**
 * Puts what a conversation's documents say into its prompts: all of their text if it fits, else the passages that fit the
 * message best. What was sent with an earlier message that is still in the prompt is not sent again.
 */
export function createDocumentSource(library: DocumentLibrary): ContextSource {
	return {
		kind: 'documents',
		async collect(request) {
			if (request.documents.length === 0) return { pieces: [] };
			const chosen = library.chosen(request.documents);
			const leftOut = leftOutBefore(chosen);
			const describeUse = (mode: DocumentUse['mode'], nothingRelevant = false): DocumentUse => ({
				mode,
				documents: chosen.count,
				waiting: chosen.waiting,
				nothingRelevant,
			});
			if (chosen.count === 0) return { pieces: [], leftOut, documentUse: describeUse('none') };
			const { dropped } = await request.room();
			const sent = request.history.filter(({ id }) => !dropped.has(id)).flatMap(({ pieces }) => pieces);
			const rest = chosen.ready.filter(({ id }) => !isSentWhole(library, id, sent));
			if (rest.length === 0) return { pieces: [], leftOut, documentUse: describeUse('sent') };
			const listed = chosen.count === chosen.ready.length;
			const { mode } = request.lookUp ?? asInChat;
			const whole = listed && mode !== 'retrieve' ? await wholeDocuments(library, request, rest) : null;
			if (whole !== null) return { pieces: whole, leftOut, documentUse: describeUse('whole') };
			if (mode === 'whole') throw documentsTooLong(chosen.count);
			if (request.message.trim() === '') return { pieces: [], leftOut, documentUse: describeUse('passages') };
			const found = await bestPassages(library, request, { ready: rest, count: chosen.count }, sent);
			return {
				pieces: found.pieces,
				leftOut: [...leftOut, ...(found.leftOut ?? [])],
				documentUse: describeUse('passages', found.nothingRelevant),
			};
		},
	};
}

function leftOutBefore({ waiting, unusable }: ChosenDocuments): LeftOut[] {
	const entry = (title: Said | string, reason: Said): LeftOut =>
		spoken({ kind: 'documents' as const, title, reason, tokens: null }) as LeftOut;
	return [
		...(waiting === 0 ? [] : [entry(said`${amount(waiting, 'document')}`, said`Still being read`)]),
		...unusable.map((title) =>
			title === ''
				? entry(said`A document or collection`, said`It was deleted`)
				: entry(title, said`It can’t be read, or it is in the trash`),
		),
	];
}

function documentsTooLong(count: number): Failure {
	return new Failure({
		code: 'documents-too-long',
		message: said`The whole of ${amount(count, 'document')} doesn’t fit into the context of this model.`,
		next: [said`Retrieve passages instead`, said`Give the run a larger context`],
	});
}

/** Returns all of the documents as pieces; null if they don't fit. */
async function wholeDocuments(
	library: DocumentLibrary,
	request: ContextRequest,
	documents: readonly UsableDocument[],
): Promise<readonly ContextPiece[] | null> {
	const { free } = await request.room();
	const characters = documents.reduce((sum, one) => sum + one.characters, 0);
	if (characters > free * mostCharactersPerToken) return null;
	const read = documents.flatMap((document) => {
		const text = library.text(document.id);
		return text === null ? [] : [{ document, text }];
	});
	if (read.length === 0) return null;
	const boundary = boundaryOf(
		request,
		read.map(({ text }) => text),
	);
	const first = nextNumber(request.history);
	const pieces: ContextPiece[] = read.map(({ document: { id, title }, text }, index) => {
		const source = { number: first + index, title, documentId: id, messageId: null, page: null, heading: [] };
		return {
			kind: 'documents',
			place: 'message',
			text: documentBlock(boundary, source, text),
			source: { ...source, start: 0, end: text.length, whole: true },
		};
	});
	const all = [introduction(boundary), ...pieces];
	const tokens = sum(await request.countTokens(all.map(({ text }) => text)));
	return tokens <= free * mostOfFree ? all : null;
}

async function bestPassages(
	library: DocumentLibrary,
	request: ContextRequest,
	{ ready: documents, count }: Pick<ChosenDocuments, 'ready' | 'count'>,
	sent: readonly ContextPiece[],
): Promise<Contribution & { readonly nothingRelevant: boolean }> {
	const result = await search(library, request);
	if (result === null) {
		const names = [...new Set(documents.map(({ title }) => title))];
		const text = nothingFound(count);
		const reason = said`Nothing in it is about this message`;
		const title = names.length > namedOnes ? said`${amount(names.length, 'document')}` : said`${list(names, 'comma')}`;
		return {
			pieces: [{ kind: 'documents', place: 'message', text, source: null }],
			leftOut: [spoken({ kind: 'documents' as const, title, reason, tokens: null })],
			nothingRelevant: true,
		};
	}
	const { passages, tooFar } = result;
	const fresh = passages.filter((passage) => !isSent(passage, sent));
	const again = passages.length - fresh.length;
	const boundary = boundaryOf(
		request,
		fresh.flatMap((passage) => [passageText(passage), passage.document]),
	);
	const first = nextNumber(request.history);
	const blocks = fresh.map((passage, index) =>
		documentBlock(boundary, numbered(passage, first + index), passageText(passage)),
	);
	const intro = introduction(boundary);
	const [introTokens = 0, ...tokens] = await request.countTokens([intro.text, ...blocks]);
	const limit = await passageLimit(request);
	const most = request.lookUp?.k ?? Number.POSITIVE_INFINITY;
	const pieces: ContextPiece[] = [];
	const tooMuch: { title: string; tokens: number }[] = [];
	let used = introTokens;
	for (const [index, passage] of fresh.entries()) {
		if (pieces.length === most) break;
		const cost = tokens[index] ?? 0;
		if (used + cost > limit) {
			tooMuch.push({ title: placeOf(passage), tokens: cost });
			continue;
		}
		used += cost;
		const source = numbered(passage, first + pieces.length);
		const { start, end } = passage;
		const text = documentBlock(boundary, source, passageText(passage));
		pieces.push({ kind: 'documents', place: 'message', text, source: { ...source, start, end, whole: false } });
	}
	const leftOut = leftOutPassages(tooMuch, limit);
	if (again > 0) {
		const title = said`${amount(again, 'passage')}`;
		const reason = said`Sent with an earlier message, which is still in the prompt`;
		leftOut.push(spoken({ kind: 'documents' as const, title, reason, tokens: null }));
	}
	if (tooFar > 0) {
		const title = said`${amount(tooFar, 'passage')}`;
		const reason = said`They have little to do with this message`;
		leftOut.push(spoken({ kind: 'documents' as const, title, reason, tokens: null }));
	}
	return { pieces: pieces.length === 0 ? [] : [intro, ...pieces], leftOut, nothingRelevant: false };
}

/**
 * Where to search: in collections as a whole, and for single documents in theirs. What is gone or in the trash is not
 * searched.
 */
function scopesOf(
	library: DocumentLibrary,
	choices: readonly DocumentChoice[],
): readonly Pick<SearchCollectionsInput, 'collectionIds' | 'filters'>[] {
	const collectionIds = choices
		.flatMap((one) => ('collectionId' in one ? one.collectionId : []))
		.filter(library.isLive);
	const documentIds = choices.flatMap((one) => ('documentId' in one ? one.documentId : []));
	const around = library.collectionsOf(documentIds);
	return [
		...(collectionIds.length === 0 ? [] : [{ collectionIds }]),
		...(around.length === 0 ? [] : [{ collectionIds: [...around], filters: { documentIds } }]),
	];
}

/** The passages of several searches by their ranks; those that have next to nothing to do with the message are left out. */
async function searchAll(
	library: DocumentLibrary,
	{ documents, lookUp = asInChat, isMeasured, signal }: ContextRequest,
	query: string,
): Promise<{ readonly passages: readonly Passage[]; readonly tooFar: number } | null> {
	const results: SearchResult[] = [];
	for (const scope of scopesOf(library, documents)) {
		const { search: mode, rerank } = lookUp;
		const result = await library.search({ ...scope, query, k: candidates, mode, rerank }, signal);
		// Measured, words alone would pass for a search by meaning.
		if (isMeasured === true && (result.mode !== mode || result.notice !== null)) {
			throw embeddingModelMissing(
				result.notice === null
					? said`Only words were searched: these documents have no vectors yet.`
					: wordsIn(result, result.notice),
			);
		}
		results.push(result);
	}
	const found = results.filter(({ outcome }) => outcome === 'found').flatMap(({ passages }) => passages);
	if (found.length === 0) return null;
	// A passage may be found twice, and so may a file that was added twice.
	const seen = new Set<string>();
	const ranked = found
		.toSorted((one, other) => one.rank - other.rank)
		.filter(({ context, text }) => {
			const words = `${context}\n${text}`;
			return !seen.has(words) && seen.add(words);
		});
	const passages = ranked.filter(
		({ matched, scores }, index) => index === 0 || isNear({ matched, cosine: scores.cosine, rating: scores.rerank }),
	);
	return { passages, tooFar: ranked.length - passages.length };
}

/** Searches for the message, and for a short one together with the message before it: "And in winter?" needs that. */
async function search(
	library: DocumentLibrary,
	request: ContextRequest,
): Promise<{ readonly passages: readonly Passage[]; readonly tooFar: number } | null> {
	const { history, message } = request;
	const found = await searchAll(library, request, message);
	if (found !== null) return found;
	const before = history.findLast(({ role }) => role === 'user')?.text;
	const isShort = message.trim().split(/\s+/).length <= shortMessage;
	return before !== undefined && isShort ? searchAll(library, request, `${before}\n${message}`) : null;
}

/** Tokens that passages may take. Older messages make room for some, but the message itself always stays. */
async function passageLimit({ contextSize, history, room, countTokens }: ContextRequest): Promise<number> {
	const { free, dropped } = await room();
	const wanted = contextSize * leastOfContext;
	const comfortable = Math.min(contextSize * mostOfContext, free * mostOfFree);
	if (comfortable >= wanted) return comfortable;
	const kept = history.filter(({ id }) => !dropped.has(id));
	const droppable = sum(await countTokens(kept.map(({ content }) => content)));
	return Math.min(wanted, (free + droppable) * mostOfFree);
}

function leftOutPassages(tooMuch: readonly { title: string; tokens: number }[], limit: number): LeftOut[] {
	const reason = said`Passages may take ${figure(Math.floor(limit))} tokens here, and better ones used them up`;
	const named = tooMuch
		.slice(0, namedOnes)
		.map(({ title, tokens }) => spoken({ kind: 'documents' as const, title, reason, tokens }));
	const others = tooMuch.slice(namedOnes);
	if (others.length === 0) return named;
	const title = said`${amount(others.length, 'more passage')}`;
	return [
		...named,
		spoken({ kind: 'documents' as const, title, reason, tokens: sum(others.map(({ tokens }) => tokens)) }),
	];
}

function introduction(boundary: string): ContextPiece {
	return { kind: 'documents', place: 'message', text: documentsIntroduction(boundary), source: null };
}

function numbered({ document, documentId, page, heading }: Passage, number: number) {
	return { number, title: document, documentId, messageId: null, page, heading };
}

function placeOf({ document, page, heading }: Passage): string {
	if (page !== null) return `${document}, p. ${page}`;
	const [last] = heading.slice(-1);
	return last === undefined ? document : `${document}, ${last}`;
}

/** Whether all of a document was sent before, as it is now: it may have changed since. */
function isSentWhole(library: DocumentLibrary, documentId: number, sent: readonly ContextPiece[]): boolean {
	const blocks = sent.filter(({ source }) => source?.whole === true && source.documentId === documentId);
	const text = blocks.length === 0 ? null : library.text(documentId);
	return text !== null && blocks.some((block) => textOfBlock(block.text) === quoted(text));
}

/** Whether most of a passage was sent before, word for word: its document may have changed since. */
function isSent({ documentId, start, end, text }: Passage, sent: readonly ContextPiece[]): boolean {
	return sent.some(({ source, text: block }) => {
		if (source?.documentId !== documentId) return false;
		const before = textOfBlock(block);
		if (before.includes(quoted(text))) return true;
		if (source.start === null || source.end === null) return false;
		const from = Math.max(start, source.start);
		const to = Math.min(end, source.end);
		return to - from > (end - start) / 2 && before.includes(quoted(text.slice(from - start, to - start)));
	});
}

/** Sources are numbered throughout a branch, so that [3] means the same passage in every answer. */
function nextNumber(history: readonly HistoryMessage[]): number {
	return 1 + Math.max(0, ...history.flatMap(({ pieces }) => pieces.map(({ source }) => source?.number ?? 0)));
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, one) => total + one, 0);
}
