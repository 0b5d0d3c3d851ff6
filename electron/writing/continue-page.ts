import { randomInt } from 'node:crypto';
import { failureFacts } from '../../models/contract/failure.ts';
import type { GenerationEvent } from '../../models/contract/generation.ts';
import { withRecommended } from '../../models/contract/recommended-sampling.ts';
import type { Sampling } from '../../models/contract/sampling.ts';
import type { Engine } from '../../models/engine.ts';
import type { SamplingChoices } from '../contract/conversation/schema.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import { usualPageTokens } from '../contract/writing/defaults.ts';
import type { ContinuationResult, ContinuePageInput, ContinueTextInput } from '../contract/writing/schema.ts';
import { chooseModel } from '../conversation/choose-model.ts';
import { cleanText } from '../conversation/clean-text.ts';
import { requestedLoad, withChoices } from '../conversation/options.ts';
import type { WritableDatabase } from '../database/database.ts';
import { transaction } from '../database/sql.ts';
import type { AcquireOptions } from '../library/model-service.ts';
import type { WritingContext } from './context.ts';
import type { LiveContinuation } from './live-continuation.ts';
import { requireIdle, requireRevision, titleOf } from './pages.ts';
import { getPage, listPagesBeingWritten, writeInserted, writeText } from './store.ts';

/** Longest time that new text waits before it is on disk, ms: a crash loses at most 250 ms of it. */
const storeEveryMs = 200;

type Seeded = Sampling & { readonly seed: number };

interface Request {
	readonly model: ModelFile;
	/** Text before the place where the model continues. */
	readonly before: string;
	readonly sampling: Seeded;
	readonly load: AcquireOptions;
	readonly cacheKey: string;
}

/** What becomes of the text as it is written. */
interface Keeper {
	text(all: string): void;
	/** Stores the end; returns the page's revision. */
	end(all: string): number | null;
}

/**
 * Returns the values for a page: its own, then those that the model's file recommends, then those of the settings, with
 * a length that suits a page.
 */
function samplingFor({ settings }: WritingContext, model: ModelFile, choices: SamplingChoices): Seeded {
	const usual = withRecommended(settings().sampling, model.recommendedSampling);
	const sampling = withChoices({ ...usual, maxTokens: usualPageTokens }, choices);
	return { ...sampling, seed: sampling.seed ?? randomInt(2 ** 32) };
}

/**
 * Lets the page's model continue it at a place. Returns the id to follow and to stop. Throws Failure `page-unknown`,
 * `page-busy`, `page-changed`, `no-model`, or the failure of the file.
 */
export function continuePage(context: WritingContext, { id, revision, at: wanted }: ContinuePageInput): number {
	const { database, models, events, live } = context;
	const page = getPage(database, id);
	requireIdle(context, id);
	requireRevision(page, revision);
	const model = chooseModel(models, null, page.modelFileId);
	const sampling = samplingFor(context, model, page.sampling);
	const at = wholeCharacter(page.text, wanted);
	const now = live.start(id, at);
	events.publish({ type: 'pages-changed', pageId: id });
	const request = { model, sampling, load: {}, before: page.text.slice(0, at), cacheKey: `page${id}` };
	void write(context, now, request, keepOnPage(context, now, id));
	return now.id;
}

/** Continues a text without storing anything. Throws Failure `no-model`, or the failure of the file. */
export function continueText(context: WritingContext, input: ContinueTextInput): number {
	const model = chooseModel(context.models, input.modelFileId, null);
	const before = cleanText(input.text);
	const now = context.live.start(null, before.length);
	const load = requestedLoad(input);
	const request = {
		model,
		before,
		load,
		sampling: samplingFor(context, model, input.sampling),
		cacheKey: `text${now.id}`,
	};
	void write(context, now, request, { text() {}, end: () => null });
	return now.id;
}

/** Returns a place that does not divide a character of two units. */
function wholeCharacter(text: string, wanted: number): number {
	const at = Math.min(wanted, text.length);
	return at > 0 && /[\uD800-\uDBFF]/.test(text.charAt(at - 1)) && at < text.length ? at - 1 : at;
}

/** Stores what is written on a page, at most five times a second. */
function keepOnPage({ database, clock, log }: WritingContext, { at }: LiveContinuation, id: number): Keeper {
	let timer: NodeJS.Timeout | null = null;
	let latest = '';
	writeInserted(database, id, at, '');
	function store(): void {
		timer = null;
		try {
			writeInserted(database, id, at, latest);
		} catch (error) {
			// The end stores all of it, and reports a disk that is still full.
			log(`writing: page ${id} could not be stored: ${String(error)}`);
		}
	}
	return {
		text(all) {
			// Half a surrogate pair has no UTF-8 form, so it waits for the other half.
			latest = all.toWellFormed() === all ? all : all.slice(0, -1);
			timer ??= setTimeout(store, storeEveryMs);
		},
		end(all) {
			if (timer !== null) clearTimeout(timer);
			return foldIn(database, { id, at, inserted: all }, clock());
		},
	};
}

