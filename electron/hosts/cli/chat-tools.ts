import { createInterface, type Interface } from 'node:readline/promises';
import { Failure } from '../../../models/contract/failure.ts';
import type { AnswerStep, CallDecision } from '../../contract/conversation/steps.ts';
import type { Client } from '../transport/rpc-client.ts';
import type { CommandContext } from './command.ts';
import { UsageError } from './exit-codes.ts';

/** Decides about a call that needs permission. `signal` aborts when nobody waits for the decision any more. */
export type CallPermission = (step: AnswerStep, signal: AbortSignal) => Promise<CallDecision>;

/** Asks at the terminal; null: no conversation holds it. */
export interface Terminal {
	question: ((text: string, signal: AbortSignal) => Promise<string>) | null;
}

/** Reads a list of names that are separated by commas. */
export function toolNames(text: string, before: readonly string[] = []): readonly string[] {
	return [...before, ...text.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]))];
}

/** Returns the ids of tools by their names, in which `*` stands for anything. */
export async function toolIds(client: Client, names: readonly string[]): Promise<number[]> {
	const { tools } = await client.tools.offers({ conversationId: null });
	const ids = names.flatMap((name) => {
		const found = tools.filter((tool) => matches(name, tool.name));
		const known = tools.map((tool) => tool.name).join(', ');
		if (found.length === 0) throw new UsageError(`there is no tool ${name}; there are: ${known || 'none'}`);
		const usable = found.filter(({ state }) => state !== 'off' && state !== 'changed');
		if (usable.length > 0) return usable.map(({ id }) => id);
		throw new Failure({
			code: 'tool-off',
			message:
				found[0]?.state === 'changed' ? `The definition of the tool ${name} has changed.` : `The tool ${name} is off.`,
			next: [`${found[0]?.state === 'changed' ? 'Review it' : 'Switch it on'}: assay tools allow ${name}`],
		});
	});
	return [...new Set(ids)];
}

function matches(pattern: string, name: string): boolean {
	const parts = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
	return new RegExp(`^${parts.join('.*')}$`, 'u').test(name);
}

/**
 * Allows calls by the patterns of the command line; asks about others at a terminal; without one it refuses them and
 * says how to allow them.
 */
export function callPermission(
	{ output, streams, interrupt }: Pick<CommandContext, 'output' | 'streams' | 'interrupt'>,
	allowed: readonly string[],
	terminal: Terminal,
): CallPermission {
	/** One question at a time. */
	let last: Promise<unknown> = Promise.resolve();
	async function ask(step: AnswerStep, signal: AbortSignal): Promise<CallDecision> {
		const question = terminal.question ?? ownQuestion(streams, interrupt);
		output.progress(null);
		// In the question itself: nobody allows what they don't see, however little else is printed.
		const called = visible(`${calledName(step)} ${step.arguments}`);
		const choices = '[y] once, [c] in this conversation, [a] always, [N] no';
		return decisionOf(await question(`${called}\nAllow this call? ${choices}: `, signal));
	}
	return async (step, signal) => {
		if (allowed.some((pattern) => matches(pattern, step.name)))
			return { kind: 'allow', scope: 'once', pattern: { kind: 'any' } };
		if (streams.stdin.isTTY !== true || streams.stdout.isTTY !== true) {
			output.warn(`the call of ${calledName(step)} was refused; to allow it: --allow-tools ${step.name}`);
			return { kind: 'refuse', words: 'This program runs unattended, so nobody could be asked.' };
		}
		const turn = last.then(() => ask(step, signal));
		last = turn.catch(() => {});
		return await turn;
	};
}

function ownQuestion(
	streams: CommandContext['streams'],
	interrupt: CommandContext['interrupt'],
): NonNullable<Terminal['question']> {
	return async (text, signal) => {
		const lines = createInterface({ input: streams.stdin, output: streams.stdout });
		// The terminal may be in raw mode: Ctrl+C arrives as a key.
		lines.on('SIGINT', () => interrupt.trigger());
		try {
			return await askOn(lines, text, signal);
		} finally {
			lines.close();
		}
	};
}

/** Asks, and returns '' if the input ends before there is an answer. Rejects if `signal` aborts. */
export async function askOn(lines: Interface, text: string, signal: AbortSignal): Promise<string> {
	const { promise: closed, resolve } = Promise.withResolvers<string>();
	const onClose = (): void => resolve('');
	lines.once('close', onClose);
	try {
		return await Promise.race([lines.question(text, { signal }), closed]);
	} catch (error) {
		if (signal.aborted) throw error;
		// It was closed before.
		return '';
	} finally {
		lines.off('close', onClose);
	}
}

/** Shows characters that would move the cursor, colour or turn the text round. */
function visible(text: string): string {
	return text.replaceAll(
		/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
		(character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`,
	);
}

function decisionOf(answer: string): CallDecision {
	const allow = (scope: 'once' | 'conversation' | 'always'): CallDecision => ({
		kind: 'allow',
		scope,
		pattern: { kind: 'any' },
	});
	switch (answer.trim().toLowerCase()) {
		case 'y':
		case 'yes':
			return allow('once');
		case 'c':
			return allow('conversation');
		case 'a':
			return allow('always');
		default:
			return { kind: 'refuse', words: '' };
	}
}

const calledName = ({ server, name }: AnswerStep): string => (server === '' ? name : `${name} (${server})`);

/** Returns a line about a step for a person; null: nothing to say yet. */
export function stepLine(step: AnswerStep): string | null {
	const time = step.durationMs === null ? '' : `, ${Math.round(step.durationMs)} ms`;
	switch (step.status) {
		case 'waiting':
		case 'asking':
			return null;
		case 'running':
			return `calling ${calledName(step)} ${step.arguments}`;
		case 'done':
			return `${calledName(step)}: done${time}`;
		case 'failed':
		case 'refused':
		case 'stopped':
		case 'interrupted':
			return `${calledName(step)}: ${step.status}${time}`;
	}
}
