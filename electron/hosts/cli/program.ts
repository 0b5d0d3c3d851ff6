import { Command, CommanderError } from 'commander';
import { type FailureFacts, failureFacts } from '../../../models/contract/failure.ts';
import { starterModelId } from '../../../models/download/catalogue.ts';
import { failureOf } from '../../api/call-failure.ts';
import { assayVersion } from '../assay-version.ts';
import { type AddCommands, contextOf, type Execute, examples, type OpenModels } from './command.ts';
import { exitCode, UsageError } from './exit-codes.ts';
import { listenForInterrupt } from './interrupt.ts';
import { openOutput, type Streams } from './output.ts';

/** Commands of each noun. Only the module of the noun in use is loaded: that halves a command's start. */
export const nouns: Readonly<Record<string, () => Promise<AddCommands>>> = {
	activity: async () => (await import('./activity.ts')).addActivity,
	adapters: async () => (await import('./adapters.ts')).addAdapters,
	backup: async () => (await import('./backup.ts')).addBackup,
	bench: async () => (await import('./bench.ts')).addBench,
	chat: async () => (await import('./chat.ts')).addChat,
	compare: async () => (await import('./compare.ts')).addCompare,
	comparisons: async () => (await import('./comparisons.ts')).addComparisons,
	complete: async () => (await import('./complete.ts')).addComplete,
	conversations: async () => (await import('./conversations/conversations.ts')).addConversations,
	datasets: async () => (await import('./datasets/datasets.ts')).addDatasets,
	diagnostics: async () => (await import('./diagnostics.ts')).addDiagnostics,
	documents: async () => (await import('./documents.ts')).addDocuments,
	doctor: async () => (await import('./doctor.ts')).addDoctor,
	embed: async () => (await import('./embed.ts')).addEmbed,
	eval: async () => (await import('./evaluation/eval.ts')).addEval,
	feedback: async () => (await import('./feedback.ts')).addFeedback,
	loglikelihood: async () => (await import('./loglikelihood.ts')).addLoglikelihood,
	mcp: async () => (await import('./mcp.ts')).addMcp,
	memory: async () => (await import('./memory.ts')).addMemory,
	models: async () => (await import('./models/models.ts')).addModels,
	pages: async () => (await import('./pages.ts')).addPages,
	perplexity: async () => (await import('./perplexity.ts')).addPerplexity,
	presets: async () => (await import('./presets.ts')).addPresets,
	prompts: async () => (await import('./prompts.ts')).addPrompts,
	quantize: async () => (await import('./quantize.ts')).addQuantize,
	server: async () => (await import('./server.ts')).addServer,
	serve: async () => (await import('./serve.ts')).addServe,
	tools: async () => (await import('./tools.ts')).addTools,
	train: async () => (await import('./training/train.ts')).addTrain,
};

export interface CliOptions {
	openModels: OpenModels;
	/** Folder of the built renderer. */
	rendererFolder: string;
	streams: Streams;
}

/** Runs one command line and returns its exit code. `args` excludes the program's name. */
export async function runCli(args: readonly string[], options: CliOptions): Promise<number> {
	using interrupt = listenForInterrupt();
	const { streams } = options;
	streams.stdout.on('error', (error: NodeJS.ErrnoException) => {
		// A reader that stops early (`| head`) is not a failure; a full disk behind `>` is, and the file is not whole.
		if (error.code === 'EPIPE') process.exit(exitCode.done);
		openOutput({ json: false, verbose: false }, streams).failure(unwritten(error));
		process.exit(exitCode.failed);
	});
	let code: number = exitCode.done;
	let help = '';
	const execute: Execute = async (command, work) => {
		const context = contextOf(command, interrupt, options);
		try {
			code = await work(context);
		} catch (error) {
			if (error instanceof UsageError) throw error;
			if (interrupt.signal.aborted) code = interrupt.exitCode;
			else {
				code = exitCode.failed;
				context.output.failure(forTerminal(failureOf(error).facts()));
			}
		}
		// A program that reads the document gets one in any case.
		if (interrupt.signal.aborted && context.output.json && !context.output.printed) {
			context.output.failure({ code: 'interrupted', message: 'Interrupted', next: ['Run it again'] });
		}
	};
	let program: Command | undefined;
	try {
		program = await makeProgram(args, execute, (text) => {
			help += text;
		});
		await program.parseAsync(args, { from: 'user' });
	} catch (error) {
		if (error instanceof CommanderError && error.exitCode === 0) return exitCode.done;
		if (!(error instanceof CommanderError || error instanceof UsageError)) throw error;
		// Commander throws before it has parsed the options.
		const json = args.includes('--json');
		if (isHelp(error) && !json) streams.stderr.write(help);
		else openOutput({ json, verbose: false }, streams).failure(usageFailure(error, program, args));
		return exitCode.wrongUsage;
	}
	return code;
}