/** Moves what was written into the page's text; returns the page's revision. */
function foldIn(
	database: WritableDatabase,
	{ id, at, inserted }: { readonly id: number; readonly at: number; readonly inserted: string },
	now: number,
): number {
	return transaction(database, () => {
		const page = getPage(database, id);
		writeInserted(database, id, null, '');
		if (inserted === '') return page.revision;
		const text = page.text.slice(0, at) + cleanText(inserted) + page.text.slice(at);
		writeText(database, { id, title: titleOf(page, text), text }, now);
		return page.revision + 1;
	});
}

/**
 * Gives pages that a dead process was writing on the text that it had stored. Returns how many. Only the process that
 * owns the data folder may call it, before it writes anything.
 */
export function recoverPages(database: WritableDatabase, now: number): number {
	const unfinished = listPagesBeingWritten(database);
	for (const page of unfinished) foldIn(database, page, now);
	return unfinished.length;
}

/** Loads the model and lets it write. Never rejects: any error becomes the failure of the result. */
async function write(context: WritingContext, live: LiveContinuation, request: Request, keeper: Keeper): Promise<void> {
	// Measurements yield to it, as to an answer.
	context.events.publish({ type: 'temporary-started' });
	const facts = { engineBuild: '', contextSize: 0, promptTokens: 0, cachedTokens: 0, leftOutTokens: 0 };
	let outcome: Pick<ContinuationResult, 'stopReason' | 'stopString' | 'failure'>;
	try {
		outcome = await generate(context, live, request, keeper, facts);
	} catch (error) {
		const failure = live.signal.aborted ? null : failureFacts(error);
		if (failure?.code === 'internal') context.log(`writing: ${failure.detail ?? failure.message}`);
		outcome = { stopReason: live.signal.aborted ? 'stopped' : null, stopString: null, failure };
	}
	let revision: number | null = null;
	try {
		revision = keeper.end(live.text);
	} catch (error) {
		outcome = { ...outcome, failure: outcome.failure ?? failureFacts(error) };
	}
	const { model, sampling } = request;
	live.end({
		type: 'end',
		text: live.text,
		revision,
		result: { ...facts, ...live.numbers(), ...outcome, sampling, modelName: model.name },
	});
	context.events.publish({ type: 'temporary-ended' });
	if (live.pageId !== null) {
		await live.ended;
		context.events.publish({ type: 'pages-changed', pageId: live.pageId });
	}
}

async function generate(
	context: WritingContext,
	live: LiveContinuation,
	{ model, before, sampling, load, cacheKey }: Request,
	keeper: Keeper,
	facts: {
		engineBuild: string;
		contextSize: number;
		promptTokens: number;
		cachedTokens: number;
		leftOutTokens: number;
	},
): Promise<Pick<ContinuationResult, 'stopReason' | 'stopString' | 'failure'>> {
	const modelName = model.name;
	const engine = await context.models.acquire(model.id, load, {
		signal: live.signal,
		onProgress: (progress) => live.phase({ type: 'loading', modelName, ...progress }),
	});
	const { engineBuild, contextSize } = engine.capabilities();
	Object.assign(facts, { engineBuild, contextSize });
	live.markSent();
	for await (const event of events(engine, { before, sampling, cacheKey }, live.signal)) {
		switch (event.type) {
			case 'queued':
				live.phase({ type: 'loading', modelName, stage: 'queued', fraction: null });
				break;
			case 'prompt':
				Object.assign(facts, { promptTokens: event.total, cachedTokens: event.cached });
				live.phase({ type: 'prompt', processed: event.processed, total: event.total });
				break;
			case 'tokens':
				live.tokens(event.text.replaceAll('\0', '\uFFFD'), event.count);
				keeper.text(live.text);
				break;
			case 'done': {
				const { stopReason, stopString, promptTokens, cachedTokens } = event.result;
				if (promptTokens > 0) Object.assign(facts, { promptTokens, cachedTokens });
				facts.leftOutTokens = await leftOut(engine, before, facts.promptTokens);
				return { stopReason, stopString, failure: null };
			}
			case 'failed':
				return { stopReason: null, stopString: null, failure: event.failure };
		}
	}
	throw new Error('the engine ended a text without saying how');
}

function events(
	engine: Engine,
	{ before, sampling, cacheKey }: Pick<Request, 'before' | 'sampling' | 'cacheKey'>,
	signal: AbortSignal,
): AsyncIterable<GenerationEvent> {
	return engine.generate({ turns: [], text: before, sampling, cacheKey }, signal);
}

/** Returns how many tokens of the text did not reach the model. */
async function leftOut(engine: Engine, before: string, promptTokens: number): Promise<number> {
	// Every token has at least one byte, and most of the context is for the text.
	if (promptTokens === 0 || Buffer.byteLength(before) < engine.capabilities().contextSize / 2) return 0;
	const tokens = await engine.tokenize(before).catch(() => null);
	// The start token may count as well.
	const out = tokens === null ? 0 : tokens.length - promptTokens;
	return out <= 0 ? 0 : out + 1;
}
