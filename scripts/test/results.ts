import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { projectRoot } from '../run-step.ts';

/** The part we read of Vitest's JSON report. */
export type Report = {
	testResults: readonly {
		name: string;
		/** Start and end, ms since the epoch. */
		startTime: number;
		endTime: number;
		status: string;
		message?: string;
		assertionResults: readonly { fullName: string; status: string; failureMessages: readonly string[] | null }[];
	}[];
};

/** What became of one test file. */
export type FileResult = {
	/** From the project's root. */
	file: string;
	passed: number;
	/** 1 for a file that could not be loaded. */
	failed: number;
	skipped: number;
	seconds: number;
	/** What failed, a line each with the first line of the reason, so that the end of a log says it. */
	failures: readonly string[];
};

export function resultsOf({ testResults }: Report): FileResult[] {
	return testResults.map(({ name, status, message = '', startTime, endTime, assertionResults }) => {
		const file = relative(projectRoot, name);
		const failed = assertionResults.filter((test) => test.status === 'failed');
		const failures = failed.map(
			({ fullName, failureMessages }) => `${file} > ${fullName}: ${firstLine(failureMessages?.[0] ?? '')}`,
		);
		if (failures.length === 0 && status === 'failed') failures.push(`${file}: ${firstLine(message)}`);
		const passed = assertionResults.filter((test) => test.status === 'passed').length;
		return {
			file,
			passed,
			failed: failures.length,
			skipped: assertionResults.length - passed - failed.length,
			seconds: (endTime - startTime) / 1000,
			failures,
		};
	});
}

const firstLine = (text: string): string => stripVTControlCharacters(text).split('\n', 1)[0]?.slice(0, 200) ?? '';

/** Replaces the results of the files that were run again. */
export function withSecondTry(first: readonly FileResult[], second: readonly FileResult[]): FileResult[] {
	const again = new Map(second.map((result) => [result.file, result]));
	return first.map((result) => again.get(result.file) ?? result);
}

/** Names what failed in the first run and passed in the second. */
export function passedAtSecondTry(first: readonly FileResult[], second: readonly FileResult[]): string[] {
	const passed = new Set(second.filter(({ failed }) => failed === 0).map(({ file }) => file));
	return first.filter(({ file }) => passed.has(file)).flatMap(({ failures }) => failures);
}

/** Names the ten files that took longest, so that growth is seen. */
export function slowestOf(results: readonly FileResult[]): string[] {
	return results
		.toSorted((a, b) => b.seconds - a.seconds)
		.slice(0, 10)
		.map(({ file, seconds }) => `${seconds.toFixed(1).padStart(6)} s  ${file}`);
}
