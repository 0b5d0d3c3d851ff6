import { createInterface } from 'node:readline/promises';
import type { CommandContext } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import { answerDocument, answerNote, failureOfAnswer } from './answer.ts';
import type { TerminalConversation } from './conversation.ts';

/** A conversation at a terminal, until Ctrl+D. A failed answer is told and the conversation goes on. */
export async function chatInteractively(context: CommandContext, conversation: TerminalConversation): Promise<number> {
	const { output, interrupt } = context;
	output.note('Ctrl+D ends the conversation; Ctrl+C too, and stops an answer');
	const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: '> ' });
	// The terminal is in raw mode: Ctrl+C arrives as a key.
	lines.on('SIGINT', () => interrupt.trigger());
	interrupt.signal.addEventListener('abort', () => lines.close());
	lines.prompt();
	for await (const line of lines) {
		if (line.trim() !== '') await answerLine(context, conversation, line);
		if (interrupt.signal.aborted) return interrupt.exitCode;
		lines.prompt();
	}
	return interrupt.signal.aborted ? interrupt.exitCode : exitCode.done;
}

async function answerLine({ output }: CommandContext, conversation: TerminalConversation, line: string): Promise<void> {
	const started = performance.now();
	const message = await conversation.say(line);
	const failure = failureOfAnswer(message);
	if (failure) output.failure(failure.facts());
	else output.note(answerNote(answerDocument(message, conversation.saved, performance.now() - started)));
}
