import type { OpenSession, Session } from '../../electron/evaluation/context.ts';
import { Failure } from '../../models/contract/failure.ts';
import type { MeasuredAnswer, MeasuredRow, MeasureRow } from '../../models/contract/native/tasks.ts';
import { measureContextUsage } from '../../models/prompt/context-overflow.ts';

/** Decides what a scripted process does with one row. */
export type Answering = (
	row: MeasureRow,
	place: { session: number; path: string; text: string },
) => Partial<{
	text: string;
	failure: { code: string; message: string; next: string[] };
	/** Default: the model ended its answer itself. */
	stopReason: 'end' | 'max-tokens';
	/** true if the process dies before it answers this row. */
	die: boolean;
}>;

export interface ScriptedSessions {
	readonly open: OpenSession;
	/** Paths of all sessions ever opened, in order. */
	readonly opened: string[];
	/** Rows that were requested, over all sessions. */
	readonly asked: string[];
	/** Sessions that are open now, and the most at any time. */
	open_now: number;
	most: number;
	held: boolean[];
	/** Delay before each row, ms. */
	delayMs: number;
}

/** Returns the last user message, or the text. */
export function questionOf({ prompt }: MeasureRow): string {
	return 'text' in prompt ? prompt.text : (prompt.turns.at(-1)?.content ?? '');
}

export function diedFailure(): Failure {
	return new Failure({
		code: 'native-process-died',
		message: 'The measuring process ended unexpectedly.',
		next: ['Try again'],
	});
}

/** Creates measuring sessions that answer by a function, for scripted failures and for runs of thousands of rows. */
export function scriptedSessions(answer: Answering = () => ({})): ScriptedSessions {
	const sessions: ScriptedSessions = {
		open: openOne,
		opened: [],
		asked: [],
		open_now: 0,
		most: 0,
		held: [],
		delayMs: 0,
	};
	async function openOne({ model, signal, contextSize }: Parameters<OpenSession>[0]): Promise<Session> {
		signal?.throwIfAborted();
		sessions.opened.push(model);
		sessions.open_now += 1;
		sessions.most = Math.max(sessions.most, sessions.open_now);
		const number = sessions.opened.length;
		let gone = false;
		let open = true;
		return {
			facts: { engineBuild: 'scripted', systemInfo: 'scripted', chat: true, contextSize: contextSize ?? 2048 },
			// An unused process id: Linux ends at 4194304.
			processId: 999_999_999,
			async generate(rows, { signal: stop, onRow } = {}) {
				const done: MeasuredRow[] = [];
				for (const [index, row] of rows.entries()) {
					await new Promise((resolve) =>
						sessions.delayMs === 0 ? setImmediate(resolve) : setTimeout(resolve, sessions.delayMs),
					);
					stop?.throwIfAborted();
					if (gone) throw diedFailure();
					const text = questionOf(row);
					sessions.asked.push(text);
					const {
						text: said = `You said ${text}`,
						failure,
						die,
						stopReason = 'end',
					} = answer(row, { session: number, path: model, text });
					if (die) {
						gone = true;
						throw diedFailure();
					}
					const one: MeasuredRow =
						failure === undefined ? { ...answered(said), ...callsOf(row), stopReason } : { failure };
					done.push(one);
					onRow?.(index, one);
				}
				return done;
			},
			async likelihood(items) {
				await new Promise((resolve) => setImmediate(resolve));
				return items.map(({ continuations }) => ({
					logLikelihoods: continuations.map((text) => -text.length),
					greedy: continuations.map(() => false),
					tokens: continuations.map(() => 1),
					contextTokens: 3,
					truncated: 0,
				}));
			},
			async usage({ turns, texts }) {
				return measureContextUsage(
					{ turns, texts, contextSize: contextSize ?? 2048 },
					(some) => some.map(({ content }) => content).join(' '),
					countWords,
					countWords,
				);
			},
			hold: (held) => void sessions.held.push(held),
			async close() {
				if (open) sessions.open_now -= 1;
				open = false;
			},
		};
	}
	return sessions;
}

/** A scripted model has a token for each word. */
function countWords(text: string): number {
	return text.split(/\s+/).filter((word) => word !== '').length;
}

function answered(text: string): MeasuredRow {
	const tokenIds = [...text].map((character) => character.codePointAt(0) ?? 0);
	return {
		text,
		tokenIds,
		stopReason: 'end',
		stopString: null,
		promptTokens: 10,
		cachedTokens: 4,
		completionTokens: tokenIds.length,
		ttftMs: 1,
		ms: 5,
	};
}

/** The form in which a scripted model writes calls: {"name": …, "arguments": {…}} in <tool_call> tags. */
function callsOf({ prompt }: MeasureRow): Pick<MeasuredAnswer, 'calls'> {
	if (!('turns' in prompt) || prompt.tools === undefined) return {};
	return {
		calls: {
			insideReasoning: false,
			format: {
				...{ start: '', end: '', separator: '\n', reasoning: null, ignored: [] },
				call: {
					...{ shape: 'json', start: '<tool_call>', end: '</tool_call>', name: 'name', arguments: 'arguments' },
					...{ id: null, constants: {}, answer: null },
				},
			},
		},
	};
}

/** Writes a call as a scripted model does. */
export function writtenCall(name: string, args: object): string {
	return `<tool_call>${JSON.stringify({ name, arguments: args })}</tool_call>`;
}
