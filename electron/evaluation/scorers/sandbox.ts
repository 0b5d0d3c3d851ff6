import variant from '@jitl/quickjs-singlefile-mjs-release-sync';
import {
	newQuickJSWASMModuleFromVariant,
	newVariant,
	type QuickJSContext,
	type QuickJSHandle,
	type QuickJSWASMModule,
} from 'quickjs-emscripten-core';
import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import { threadMs } from '../../../models/thread-time.ts';
import type { Score } from '../../contract/evaluation/scorer.ts';
import { scored, tookTooLong, unscored } from './score-outcome.ts';
import type { ProgramOutcome, SandboxLimits } from './scoring-worker-protocol.ts';

/** Runs a user's function in a separate WebAssembly interpreter, from which nothing of this program is reachable. */
export interface Sandbox {
	/** Passes `value` in as JSON. An error in the code leaves the row unscored. */
	score(code: string, value: unknown, limits: SandboxLimits): Promise<Score>;
	/** Runs a program: what it logs, then the value of its last statement. */
	run(code: string, limits: SandboxLimits): Promise<ProgramOutcome>;
	/** Rejects with Failure `script-invalid` if the code can't be parsed or has no function to call. */
	check(code: string, limits: SandboxLimits): Promise<void>;
}

/** WebAssembly's output on an abort is in the error, too. */
const silent: object = { print: () => undefined, printErr: () => undefined };
/** 64 kB each. The interpreter needs the first 16 MB for itself: its stack and initial data. */
const basePages = 256;

/**
 * Loads an interpreter whose WebAssembly memory can't grow beyond the limit: QuickJS's own limit counts only single
 * allocations, because Emscripten does not tell it how large a block is.
 */
function loadInterpreter(memoryMb: number): Promise<QuickJSWASMModule> {
	const wasmMemory = new WebAssembly.Memory({ initial: basePages, maximum: basePages + memoryMb * 16 });
	return newQuickJSWASMModuleFromVariant(newVariant(variant, { emscriptenModule: silent, wasmMemory }));
}

/** Size of the call stack: enough for honest recursion, far below the end of WebAssembly's own stack. */
const stackBytes = 256 * 1024;
const outOfMemory = 'It needed more memory than it may have. Make it keep less, or allow it more (memoryMb).';
/** Longest stored explanation, characters. */
const longestExplanation = 2_000;

/**
 * Loads the interpreter on first use, in some 10 ms. Each call gets a fresh one; after a crash, fresh memory too.
 *
 * `starting` is called just before a user's code runs: QuickJS checks the time between two steps of the code, but never
 * inside one of its built-in functions, so only the caller's thread can stop `[].includes.call({ length: 2 ** 53 - 1 })`.
 */
export function createSandbox(starting: () => void = () => undefined): Sandbox {
	let loaded: { readonly memoryMb: number; readonly quickjs: Promise<QuickJSWASMModule> } | null = null;
	async function within<T>(limits: SandboxLimits, work: (context: QuickJSContext) => T): Promise<Outcome<T>> {
		const { memoryMb } = limits;
		if (loaded?.memoryMb !== memoryMb) loaded = { memoryMb, quickjs: loadInterpreter(memoryMb) };
		const quickjs = await loaded.quickjs;
		starting();
		const outcome = runWithin(quickjs, limits, work);
		// WebAssembly never returns memory.
		if (outcome.crashed || ('problem' in outcome && outcome.problem === outOfMemory)) loaded = null;
		return outcome;
	}
	return {
		async score(code, value, limits) {
			const outcome = await within(limits, (context) => callScore(context, code, value));
			return 'problem' in outcome ? unscored(outcome.problem) : outcome.result;
		},
		async run(code, limits) {
			const outcome = await within(limits, (context) => runProgram(context, code));
			return 'problem' in outcome ? { problem: outcome.problem } : { output: outcome.result };
		},
		async check(code, limits) {
			const outcome = await within(limits, (context) => {
				readFunction(context, code).dispose();
			});
			if (!('problem' in outcome)) return;
			throw new Failure({
				code: 'script-invalid',
				message: said`The JavaScript scorer can’t be used: ${outcome.problem}`,
				next: [said`Write function score({ input, target, output }) { … } that returns a number, true or false`],
			});
		},
	};
}

