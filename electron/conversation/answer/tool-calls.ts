import { setTimeout as sleep } from 'node:timers/promises';
import { whenAborted } from '../../../models/abort-signal.ts';
import { canonicalJson } from '../../../models/canonical-json.ts';
import type { ToolCall, ToolUse } from '../../../models/contract/tools.ts';
import type { Engine } from '../../../models/engine.ts';
import { reservedAnswerTokens } from '../../../models/prompt/context-overflow.ts';
import type { AnswerRound, AnswerStep, StepStatus } from '../../contract/conversation/steps.ts';
import type { ToolArguments, ToolOffer } from '../../contract/tools/schema.ts';
import type { CountTokens } from '../assemble-prompt.ts';
import { cleanText } from '../clean-text.ts';
import type { ConversationContext } from '../context.ts';
import type { CallPlace, ConversationTools } from '../conversation-tools.ts';
import type { StoredTool } from '../store/generations.ts';
import type { LiveAnswer } from './live-answers.ts';

/** The most calls of one round that run. */
export const mostCalls = 16;

/** Longest time that one call may take, ms. */
const callTimeoutMs = 120_000;
/** After a stop, a tool has this long to end by itself, ms; then nobody waits for it any more. */
const graceMs = 1_000;

/** The tools that the model of an answer may call. */
export interface OfferedTools {
	readonly tools: ConversationTools;
	readonly offers: readonly ToolOffer[];
	readonly place: CallPlace;
}

/**
 * Returns the tools that an answer is offered: those that the conversation uses, or the `chosen` ones. null: none. A
 * tool that is off, or changed since the person accepted it, is never among them.
 */
export async function offeredTools(
	{ tools }: Pick<ConversationContext, 'tools'>,
	place: CallPlace,
	chosen?: readonly number[],
): Promise<OfferedTools | null> {
	if (tools === undefined) return null;
	const offers = (await tools.listTools(place)).filter(
		({ id, used, state }) =>
			state !== 'off' && state !== 'changed' && (chosen === undefined ? used : chosen.includes(id)),
	);
	return offers.length === 0 ? null : { tools, offers, place };
}

/** Returns tools as the engine takes them. `choice` none: it sees them, but has to answer in words. */
export function toolUse(offers: readonly ToolOffer[], choice: 'auto' | 'none' = 'auto'): ToolUse {
	return {
		tools: offers.map(({ name, description, inputSchema }) => ({ name, description, parameters: inputSchema })),
		choice,
		parallel: true,
	};
}

/** Returns a function that counts turns together with the tools that are offered with them. */
export function countWithTools(engine: Engine, offered: OfferedTools | null): CountTokens {
	const tools = offered === null ? {} : { tools: toolUse(offered.offers) };
	return (request) => engine.countTokens({ ...request, ...tools });
}

/** Returns what an answer was offered as it is stored, so that its prompt can be repeated. */
export function storedTools(offers: readonly ToolOffer[]): StoredTool[] {
	return offers.map(({ server, name, description, inputSchema }) => ({
		server: server ?? '',
		name,
		description,
		parameters: inputSchema,
	}));
}

/** Returns the steps of calls that have not begun, each with an id that no other step of the answer has. */
export function waitingSteps(
	calls: readonly ToolCall[],
	offers: readonly ToolOffer[],
	rounds: readonly AnswerRound[],
): AnswerStep[] {
	const known = new Set(rounds.flatMap(({ steps }) => steps.map(({ callId }) => callId)));
	const unique = (id: string): string => {
		const own = known.has(id) ? `${id}_${known.size}` : id;
		known.add(own);
		return own;
	};
	return calls.map(({ id, name, arguments: given }) => ({
		callId: unique(id),
		server: offers.find((offer) => offer.name === name)?.server ?? '',
		name,
		arguments: cleanText(given),
		status: 'waiting',
		result: null,
		startedAt: null,
		durationMs: null,
	}));
}

