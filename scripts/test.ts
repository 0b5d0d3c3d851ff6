/**
 * `npm test`: prepares what the tests need beyond npm (Chromium, the starter model, a build), runs the three projects
 * of vitest.config.ts one after the other, and ends with the slowest files and one line of totals.
 *
 * `npm test -- unit` (or model, e2e) runs one project, `npm test -- drafts` the files with that in their path, `npm run
 * test:changed` the tests that a change touches: since the last commit, or since a named one (`-- main`). Options are
 * passed to Vitest. `npm run test:soak` runs the tests that take hours: full fuzz, kills at many moments, millions of
 * rows.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { assumeThisProcessor } from '../electron/library/fit/this-processor.ts';
import { builtWorkersVariable } from '../test/support/built-workers.ts';
import { projectRoot, runStep, toolEnvironment } from './run-step.ts';
import { allTests, changedTests, type Project, projectOf, usualProjects } from './test/test-files.ts';

type Totals = {
	passed: number;
	failed: number;
	skipped: number;
	/** What failed, a line each. */
	failures: readonly string[];
	/** The files that took longest, a line each. */
	slowest: readonly string[];
};
/** The projects to run, and the files in them; null: all files. */
type Choice = { projects: readonly Project[]; files: readonly string[] | null };

const args = process.argv.slice(2);
const options = args.filter((argument) => argument.startsWith('-') && argument !== '--changed');
const words = args.filter((argument) => !argument.startsWith('-'));

function choose(): Choice {
	if (args.includes('--changed')) return choiceOf(changedTests(words[0] ?? null));
	const projects = [...usualProjects, 'soak' as const, 'interop' as const].filter((project) => words.includes(project));
	const names = words.filter((word) => !projects.some((project) => project === word));
	if (names.length === 0) return { projects: projects.length > 0 ? projects : usualProjects, files: null };
	const wanted: readonly Project[] = projects.length > 0 ? projects : usualProjects;
	return choiceOf(
		allTests().filter((test) => wanted.includes(projectOf(test)) && names.some((name) => test.includes(name))),
	);
}

function choiceOf(files: readonly string[]): Choice {
	return { projects: usualProjects.filter((project) => files.some((file) => projectOf(file) === project)), files };
}

/** The part we read of Vitest's JSON report. */
type Report = {
	numPassedTests: number;
	numFailedTests: number;
	numPendingTests: number;
	numTodoTests: number;
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

/** Names what failed, with the first line of each reason, so that the end of a log says it. */
function failuresOf({ testResults }: Report): string[] {
	return testResults.flatMap(({ name, status, message = '', assertionResults }) => {
		const file = relative(projectRoot, name);
		const failed = assertionResults.filter((test) => test.status === 'failed');
		if (failed.length === 0) return status === 'failed' ? [`${file}: ${firstLine(message)}`] : [];
		return failed.map(
			({ fullName, failureMessages }) => `${file} > ${fullName}: ${firstLine(failureMessages?.[0] ?? '')}`,
		);
	});
}

const firstLine = (text: string): string => stripVTControlCharacters(text).split('\n', 1)[0]?.slice(0, 200) ?? '';

/** Names the ten files that took longest, so that growth is seen. */
function slowestOf({ testResults }: Report): string[] {
	return testResults
		.map(({ name, startTime, endTime }) => ({
			file: relative(projectRoot, name),
			seconds: (endTime - startTime) / 1000,
		}))
		.sort((a, b) => b.seconds - a.seconds)
		.slice(0, 10)
		.map(({ file, seconds }) => `${seconds.toFixed(1).padStart(6)} s  ${file}`);
}

function runProject(project: Project, files: readonly string[] | null, reportFile: string): Totals {
	const chosen = (files ?? []).filter((file) => projectOf(file) === project);
	process.stdout.write(`\n▸ tests: ${project}${files === null ? '' : ` (${chosen.length} files)`}\n`);
	const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${reportFile}`];
	const parts = project === 'unit' ? ['unit', 'sharing'] : [project];
	const named = parts.map((part) => `--project=${part}`);
	const run = spawnSync('vitest', ['run', ...named, ...reporters, ...options, ...chosen], {
		cwd: projectRoot,
		env: { ...toolEnvironment, [builtWorkersVariable]: '1' },
		stdio: 'inherit',
		shell: process.platform === 'win32',
	});
	try {
		const report = JSON.parse(readFileSync(reportFile, 'utf8')) as Report;
		const failed = report.numFailedTests;
		const failures = failuresOf(report);
		// A file that fails to load, or an error outside of every test, reports no failed test; the exit code still counts.
		const isOutside = failed === 0 && run.status !== 0;
		if (isOutside && failures.length === 0) failures.push(`${project}: an error outside of every test, shown above`);
		return {
			passed: report.numPassedTests,
			failed: isOutside ? 1 : failed,
			skipped: report.numPendingTests + report.numTodoTests,
			failures,
			slowest: slowestOf(report),
		};
	} catch {
		const failures = [`${project}: Vitest ended without a report`];
		return { passed: 0, failed: 1, skipped: 0, failures, slowest: [] };
	}
}

const { projects, files } = choose();
if (projects.length === 0) {
	const nothing = args.includes('--changed')
		? 'Nothing that changed touches a test.'
		: 'No test file has that in its path.';
	process.stdout.write(`${nothing}\n`);
	process.exit(args.includes('--changed') ? 0 : 1);
}
runStep('Chromium for the browser tests', 'node', ['scripts/install-chromium.ts']);
runStep('starter model for the tests', 'node', ['scripts/fetch-starter.ts']);
runStep('build of what changed', 'node', ['scripts/build.ts']);

const reports = mkdtempSync(join(tmpdir(), 'assay-test-'));
// One after the other: what a model test promises of a stop or a pause, it can't keep beside other work on two cores.
const totals = projects.map((project) => runProject(project, files, join(reports, `${project}.json`)));
rmSync(reports, { recursive: true, force: true });
for (const [index, { slowest }] of totals.entries()) {
	process.stdout.write(`\nslowest files of ${projects[index]}:\n${slowest.join('\n')}\n`);
}
for (const failure of totals.flatMap(({ failures }) => failures)) process.stdout.write(`\n✗ ${failure}`);
// Kernels differ between processors, so that a pass says something only with the processor it was on.
const { features } = assumeThisProcessor();
process.stdout.write(
	`\n${cpus()[0]?.model ?? process.arch}, ${availableParallelism()} cores, ${[...features].join(' ')}`,
);
const sum = (key: 'passed' | 'failed' | 'skipped') => totals.reduce((total, each) => total + each[key], 0);
process.stdout.write(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped\n`);
process.exit(sum('failed') === 0 && sum('passed') > 0 ? 0 : 1);
