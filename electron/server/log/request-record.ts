import type { CacheMiss, GenerateRequest, GenerationResult } from '../../../models/contract/generation.ts';
import type { ModelFile } from '../../contract/library/schema.ts';
import type { KeptAnswer, KeptPrompt, RequestState } from '../../contract/server/request-log.ts';
import type { ErrorFacts } from '../http/protocol.ts';

/** The status of a request whose client left, as nginx has it. */
export const clientLeft = 499;

/** What becomes known about a request while it is answered. The log stores it when the request has ended. */
export class RequestRecord {
	readonly id: number;
	/** Milliseconds since 1970. */
	readonly startedAt: number;
	readonly client: string;
	/** Whether its texts are kept. */
	keepsBody: boolean;
	route = '';
	key: { readonly id: number; readonly name: string } | null = null;
	responseId: string | null = null;
	model = '';
	modelFileId: number | null = null;
	streamed = false;
	state: RequestState = 'reading';
	status: number | null = null;
	errorCode: string | null = null;
	error: string | null = null;
	promptTokens: number | null = null;
	cachedTokens: number | null = null;
	completionTokens: number | null = null;
	cacheMiss: CacheMiss | null = null;
	finishReason: string | null = null;
	deterministic = false;
	queueMs: number | null = null;
	ttftMs: number | null = null;
	generationMs: number | null = null;
	durationMs: number | null = null;
	body: unknown = null;
	prompt: KeptPrompt | null = null;
	readonly answers: KeptAnswer[] = [];
	readonly #places: (() => number | null)[] = [];
	readonly #began = performance.now();
	readonly #changed: () => void;

	constructor(
		facts: Pick<RequestRecord, 'id' | 'startedAt' | 'client' | 'keepsBody'>,
		/** Called when a page that shows the request is outdated. */
		changed: () => void,
	) {
		this.id = facts.id;
		this.startedAt = facts.startedAt;
		this.client = facts.client;
		this.keepsBody = facts.keepsBody;
		this.#changed = changed;
	}

	/** Returns its place among the requests that wait, from 1; null: it doesn't wait. */
	get place(): number | null {
		const places = this.#places.flatMap((place) => place() ?? []);
		return places.length === 0 ? null : Math.min(...places);
	}

	/** Adds a wait: one for each answer. `place` returns null once it is over. */
	waits(place: () => number | null): void {
		this.#places.push(place);
	}

	/** Milliseconds since the request arrived. */
	get age(): number {
		return performance.now() - this.#began;
	}

	/** Records what the client sent. */
	read(body: unknown): void {
		this.streamed = typeof body === 'object' && body !== null && 'stream' in body && body.stream === true;
		if (this.keepsBody) this.body = body;
	}

	/** Keeps no texts of this request, because the client asked for that. */
	forgetBody(): void {
		this.keepsBody = false;
		this.body = null;
		this.prompt = null;
	}

	/** Records by which id the client names the answer, and returns it. */
	respond(id: string): string {
		this.responseId = id;
		return id;
	}

	/** Records which model is asked; `name` is what the client is told. */
	asks(model: ModelFile, name: string): void {
		this.model = name;
		this.modelFileId = model.id;
	}

	/** Records the model's input. */
	asked({ turns, text, prefill, sampling }: GenerateRequest): void {
		if (!this.keepsBody || this.prompt !== null) return;
		this.prompt = {
			turns:
				text === undefined
					? turns.map(({ role, content, toolCalls, toolCallId, name }) => ({
							role,
							content,
							toolCalls,
							toolCallId,
							name,
						}))
					: [{ role: 'text', content: text }],
			prefill: prefill?.text ?? null,
			sampling,
		};
	}

	enter(state: RequestState): void {
		if (this.state === state) return;
		this.state = state;
		this.#changed();
	}

	/** Records that the model has taken the request up, with `cached` of its tokens in the cache. */
	promptStarted(promptTokens: number, cached: number): void {
		this.queueMs ??= this.age;
		this.promptTokens ??= promptTokens;
		this.cachedTokens ??= cached;
		this.enter('prompt');
	}

	/** Records tokens as they come. */
	wrote(tokens: number): void {
		this.ttftMs ??= this.age;
		this.completionTokens = (this.completionTokens ?? 0) + tokens;
		this.enter('answering');
	}

	/** Records the end of one answer of the request. */
	finished({ stopReason, generationMs, cacheMiss, deterministic, cachedTokens, promptTokens }: GenerationResult): void {
		this.promptTokens ??= promptTokens;
		this.cachedTokens ??= cachedTokens;
		this.completionTokens ??= 0;
		this.finishReason = stopReason;
		this.generationMs = Math.max(this.generationMs ?? 0, generationMs);
		this.cacheMiss ??= cacheMiss ?? null;
		this.deterministic ||= deterministic === true;
	}

	/** Records the texts of one answer, if they are kept. */
	answered(answer: KeptAnswer): void {
		if (this.keepsBody) this.answers.push(answer);
	}

	/** Records the tokens of all texts of the request: of embeddings, scores, and several prompts. */
	counted(promptTokens: number): void {
		this.promptTokens = promptTokens;
	}

	/** Records the failure that the client is told. */
	failed({ status, code, message }: Pick<ErrorFacts, 'status' | 'code' | 'message'>): void {
		this.status = status;
		this.errorCode = code;
		// The parser's message quotes the body.
		this.error = code === 'invalid_json' && !this.keepsBody ? 'The body is not valid JSON.' : message.slice(0, 2_000);
	}

	/** Records the end. `status` counts unless a failure was recorded. */
	end(status: number): void {
		this.status ??= status;
		this.durationMs = this.age;
		this.state = 'ended';
		this.#changed();
	}
}
