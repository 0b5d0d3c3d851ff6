import { Failure } from '../contract/failure.ts';
import { type Said, said, type Words, wordsIn } from '../contract/said.ts';
import type { WorkerExit } from './launcher.ts';

/** Meanings of signals, for people. */
const signalWords: Partial<Record<NodeJS.Signals, Said>> = {
	SIGABRT: said`llama.cpp gave up (SIGABRT)`,
	SIGSEGV: said`llama.cpp touched memory that is not its own (SIGSEGV)`,
	SIGBUS: said`the model file changed or its disk failed while it was in use (SIGBUS)`,
	SIGILL: said`llama.cpp used an instruction that this processor lacks (SIGILL)`,
	SIGFPE: said`llama.cpp divided by zero (SIGFPE)`,
	SIGKILL: said`the system or another program ended it (SIGKILL), most often because memory ran out`,
};

/** NTSTATUS values that Windows uses as exit codes of processes it ends. */
const windowsWords: Record<number, Said> = {
	3221226505: said`llama.cpp gave up (0xC0000409)`,
	3221225477: said`llama.cpp touched memory that is not its own (0xC0000005)`,
	3221225501: said`llama.cpp used an instruction that this processor lacks (0xC000001D)`,
};

function causeOf(exit: WorkerExit): Said {
	if (exit.signal !== null) return signalWords[exit.signal] ?? said`it was ended by ${exit.signal}`;
	const code = exit.code ?? 0;
	return windowsWords[code] ?? said`it ended by itself with exit code ${code}`;
}

/** Returns the line in which ggml names the failed check, without the path of its source file. */
function assertion(lines: readonly string[]): string | undefined {
	const line = lines.findLast((one) => /GGML_ASSERT|ggml_abort|std::|terminate called|fatal error/i.test(one));
	return line?.replace(/^.*\/(?=[\w.-]+:\d+: )/, '').trim();
}

function detailOf(exit: WorkerExit): string {
	const words = exit.lastWords.length > 0 ? exit.lastWords.join('\n') : 'It wrote nothing to stderr.';
	return `${exit.signal ?? `exit code ${exit.code}`}\n${words}`;
}

/** Explains why a worker with a loaded model is gone. */
export function crashFailure(exit: WorkerExit): Failure {
	const words = assertion(exit.lastWords);
	return new Failure({
		code: 'worker-crashed',
		message: words
			? said`The model process ended unexpectedly: ${causeOf(exit)}: ${words}.`
			: said`The model process ended unexpectedly: ${causeOf(exit)}.`,
		next: [
			said`Try again: the model starts by itself`,
			exit.signal === 'SIGKILL' ? said`Load the model with a smaller context` : said`Check the model file for damage`,
			said`Choose another model`,
		],
		detail: detailOf(exit),
	});
}

/** Explains why a worker ended during the load; the file is the most likely cause. */
export function crashWhileLoadingFailure(exit: WorkerExit, path: string): Failure {
	const words = assertion(exit.lastWords);
	return new Failure({
		code: exit.signal === 'SIGKILL' ? 'worker-killed-loading' : 'worker-crashed-loading',
		message: words
			? said`The model process ended while it loaded ${path}: ${causeOf(exit)}: ${words}.`
			: said`The model process ended while it loaded ${path}: ${causeOf(exit)}.`,
		next:
			exit.signal === 'SIGKILL'
				? [
						said`Close other programs`,
						said`Load it with safe settings, or a smaller context`,
						said`Choose a smaller model`,
					]
				: [
						said`Load it with safe settings`,
						said`Download the model file again: it is damaged or made for another program`,
						said`Choose another model`,
					],
		detail: detailOf(exit),
	});
}

/** Explains why a worker was ended that sent no more heartbeats, or was stuck. */
export function hungFailure(what: Words): Failure {
	return new Failure({
		code: 'worker-hung',
		message: said`The model process hung and was stopped: ${what}.`,
		next: [
			said`Try again: the model starts by itself`,
			said`Check that the disk of the model file answers`,
			said`Choose another model`,
		],
	});
}

export function startFailure(error: Error): Failure {
	return new Failure(
		{
			code: 'worker-not-started',
			message: said`The model process could not be started: ${error.message}.`,
			next: [
				said`Install Assay again: its Node binary is missing or damaged`,
				said`Check that no protection program keeps Assay from starting it`,
				said`Find the cause: assay doctor`,
			],
		},
		{ cause: error },
	);
}

export function protocolFailure(problem: string): Failure {
	return new Failure({
		code: 'worker-protocol',
		message: said`The model process speaks another version of the protocol than this application.`,
		next: [
			said`Quit Assay and start it again: it may have been replaced while it ran`,
			said`Install Assay again, so that all its parts come from one version`,
			said`Find the cause: assay doctor`,
		],
		detail: problem,
	});
}

export function restartBudgetFailure(restarts: number, last: Failure): Failure {
	return new Failure({
		code: 'worker-restarts-spent',
		message: said`The model process crashed ${restarts + 1} times, so it is not started again by itself. The last time: ${wordsIn(last.facts(), last.message)}`,
		next: [said`Load the model again`, said`Check the model file for damage`, said`Choose another model`],
		...(last.detail === undefined ? {} : { detail: last.detail }),
	});
}

export function unloadedFailure(): Failure {
	return new Failure({
		code: 'model-unloaded',
		message: said`The model was unloaded.`,
		next: [said`Load the model again`],
	});
}
