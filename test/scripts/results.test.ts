import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../scripts/run-step.ts';
import { passedAtSecondTry, resultsOf, slowestOf, withSecondTry } from '../../scripts/test/results.ts';

type Status = 'passed' | 'failed' | 'pending' | 'todo';

const fileResult = (file: string, statuses: readonly Status[], seconds = 1) => ({
	name: join(projectRoot, file),
	startTime: 0,
	endTime: seconds * 1000,
	status: statuses.includes('failed') ? 'failed' : 'passed',
	assertionResults: statuses.map((status, index) => ({
		fullName: `test ${index}`,
		status,
		failureMessages: status === 'failed' ? ['Error: \u001b[31mlate\u001b[39m\n    at here'] : null,
	})),
});

test('a report is counted by file, and names what failed with the first line of its reason', () => {
	const unloadable = { ...fileResult('test/c.test.ts', []), status: 'failed', message: 'SyntaxError: no\nmore' };
	const testResults = [fileResult('test/a.test.ts', ['passed', 'failed', 'pending', 'todo'], 2.5), unloadable];
	expect(resultsOf({ testResults })).toEqual([
		{
			...{ file: 'test/a.test.ts', passed: 1, failed: 1, skipped: 2, seconds: 2.5 },
			failures: ['test/a.test.ts > test 1: Error: late'],
		},
		{
			...{ file: 'test/c.test.ts', passed: 0, failed: 1, skipped: 0, seconds: 1 },
			failures: ['test/c.test.ts: SyntaxError: no'],
		},
	]);
});

test('a file that passes when it is run again counts as passed and is named; one that fails twice has failed', () => {
	const run = (...files: ReturnType<typeof fileResult>[]) => resultsOf({ testResults: files });
	const first = run(
		fileResult('test/well.test.ts', ['passed']),
		fileResult('test/late.test.ts', ['failed', 'passed']),
		fileResult('test/broken.test.ts', ['failed']),
	);
	const second = run(
		fileResult('test/late.test.ts', ['passed', 'passed']),
		fileResult('test/broken.test.ts', ['failed']),
	);
	const counted = withSecondTry(first, second).map(({ file, passed, failed }) => [file, passed, failed]);
	expect(counted).toEqual([
		['test/well.test.ts', 1, 0],
		['test/late.test.ts', 2, 0],
		['test/broken.test.ts', 0, 1],
	]);
	expect(passedAtSecondTry(first, second)).toEqual(['test/late.test.ts > test 0: Error: late']);
});

test('the slowest files come first, ten at most', () => {
	const testResults = Array.from({ length: 12 }, (_, index) => fileResult(`test/${index}.test.ts`, [], index));
	const slowest = slowestOf(resultsOf({ testResults }));
	expect(slowest).toHaveLength(10);
	expect(slowest[0]).toBe('  11.0 s  test/11.test.ts');
});
