import { describe, expect, test } from 'vitest';
import { createSandbox } from '../../../../electron/evaluation/scorers/sandbox.ts';
import { scoreOf, scoreSample } from './score-sample.ts';

const sandbox = createSandbox();
const limits = { timeMs: 300, memoryMb: 16 };
const run = (code: string, value: unknown = { output: 'hello' }) => sandbox.score(code, value, limits);

describe('a user’s function', () => {
	test('gets the sample and returns a number, a boolean, or a score with an explanation', async () => {
		const sample = { input: 'Q', target: '5', variables: { n: '5' }, metadata: { level: 2 } };
		const all =
			'function score(s) { return Object.keys(s).sort().join() === "answer,choices,input,metadata,output,target,variables" }';
		expect(await scoreOf({ kind: 'javascript', code: all }, 'five', sample)).toBe(1);
		expect(
			await scoreOf({ kind: 'javascript', code: '({ output, target }) => output.length / 8' }, 'five', sample),
		).toBe(0.5);
		const explained = 'function score({ metadata }) { return { score: metadata.level, explanation: "level" } }';
		expect(await scoreSample({ kind: 'javascript', code: explained }, '', sample)).toEqual({
			value: 2,
			explanation: 'level',
		});
	});

	test('returns the same each time: clock and Math.random are fixed', async () => {
		const code =
			'function score() { return Math.random() + Date.now() + new Date().getTime() + performance_() } function performance_() { return typeof performance === "undefined" ? 0 : 1 }';
		const first = await run(code);
		expect(first.value).toBeCloseTo(0.2364, 3);
		expect(await run(code)).toEqual(first);
		expect((await run('() => new Date("2020-01-02T00:00:00Z").getUTCFullYear()')).value).toBe(2020);
	});

	test('keeps nothing for the next call', async () => {
		await run('globalThis.kept = 1; Array.prototype.kept = 1; Object.prototype.kept = 1; () => 1');
		expect((await run('() => (typeof kept === "undefined" && [].kept === undefined ? 1 : 0)')).value).toBe(1);
		expect(([] as unknown as { kept?: number }).kept).toBeUndefined();
	});

	test('a replaced JSON.parse does not change its input', async () => {
		expect((await run('JSON.parse = () => ({ output: "other" }); (s) => s.output === "hello"')).value).toBe(1);
	});
});

describe('escape attempts', () => {
	test.each([
		['the constructor chain', 'function score() { return "".constructor.constructor("return process")() }'],
		['this', 'function score() { return (function () { return this })().process.exit(1) }'],
		['require', 'function score() { return require("fs").readdirSync("/").length }'],
		['import', 'function score() { return import("node:fs") }'],
		['the module name', 'import fs from "node:fs"; function score() { return 1 }'],
		['network access', 'function score() { return fetch("http://127.0.0.1") }'],
		[
			'an argument’s constructor',
			'function score(s) { return s.constructor.constructor("return globalThis.process.pid")() }',
		],
		[
			'an error’s constructor',
			'function score() { try { null.x } catch (e) { return e.constructor.constructor("return process.pid")() } }',
		],
		[
			'a stack trace hook',
			'function score() { Error.prepareStackTrace = (_, sites) => sites[0].getThis().process.pid; return new Error().stack }',
		],
		['WebAssembly', 'function score() { return new WebAssembly.Module(new Uint8Array(8)) && 1 }'],
		[
			'shared memory',
			'function score() { return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1e6) === "x" ? 1 : "no" }',
		],
		['a worker', 'function score() { return new Worker("x") && 1 }'],
	])('%s finds nothing', async (_, code) => {
		expect((await run(code)).value).toBeNull();
	});

	test('the outside world is not reachable', async () => {
		const names = [
			'process',
			'require',
			'module',
			'Buffer',
			'fetch',
			'setTimeout',
			'XMLHttpRequest',
			'window',
			'std',
			'os',
			'print',
		];
		const code = `() => [${names.map((name) => `typeof ${name}`).join()}].filter((kind) => kind !== "undefined").length`;
		expect((await run(code)).value).toBe(0);
	});
});