type Outcome<T> = { readonly crashed: boolean } & ({ readonly result: T } | { readonly problem: string });

/** An error in the user's code; the message is for people. */
class ScriptProblem extends Error {}

function runWithin<T>(
	quickjs: QuickJSWASMModule,
	limits: SandboxLimits,
	work: (context: QuickJSContext) => T,
): Outcome<T> {
	const deadline = threadMs() + limits.timeMs;
	let late = false;
	let outcome: { result: T } | { problem: string };
	let crashed = false;
	const runtime = quickjs.newRuntime();
	runtime.setMemoryLimit(limits.memoryMb * 1024 * 1024);
	runtime.setMaxStackSize(stackBytes);
	runtime.setInterruptHandler(() => {
		late = threadMs() > deadline;
		return late;
	});
	try {
		const context = runtime.newContext();
		try {
			outcome = { result: work(context) };
		} catch (error) {
			crashed = !(error instanceof ScriptProblem);
			outcome = { problem: late ? tookTooLong(limits.timeMs) : messageOf(error) };
		} finally {
			context.dispose();
		}
	} catch (error) {
		crashed = true;
		outcome = { problem: messageOf(error) };
	}
	try {
		runtime.dispose();
	} catch {
		// A QuickJS that ran out of memory can't always shut down cleanly, so its whole WebAssembly memory is dropped.
		crashed = true;
	}
	return { ...outcome, crashed };
}

function messageOf(error: unknown): string {
	return error instanceof ScriptProblem ? error.message : `The sandbox failed: ${String(error).slice(0, 200)}`;
}

function callScore(context: QuickJSContext, code: string, value: unknown): Score {
	// Parsed before the user's code runs, because that may replace JSON.parse and so alter the function's input.
	using input = parseInside(context, JSON.stringify(value));
	using score = readFunction(context, code);
	using result = unwrap(context, context.callFunction(score, context.undefined, input));
	return readResult(context, result);
}

function runProgram(context: QuickJSContext, code: string): string {
	evaluate(context, prelude, 'assay.js').dispose();
	using finish = evaluate(context, programConsole, 'assay.js');
	using value = evaluate(context, code, 'program.js');
	using output = unwrap(context, context.callFunction(finish, context.undefined, value));
	return context.typeof(output) === 'string' ? context.getString(output) : '';
}

function parseInside(context: QuickJSContext, text: string): QuickJSHandle {
	using parse = evaluate(context, 'JSON.parse', 'assay.js');
	using json = context.newString(text);
	return unwrap(context, context.callFunction(parse, context.undefined, json));
}

function evaluate(context: QuickJSContext, code: string, name: string): QuickJSHandle {
	return unwrap(context, context.evalCode(code, name, { type: 'global' }));
}

function unwrap(context: QuickJSContext, result: ReturnType<QuickJSContext['evalCode']>): QuickJSHandle {
	if (result.error !== undefined) throw problemOf(context, result.error);
	return result.value;
}

/** The function that the code evaluates to, or the one named `score`. */
function readFunction(context: QuickJSContext, code: string): QuickJSHandle {
	evaluate(context, prelude, 'assay.js').dispose();
	const value = evaluate(context, code, 'scorer.js');
	if (context.typeof(value) === 'function') return value;
	value.dispose();
	const named = evaluate(context, "typeof score === 'function' ? score : undefined", 'assay.js');
	if (context.typeof(named) === 'function') return named;
	named.dispose();
	throw new ScriptProblem('It has no function called “score”.');
}

