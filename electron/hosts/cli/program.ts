import { Command, CommanderError } from 'commander';
import type { FailureFacts } from '../../../models/contract/failure.ts';
import { starterModelId } from '../../../models/library/catalogue.ts';
import { assayVersion } from '../assay-version.ts';
import { failureOf } from '../transport/rpc-failure.ts';
import { addChat } from './chat/chat.ts';
import { contextOf, type Execute, examples } from './command.ts';
import { addConversations } from './conversation/conversations.ts';
import { addBackup } from './data/backup.ts';
import { addDiagnostics } from './data/diagnostics.ts';
import { addDatasets } from './dataset/datasets.ts';
import { addDoctor } from './doctor.ts';
import { addEval } from './evaluation/eval.ts';
import { exitCode } from './exit-code.ts';
import { addFeedback } from './feedback/feedback.ts';
import { listenForInterrupt } from './interrupt.ts';
import { addBench } from './measure/bench.ts';
import { addCompare } from './measure/compare.ts';
import { addComparisons } from './measure/comparisons.ts';
import { addLoglikelihood } from './measure/loglikelihood.ts';
import { addPerplexity } from './measure/perplexity.ts';
import { addQuantize } from './measure/quantize.ts';
import { addModels } from './model/models.ts';
import { openOutput } from './output.ts';
import { addPresets } from './preset/presets.ts';
import { addPrompts } from './prompt/prompts.ts';
import { addServe } from './serve.ts';
import type { OpenModels } from './session.ts';
import { UsageError } from './usage-error.ts';

export interface CliOptions {
	openModels: OpenModels;
	/** The built renderer. */
	rendererFolder: string;
}

/** Runs one command line and answers with its exit code. `args` without the program's name. */
export async function runCli(args: readonly string[], options: CliOptions): Promise<number> {
	const interrupt = listenForInterrupt();
	// A reader that has seen enough (`| head`) is no failure.
	process.stdout.on('error', () => process.exit(exitCode.done));
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
			context.output.failure({ code: 'interrupted', message: 'The command was interrupted', next: ['Run it again'] });
		}
	};
	try {
		await makeProgram(execute, (text) => {
			help += text;
		}).parseAsync(args, { from: 'user' });
	} catch (error) {
		if (error instanceof CommanderError && error.exitCode === 0) return exitCode.done;
		if (!(error instanceof CommanderError || error instanceof UsageError)) throw error;
		// Commander throws before it has read the options.
		const json = args.includes('--json');
		if (isHelp(error) && !json) process.stderr.write(help);
		else openOutput({ json, verbose: false }).failure(usageFailure(error, args));
		return exitCode.wrongUsage;
	}
	return code;
}

function usageFailure(error: CommanderError | UsageError, args: readonly string[]): FailureFacts {
	const noun = args.find((arg) => /^[a-z]+$/.test(arg));
	const next = [`See assay ${noun === undefined || unknownCommand(error) ? '' : `${noun} `}--help`];
	const message = isHelp(error) ? 'a command is missing' : error.message.replace(/^error: /, '');
	return { code: 'wrong-usage', message, next };
}

/** A command without the command below it: commander answers with its help. */
function isHelp(error: Error): boolean {
	return error instanceof CommanderError && error.code === 'commander.help';
}

function unknownCommand(error: Error): boolean {
	return error instanceof CommanderError && error.code === 'commander.unknownCommand';
}

/** The application's failures name buttons where it has them; here the steps are commands. */
function forTerminal(facts: FailureFacts): FailureFacts {
	if (facts.code !== 'no-model') return facts;
	const starter = `Get the starter model (98 MB): assay models pull ${starterModelId}`;
	return { ...facts, next: [starter, 'Use a GGUF file that you have: --model <path>'] };
}

function makeProgram(execute: Execute, writeHelp: (text: string) => void): Command {
	const program = new Command('assay')
		.description('Chat with language models on your own computer, and measure them. Nothing leaves it.')
		.version(assayVersion(), '--version', 'print the version')
		.option('--data <folder>', 'where conversations and models are kept (or ASSAY_DATA)')
		.option('--json', 'print one JSON document and nothing else')
		.option('--verbose', "print the application's log to stderr")
		.addHelpText(
			'after',
			examples('chat "What is the capital of France?"', 'models list', 'conversations search Paris', 'serve'),
		)
		.addHelpText('after', 'Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a check did not hold, 130 interrupted.\n');
	for (const add of [
		addBackup,
		addBench,
		addChat,
		addCompare,
		addComparisons,
		addConversations,
		addDatasets,
		addDiagnostics,
		addDoctor,
		addEval,
		addFeedback,
		addLoglikelihood,
		addModels,
		addPerplexity,
		addPresets,
		addPrompts,
		addQuantize,
		addServe,
	])
		add(program, execute);
	applyToAll(program, (command) =>
		command
			.exitOverride()
			.configureHelp({ showGlobalOptions: true })
			.configureOutput({ writeErr: writeHelp })
			.helpOption('--help', 'say how to use it')
			.helpCommand(false),
	);
	return program;
}

function applyToAll(command: Command, change: (command: Command) => void): void {
	change(command);
	for (const below of command.commands) applyToAll(below, change);
}
