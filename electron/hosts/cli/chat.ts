import { createInterface } from 'node:readline/promises';
import { text as readAll } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import { overflowPolicySchema } from '../../contract/conversation/overflow.ts';
import { textEncodingSchema } from '../../contract/text-encoding.ts';
import type { Client } from '../transport/rpc-client.ts';
import { adapterHelp, repeated } from './adapter-option.ts';
import { type AnswerDocument, answerDocument, answerNote, failureOfAnswer, sourceLines } from './chat-answer.ts';
import { savedConversation, type TerminalConversation, temporaryConversation } from './chat-conversation.ts';
import { answerOptions, type ChatOptions, readAttachments } from './chat-options.ts';
import { askOn, callPermission, type Terminal, toolNames } from './chat-tools.ts';
import { type AddCommands, type CommandContext, examples, wholeNumber } from './command.ts';
import { engineWarning } from './engine-warning.ts';
import { exitCode, UsageError } from './exit-codes.ts';
import { gpuLayersOption, gpuOption, gpuWarning } from './gpu-option.ts';
import { collect } from './list-option.ts';
import type { Streams } from './output.ts';
import { samplingOptions } from './sampling-options.ts';
import { withApplication } from './with-application.ts';

/**
 * Returns the prompt: the words of the command line, where `-` means standard input; without words, all of a piped
 * standard input; null at a terminal.
 */
async function promptText({ stdin }: Streams, words: readonly string[]): Promise<string | null> {
	if (words.length === 0) return stdin.isTTY ? null : readAll(stdin);
	const piped = words.includes('-') ? await readAll(stdin) : '';
	return words.map((word) => (word === '-' ? piped : word)).join(' ');
}

/** Runs a conversation at a terminal until Ctrl+D. Prints the failure of an answer and continues. */
async function chatInteractively(
	context: CommandContext,
	conversation: TerminalConversation,
	terminal: Terminal,
): Promise<number> {
	const { output, interrupt, streams } = context;
	output.note('Ctrl+C stops the answer or ends the conversation; Ctrl+D ends the conversation');
	const lines = createInterface({ input: streams.stdin, output: streams.stdout, prompt: '> ' });
	// The terminal is in raw mode: Ctrl+C arrives as a key.
	lines.on('SIGINT', () => interrupt.trigger());
	interrupt.signal.addEventListener('abort', () => lines.close());
	terminal.question = (text, signal) => askOn(lines, text, signal);
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
	else {
		const answer = answerDocument(message, conversation.saved, performance.now() - started);
		for (const line of [...sourceLines(answer), answerNote(answer)]) output.note(line);
	}
}

export const addChat: AddCommands = (program, execute) => {
	const command = program
		.command('chat')
		.argument(
			'[prompt...]',
			'the message; - reads standard input; without a message, starts a conversation in the terminal',
		)
		.description('send a message to a model and stream its answer')
		.option('--model <model>', 'name in the library, or path of a GGUF file to add to it')
		.option('--preset <preset>', 'name of a preset; other options override it')
		.option('--adapter <adapter[=scale]>', adapterHelp, repeated)
		.option('--system <text>', 'system prompt');
	for (const option of samplingOptions()) command.addOption(option);
	command
		.option('--context <n>', 'context size in tokens', wholeNumber(128))
		.option('--threads <n>', 'inference threads (default: measured)', wholeNumber(1, 256))
		.addOption(gpuOption())
		.addOption(gpuLayersOption())
		.option('--attach <file>', 'text file or PDF to attach; repeat for more files', collect)
		.option('--with <collection>', 'answer from the documents of a collection; repeat for more', collect)
		.addOption(
			new Option(
				'--overflow <policy>',
				'once the context is full: drop the oldest messages, let a summary stand for them, or retrieve passages of them',
			).choices(overflowPolicySchema.options),
		)
		.addOption(
			new Option('--attach-encoding <name>', 'encoding of attached text files that are not UTF-8 or UTF-16').choices(
				textEncodingSchema.options,
			),
		)
		.option('--json-answer [schema]', 'require JSON answers, or answers that match the JSON Schema in a file')
		.option(
			'--tools <names>',
			'tools that the model may call, separated by commas; assay tools list shows them',
			toolNames,
		)
		.option('--allow-tools <pattern>', 'call these without asking, * for any; repeat for more', collect)
		.option('--no-save', 'don’t store this conversation')
		.addHelpText(
			'after',
			examples(
				'chat "What is the capital of France?" --temperature 0',
				'chat --preset Careful "Who wrote Beowulf?"',
				'chat --adapter json=0.5 "Two tickets to Rome, please"',
				'chat --model ~/models/other.gguf --json "Hello" | jq -r .text',
				'chat "Summarise this:" - < notes.txt',
				'chat "What do these have in common?" --attach a.md --attach b.pdf',
				'chat --with Handbook "How many days of leave do I have?"',
				'chat --overflow summary',
				'chat --json-answer person.schema.json "Who wrote Beowulf?"',
				'chat --tools calculator --allow-tools calculator "What is 17 % of 4,321?"',
				'chat',
			),
		)
		.action((words: string[], options: ChatOptions, command: Command) =>
			execute(command, (context) => chat(context, words, options)),
		);
};

async function chat(context: CommandContext, words: readonly string[], options: ChatOptions): Promise<number> {
	const { output } = context;
	const text = await promptText(context.streams, words);
	if (text === null && output.json) throw new UsageError('--json needs a prompt: assay chat --json "<prompt>"');
	if (text !== null && text.trim() === '') throw new UsageError('the prompt is empty: assay chat "<prompt>"');
	return withApplication(context, async (client) => {
		const begin = options.save ? savedConversation : temporaryConversation;
		const attachments = await readAttachments(client, options.attach ?? [], options.attachEncoding);
		const terminal: Terminal = { question: null };
		const permission = callPermission(context, options.allowTools ?? [], terminal);
		const conversation = begin(
			client,
			await answerOptions(client, options),
			attachments,
			output,
			context.interrupt,
			permission,
		);
		const code = await (text === null
			? chatInteractively(context, conversation, terminal)
			: askOnce(context, conversation, text));
		await warnOfLoads(client, context, options.gpu !== undefined);
		return code;
	});
}

/** Warns of a model that another engine answers for, and of one that does not run on the requested GPU. */
async function warnOfLoads(client: Client, { output }: CommandContext, gpu: boolean): Promise<void> {
	const { states } = await client.models.list();
	for (const state of states) {
		if (state.state !== 'loaded') continue;
		const { engineFailure, gpuFailure } = state.capabilities;
		if (engineFailure !== undefined) output.note(engineWarning(engineFailure));
		if (gpu && gpuFailure !== undefined) output.note(gpuWarning(gpuFailure));
	}
}

async function askOnce(context: CommandContext, conversation: TerminalConversation, text: string): Promise<number> {
	const { output, interrupt } = context;
	const started = performance.now();
	const message = await conversation.say(text);
	const answer = answerDocument(message, conversation.saved, performance.now() - started);
	const failure = failureOfAnswer(message);
	if (failure) {
		output.failure(failure.facts(), withoutNull(answer));
		return exitCode.failed;
	}
	for (const line of [...sourceLines(answer), answerNote(answer)]) output.note(line);
	if (output.json) output.result(answer, '');
	return message.status === 'stopped' ? interrupt.exitCode : exitCode.done;
}

function withoutNull(answer: AnswerDocument): object {
	return Object.fromEntries(Object.entries(answer).filter(([, value]) => value !== null));
}