export interface RunSteps {
	readonly offered: OfferedTools;
	/** Index of the round in the answer. */
	readonly index: number;
	/** Tokens of context that are left for the results. */
	readonly roomTokens: number;
	/** Refuses every call and tells the model why; null: there is no reason to. */
	readonly refusal: string | null;
	readonly onStep: (position: number, step: AnswerStep) => void;
	/** Called with the time that a person took to decide, ms. */
	readonly onWaited: (ms: number) => void;
}

/**
 * Runs the calls of a round together, as far as they are permitted. Resolves when each has ended, at the latest a second
 * after a stop; never rejects for what a tool does.
 */
export async function runSteps(
	context: Pick<ConversationContext, 'clock' | 'events'>,
	answer: LiveAnswer,
	run: RunSteps,
): Promise<void> {
	const { steps } = answer.rounds[run.index]!;
	// A call that was interrupted may have taken effect: it runs again only if a person says so.
	const open = steps.flatMap((step, position) =>
		step.status === 'waiting' || step.status === 'interrupted' ? [{ step, position }] : [],
	);
	const roomTokens = Math.floor(run.roomTokens / Math.max(1, open.length));
	const distinct = Map.groupBy(open, ({ step, position }) => callKey(step, position));
	await Promise.all(
		[...distinct.values()].map(async ([first, ...same]) => {
			const ended = await runStep(context, answer, { ...run, roomTokens }, first!.position, first!.step);
			// A model that repeats a call means one: it runs once, and each gets its result.
			const { status, result, startedAt, durationMs } = ended;
			for (const { step, position } of same) {
				setStep(answer, run, position, { ...step, status, result, startedAt, durationMs });
			}
		}),
	);
}

/** Equal for calls that are the same; one that was interrupted, or can't be read, is like no other. */
function callKey({ status, server, name, arguments: json }: AnswerStep, position: number): string {
	const args = argumentsOf(json);
	if (status !== 'waiting' || args === null) return String(position);
	return canonicalJson([server, name, args]);
}

function setStep(
	answer: LiveAnswer,
	{ index, onStep }: Pick<RunSteps, 'index' | 'onStep'>,
	position: number,
	step: AnswerStep,
): void {
	const round = answer.rounds[index]!;
	answer.setRound(index, { ...round, steps: round.steps.with(position, step) });
	onStep(position, step);
}