/** Only numbers, booleans and texts leave the sandbox, read one by one; no object of the user's code does. */
function readResult(context: QuickJSContext, value: QuickJSHandle): Score {
	const plain = readValue(context, value);
	if (plain !== null) return scored(plain, '');
	if (context.typeof(value) !== 'object') throw notAScore(context.typeof(value));
	using score = field(context, value, 'score');
	using explanation = field(context, value, 'explanation');
	const number = readValue(context, score);
	const words = context.typeof(explanation) === 'string' ? context.getString(explanation) : '';
	if (number === null) throw notAScore('object');
	return scored(number, words.slice(0, longestExplanation));
}

/** A field may be a getter in the user's code, with the same limits as the rest. */
function field(context: QuickJSContext, value: QuickJSHandle, name: string): QuickJSHandle {
	try {
		return context.getProp(value, name);
	} catch (error) {
		throw new ScriptProblem(`Its result could not be read: ${String(error).slice(0, 200)}`);
	}
}

function readValue(context: QuickJSContext, value: QuickJSHandle): number | null {
	switch (context.typeof(value)) {
		case 'number':
			return context.getNumber(value);
		case 'boolean':
			return context.sameValue(value, context.true) ? 1 : 0;
		default:
			return null;
	}
}

function notAScore(kind: string): ScriptProblem {
	const what =
		kind === 'undefined'
			? 'nothing'
			: kind === 'object'
				? 'an object whose score is no number (a promise has none)'
				: `a ${kind}`;
	return new ScriptProblem(`It returned ${what}; a number, true or false is expected.`);
}

/** The thrown value as text; read with care, because it may be anything. */
function problemOf(context: QuickJSContext, thrown: QuickJSHandle): ScriptProblem {
	try {
		const read = (name: string): string => {
			using value = context.getProp(thrown, name);
			return context.typeof(value) === 'string' ? context.getString(value) : '';
		};
		if (context.typeof(thrown) !== 'object') return new ScriptProblem(`It threw ${context.typeof(thrown)}.`);
		const message = [read('name'), read('message')]
			.filter((text) => text !== '')
			.join(': ')
			.slice(0, 300);
		if (message === '') return new ScriptProblem('It threw something that is no error.');
		return new ScriptProblem(/out of memory/.test(message) ? outOfMemory : message);
	} catch {
		return new ScriptProblem('It threw something that can’t be read.');
	} finally {
		thrown.dispose();
	}
}

/**
 * Runs inside QuickJS before the user's code. A score must not depend on when or how often it is computed: the clock
 * stands still and Math.random gives the same numbers each time.
 */
const prelude = `(() => {
	'use strict';
	const RealDate = Date;
	const construct = Reflect.construct;
	const moment = 0;
	function FixedDate(...parts) {
		if (new.target === undefined) return new RealDate(moment).toString();
		return construct(RealDate, parts.length === 0 ? [moment] : parts, new.target);
	}
	FixedDate.prototype = RealDate.prototype;
	FixedDate.now = () => moment;
	FixedDate.parse = RealDate.parse;
	FixedDate.UTC = RealDate.UTC;
	RealDate.prototype.constructor = FixedDate;
	globalThis.Date = FixedDate;
	let state = 1;
	Math.random = () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state / 4294967296;
	};
	const quiet = () => undefined;
	globalThis.console = { log: quiet, info: quiet, warn: quiet, error: quiet, debug: quiet };
})();`;

/** Keeps what a program logs, 200,000 characters at most; its value is the function that puts it before the program's own. */
const programConsole = `(() => {
	'use strict';
	const { stringify } = JSON;
	const show = (value) => {
		if (typeof value === 'string') return value;
		if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') return String(value);
		if (value instanceof Error) return value.name + ': ' + value.message;
		if (value instanceof Map || value instanceof Set) return stringify([...value]);
		return String(stringify(value, (_key, one) => (typeof one === 'bigint' ? String(one) : one)) ?? value);
	};
	const limit = 200000;
	let output = '';
	const log = (...values) => {
		if (output.length < limit) output += values.map(show).join(' ') + '\\n';
	};
	globalThis.console = { log, info: log, warn: log, error: log, debug: log };
	return (value) => (output + (value === undefined ? '' : show(value))).slice(0, limit).trimEnd();
})()`;