describe('endless scripts', () => {
	test.each([
		['a loop', 'function score() { for (;;) {} }'],
		['a loop before the function', 'for (;;) {}'],
		['a loop in a getter', 'function score() { return { get score() { for (;;) {} } } }'],
		['a loop in a thrown object', 'function score() { throw { get message() { for (;;) {} } } }'],
		['a loop in a proxy', 'function score() { return new Proxy({}, { get() { for (;;) {} } }) }'],
		['a backtracking regular expression', 'function score() { return /(a+)+$/.test("a".repeat(50) + "!") }'],
		['a loop that catches', 'function score() { for (;;) try { for (;;) {} } catch {} }'],
	])('%s is stopped', async (_, code) => {
		expect(await run(code)).toEqual({
			value: null,
			explanation: 'It took longer than 300 ms. Make it do less, or allow it more time (timeMs).',
		});
	});

	test.each([
		['an array', 'function score() { const all = []; for (;;) all.push("x".repeat(100000) + all.length) }'],
		['a text', 'function score() { return "x".repeat(1e9).length }'],
		['a buffer', 'function score() { return new Uint8Array(1e9).length }'],
		['a doubling text', 'function score() { let s = "x"; for (;;) s += s }'],
		['recursion', 'function score() { return score() + 1 }'],
		['deeply nested JSON', 'function score() { return JSON.parse("[".repeat(1e6)) }'],
	])('%s that grows without end is stopped', async (_, code) => {
		expect((await sandbox.score(code, {}, { timeMs: 5_000, memoryMb: 16 })).value).toBeNull();
		// The next call works.
		expect((await run('() => 1')).value).toBe(1);
	});
});

describe('invalid scores', () => {
	test.each([
		['function score() {}', 'It returned nothing; a number, true or false is expected.'],
		['function score() { return "1" }', 'It returned a string; a number, true or false is expected.'],
		['function score() { return NaN }', 'The scorer gave NaN, which is no score.'],
		[
			'function score() { return null }',
			'It returned an object whose score is no number (a promise has none); a number, true or false is expected.',
		],
		[
			'async function score() { return 1 }',
			'It returned an object whose score is no number (a promise has none); a number, true or false is expected.',
		],
		['function score() { throw new Error("no luck") }', 'Error: no luck'],
		['function score() { throw null }', 'It threw something that is no error.'],
		['const other = 1;', 'It has no function called “score”.'],
		['function score( {', 'SyntaxError'],
	])('%s', async (code, explanation) => {
		const score = await run(code);
		expect(score.value).toBeNull();
		expect(score.explanation).toContain(explanation);
	});

	test('a result that could pollute prototypes is only read', async () => {
		const result = await run('function score() { return JSON.parse(\'{"__proto__": {"polluted": 1}, "score": 1}\') }');
		expect(result).toEqual({ value: 1, explanation: '' });
		expect(({} as { polluted?: number }).polluted).toBeUndefined();
	});

	test('an explanation of a megabyte is truncated, and odd characters are kept', async () => {
		const code =
			'function score({ output }) { return { score: output.length, explanation: output.slice(0, 2).repeat(5e5) } }';
		const score = await run(code, { output: 'ab\ud800\u0000é😀' });
		expect(score).toEqual({ value: 7, explanation: 'ab'.repeat(1_000) });
	});
});

test('a script that can’t work is refused before a run', async () => {
	await expect(sandbox.check('const x = ;', limits)).rejects.toMatchObject({ code: 'script-invalid' });
	await expect(sandbox.check('for (;;) {}', limits)).rejects.toMatchObject({ code: 'script-invalid' });
	await expect(sandbox.check('let a = 1', limits)).rejects.toMatchObject({ code: 'script-invalid' });
	await expect(sandbox.check('function score() { return 1 }', limits)).resolves.toBeUndefined();
});