/** Runs one call. Returns the step as it ended. */
async function runStep(
	{ clock, events }: Pick<ConversationContext, 'clock' | 'events'>,
	answer: LiveAnswer,
	run: RunSteps,
	position: number,
	begun: AnswerStep,
): Promise<AnswerStep> {
	const { offered, roomTokens, refusal, onWaited } = run;
	const { tools, offers, place } = offered;
	let step = begun;
	function set(changes: Partial<AnswerStep>): AnswerStep {
		step = { ...step, ...changes };
		setStep(answer, run, position, step);
		return step;
	}
	const end = (status: AnswerStep['status'], result: string | null, durationMs = step.durationMs): AnswerStep =>
		set({ status, durationMs, result: result === null ? null : shortened(cleanText(result), roomTokens) });

	if (answer.signal.aborted) return end('stopped', null);
	if (refusal !== null) return end('refused', refusal);
	if (position >= mostCalls) return end('refused', `Only ${mostCalls} calls run at once. Call again.`);
	// A continued answer may have called another server's tool of that name.
	const offer = offers.find(({ name, server }) => name === step.name && (server ?? '') === step.server);
	if (offer === undefined) {
		return end('failed', `There is no tool “${step.name}”. Tools: ${offers.map(({ name }) => name).join(', ')}.`);
	}
	const args = argumentsOf(step.arguments);
	if (args === null) return end('failed', 'The arguments are not a JSON object.');

	const decide = (): 'allow' | 'ask' | 'refuse' => tools.decidePermission(offer.id, args, place);
	// It may have taken effect before.
	const mustAsk = begun.status === 'interrupted' || begun.startedAt !== null;
	const permission = decide();
	/** The person's word for this very call, and no other. */
	let isAllowedOnce = false;
	if (permission === 'ask' || (mustAsk && permission === 'allow')) {
		set({ status: 'asking' });
		const askedAt = performance.now();
		const decided = answer.ask(step.callId, () => !mustAsk && decide() === 'allow');
		// Measurements go on while a person thinks.
		events.publish({ type: 'temporary-ended' });
		const decision = await decided;
		if (!answer.isAsking()) events.publish({ type: 'temporary-started' });
		onWaited(performance.now() - askedAt);
		if (decision === null) return end('stopped', null);
		if (decision !== 'allowed') {
			if (decision.kind === 'refuse') {
				const refusal = tools.refuseCall(offer.id, args, place).content;
				return end('refused', decision.words.trim() === '' ? refusal : `${refusal}\n${decision.words.trim()}`);
			}
			isAllowedOnce = true;
			if (decision.scope !== 'once') {
				try {
					tools.grant(offer.id, decision.pattern, decision.scope, place);
				} catch (error) {
					return end('failed', error instanceof Error ? error.message : String(error));
				}
				answer.recheckPermissions();
			}
		}
	}

	const startedAt = performance.now();
	set({ status: 'running', startedAt: clock() });
	const call = tools
		.callTool(offer.id, args, { signal: answer.signal, timeoutMs: callTimeoutMs, place, isAllowedOnce })
		.catch((error: unknown) => ({ isError: true, content: error instanceof Error ? error.message : String(error) }));
	const left = whenAborted(answer.signal).then(() => sleep(graceMs, null, { ref: false }));
	const result = await Promise.race([call, left]);
	const durationMs = performance.now() - startedAt;
	if (result === null || answer.signal.aborted) return end('stopped', null, durationMs);
	return end(result.isError ? 'failed' : 'done', result.content, durationMs);
}

/** Ends the calls that an answer leaves open, because it failed or there was nothing to make them with. */
export function endOpenSteps(answer: LiveAnswer): void {
	const ends: Partial<Record<StepStatus, StepStatus>> = {
		waiting: 'stopped',
		asking: 'stopped',
		running: 'interrupted',
	};
	for (const [index, round] of answer.rounds.entries()) {
		if (!round.steps.some(({ status }) => ends[status] !== undefined)) continue;
		const steps = round.steps.map((step) => ({ ...step, status: ends[step.status] ?? step.status }));
		answer.setRound(index, { ...round, steps });
	}
}

/** Reads the arguments of a call; null: no JSON object. */
export function argumentsOf(json: string): ToolArguments | null {
	try {
		const value: unknown = JSON.parse(json === '' ? '{}' : json);
		return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as ToolArguments) : null;
	} catch {
		return null;
	}
}

/** Fewest characters of a result that are worth giving to a model. */
const fewestCharacters = 400;
/** Characters of a token, on the safe side for code and languages other than English. */
const charactersPerToken = 2.5;

/** Leaves out the middle of a result that the context has no room for, and says so. */
export function shortened(text: string, roomTokens: number): string {
	const most = Math.max(fewestCharacters, Math.floor(roomTokens * charactersPerToken));
	if (text.length <= most) return text;
	const half = Math.floor(most / 2);
	const left = text.length - 2 * half;
	return `${text.slice(0, half)}\n[${left} characters left out: the context has no room for them]\n${text.slice(-half)}`.toWellFormed();
}

/** Returns how many tokens of the context results may take, after a round. */
export function roomForResults(
	contextSize: number,
	{ promptTokens, completionTokens }: { readonly promptTokens: number; readonly completionTokens: number },
): number {
	return Math.max(0, contextSize - reservedAnswerTokens(contextSize) - promptTokens - completionTokens) * 0.8;
}