function usageFailure(
	error: CommanderError | UsageError,
	program: Command | undefined,
	args: readonly string[],
): FailureFacts {
	const next = [`See ${[...namedCommand(program, args), '--help'].join(' ')}`];
	const message = isHelp(error) ? 'no command given' : error.message.replace(/^error: /, '');
	return { code: 'wrong-usage', message, next };
}

/** For a command without its subcommand, commander prints the help. */
function isHelp(error: Error): boolean {
	return error instanceof CommanderError && error.code === 'commander.help';
}

/** Returns the longest command that `args` begin with; its help explains the mistake. */
function namedCommand(program: Command | undefined, args: readonly string[]): readonly string[] {
	const words = ['assay'];
	let command = program;
	for (const arg of wordsOf(args)) {
		command = command?.commands.find((one) => one.name() === arg || one.aliases().includes(arg));
		if (command === undefined) break;
		words.push(command.name());
	}
	return words;
}

/** Replaces buttons in a failure's next steps with commands. */
function forTerminal(facts: FailureFacts): FailureFacts {
	if (facts.code !== 'no-model') return facts;
	const starter = `Download the starter model (98 MB): assay models pull ${starterModelId}`;
	return { ...facts, next: [starter, 'Or use a GGUF file you have: --model <path>'] };
}

/** Returns the words that are neither options nor the data folder. The first one is the noun. */
function wordsOf(args: readonly string[]): readonly string[] {
	return args.filter((arg, index) => !arg.startsWith('-') && args[index - 1] !== '--data');
}

/** Creates the commands of the nouns that `args` name, or of all nouns if they name none. */
export async function makeProgram(
	args: readonly string[],
	execute: Execute,
	writeHelp: (text: string) => void,
): Promise<Command> {
	const program = new Command('assay')
		.description('Chat with, evaluate and compare language models on your own computer. Nothing leaves it.')
		.version(assayVersion(), '--version', 'print the version')
		.option('--data <folder>', 'data folder (or set ASSAY_DATA)')
		.option('--json', 'print one JSON document')
		.option('--verbose', 'print the application’s log to stderr')
		.addHelpText(
			'after',
			examples('chat "What is the capital of France?"', 'models list', 'conversations search Paris', 'serve'),
		)
		.addHelpText('after', 'Exit codes: 0 success, 1 failure, 2 wrong usage, 3 failed check, 130 interrupted.\n');
	const [noun] = wordsOf(args);
	const wanted = noun !== undefined && Object.hasOwn(nouns, noun) ? [noun] : Object.keys(nouns);
	for (const name of wanted) {
		const add = await nouns[name]?.();
		add?.(program, execute);
	}
	applyToAll(program, (command) =>
		command
			.exitOverride()
			.configureHelp({ showGlobalOptions: true })
			.configureOutput({ writeErr: writeHelp })
			.helpOption('--help', 'show help')
			.helpCommand(false),
	);
	return program;
}

function applyToAll(command: Command, change: (command: Command) => void): void {
	change(command);
	for (const below of command.commands) applyToAll(below, change);
}

/** Explains that the result did not reach the file or program behind standard output. */
function unwritten(error: Error): FailureFacts {
	const facts = failureFacts(error);
	return { ...facts, message: `Couldn’t write the whole result. ${facts.message}` };
}
