import { engineLabels, engineOfBuild } from '../../../models/contract/engine-names.ts';
import { Failure } from '../../../models/contract/failure.ts';
import type { Ledger, LeftOut } from '../../contract/conversation/ledger.ts';
import type { Message } from '../../contract/conversation/schema.ts';
import type { AnswerRound } from '../../contract/conversation/steps.ts';

/** Document that `assay chat --json` prints. */
export interface AnswerDocument {
	/** null with --no-save. */
	conversationId: number | null;
	messageId: number | null;
	text: string;
	reasoning: string | null;
	/** Calls of tools; absent if there were none. */
	steps?: StepDocument[];
	/** What the prompt consisted of; absent if that is unknown. */
	ledger?: LedgerDocument;
	stopReason: string | null;
	usage: { promptTokens: number; cachedTokens: number; completionTokens: number };
	timing: {
		ttftMs: number | null;
		promptTokensPerSecond: number | null;
		tokensPerSecond: number | null;
		/** From sending the prompt to the end of the answer, including loading the model. */
		totalMs: number;
	};
	model: string | null;
	/** Name and version of the engine that answered. */
	engine: string | null;
	seed: number | null;
}

/** Sources by the numbers that the answer names; `unfoundQuotes` are in none of them. */
interface LedgerDocument {
	parts: Ledger['parts'];
	leftOut: Pick<LeftOut, 'kind' | 'title' | 'reason' | 'tokens'>[];
	sources: Ledger['sources'];
	unfoundQuotes: string[];
	/** What became of the oldest messages; absent: all of them were sent. */
	overflow?: Ledger['overflow'];
}

function ledgerDocument({ ledger, content }: Message): LedgerDocument | null {
	if (ledger === undefined) return null;
	return {
		parts: ledger.parts,
		leftOut: ledger.leftOut.map(({ kind, title, reason, tokens }) => ({ kind, title, reason, tokens })),
		sources: ledger.sources,
		unfoundQuotes: ledger.unfoundQuotes.map(({ start, end }) => content.slice(start, end)),
		...(ledger.overflow === undefined ? {} : { overflow: ledger.overflow }),
	};
}

/** Returns the lines below an answer that name its sources, or say that there are none. */
export function sourceLines({ ledger }: AnswerDocument): string[] {
	if (ledger === undefined) return [];
	const { sources, leftOut, unfoundQuotes } = ledger;
	return [
		...sources.map(({ number, title, page, heading }) => {
			const place = page === null ? heading.at(-1) : `p. ${page}`;
			return `[${number}] ${title}${place === undefined ? '' : `, ${place}`}`;
		}),
		...(sources.length > 0
			? []
			: leftOut.filter(({ kind }) => kind === 'documents').map(({ title, reason }) => `${title}: ${reason}`)),
		...unfoundQuotes.map((quote) => `not in any source: “${quote}”`),
		...leftOut.filter(({ kind }) => kind === 'history').map(({ title, reason }) => `${title}: ${reason}`),
	];
}

/** One call of a tool. Its arguments are JSON, or the model's own text if that is not JSON. */
interface StepDocument {
	/** From 1: calls of one round ran together. */
	round: number;
	server: string | null;
	name: string;
	arguments: unknown;
	status: string;
	result: string | null;
	durationMs: number | null;
}

function stepDocuments(rounds: readonly AnswerRound[]): StepDocument[] {
	return rounds.flatMap(({ steps }, index) =>
		steps.map(({ server, name, arguments: given, status, result, durationMs }) => ({
			round: index + 1,
			server: server === '' ? null : server,
			name,
			arguments: parsed(given),
			status,
			result,
			durationMs,
		})),
	);
}

function parsed(json: string): unknown {
	try {
		return JSON.parse(json);
	} catch {
		return json;
	}
}

export function answerDocument(message: Message, saved: boolean, totalMs: number): AnswerDocument {
	const { generation } = message;
	const ledger = ledgerDocument(message);
	return {
		conversationId: saved ? message.conversationId : null,
		messageId: saved ? message.id : null,
		text: message.content,
		reasoning: message.reasoning,
		...(message.rounds === undefined ? {} : { steps: stepDocuments(message.rounds) }),
		...(ledger === null ? {} : { ledger }),
		stopReason: generation?.stopReason ?? null,
		usage: {
			promptTokens: generation?.promptTokens ?? 0,
			cachedTokens: generation?.cachedTokens ?? 0,
			completionTokens: generation?.completionTokens ?? 0,
		},
		timing: {
			ttftMs: generation?.ttftMs ?? null,
			promptTokensPerSecond: generation?.promptTokensPerSecond ?? null,
			tokensPerSecond: generation?.tokensPerSecond ?? null,
			totalMs,
		},
		model: generation?.modelName ?? null,
		engine: generation?.engineBuild ?? null,
		seed: generation?.sampling.seed ?? null,
	};
}

/** Returns the line below an answer at a terminal. */
export function answerNote({ usage, timing, model, engine, stopReason }: AnswerDocument): string {
	return [
		...(model === null ? [] : [model]),
		...(engine === null || engineOfBuild(engine) === 'c-api' ? [] : [engineLabels['node-llama-cpp']]),
		`${usage.completionTokens} tokens`,
		...(timing.tokensPerSecond === null ? [] : [`${timing.tokensPerSecond.toFixed(1)} tokens/s`]),
		...(timing.ttftMs === null ? [] : [`first after ${Math.round(timing.ttftMs)} ms`]),
		...(stopReason === null || stopReason === 'end' ? [] : [stopReason]),
	].join(' · ');
}

/** Returns the failure of an answer that neither finished nor was stopped. */
export function failureOfAnswer(message: Message): Failure | null {
	if (message.failure) return new Failure(message.failure);
	if (message.status === 'complete' || message.status === 'stopped') return null;
	return new Failure({
		code: 'answer-interrupted',
		message: 'The answer was cut off; the text so far was kept',
		next: ['Ask again'],
	});
}
