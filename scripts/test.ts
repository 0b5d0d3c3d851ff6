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
import { join } from 'node:path';
import { assumeThisProcessor } from '../electron/library/fit/this-processor.ts';
import { builtWorkersVariable } from '../test/support/built-workers.ts';
import { projectRoot, runStep, toolEnvironment } from './run-step.ts';
import {
	type FileResult,
	passedAtSecondTry,
	type Report,
	resultsOf,
	slowestOf,
	withSecondTry,
} from './test/results.ts';
import { allTests, changedTests, type Project, projectOf, usualProjects } from './test/test-files.ts';

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

/** Returns what became of each file, and whether Vitest failed for a reason that belongs to none of them. */
function runVitest(project: Project, chosen: readonly string[]): { results: FileResult[]; failedOutside: boolean } {
	const reportFile = join(reports, `${project}.json`);
	rmSync(reportFile, { force: true });
	const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${reportFile}`];
	const parts = project === 'unit' ? ['unit', 'sharing'] : [project];
	const named = parts.map((part) => `--project=${part}`);
	const run = spawnSync('vitest', ['run', ...named, ...reporters, ...options, ...chosen], {
		cwd: projectRoot,
		env: { ...toolEnvironment, [builtWorkersVariable]: '1' },
		stdio: 'inherit',
		shell: process.platform === 'win32',
	});
	let results: FileResult[] = [];
	try {
		results = resultsOf(JSON.parse(readFileSync(reportFile, 'utf8')) as Report);
	} catch {
		// Vitest ended without a report.
	}
	return { results, failedOutside: run.status !== 0 && results.every(({ failed }) => failed === 0) };
}

type Outcome = { project: Project; results: readonly FileResult[]; failures: string[]; secondTry: string[] };

function runProject(project: Project, files: readonly string[] | null): Outcome {
	const chosen = (files ?? []).filter((file) => projectOf(file) === project);
	process.stdout.write(`\n▸ tests: ${project}${files === null ? '' : ` (${chosen.length} files)`}\n`);
	let { results, failedOutside } = runVitest(project, chosen);
	let secondTry: string[] = [];
	const failed = results.filter((result) => result.failed > 0).map(({ file }) => file);
	// CI shares its two cores with other machines, so that a test of real processes may lose a race. A file is run again
	// from its first test: many tell one story in order, of which no part can be repeated by itself.
	if (process.env.CI && (failed.length > 0 || failedOutside)) {
		process.stdout.write(`\n▸ tests: ${project}, second try of ${failed.join(', ') || 'all files'}\n`);
		const second = runVitest(project, failed.length > 0 ? failed : chosen);
		secondTry = passedAtSecondTry(results, second.results);
		if (failedOutside && !second.failedOutside) secondTry.push(`${project}: an error outside of every test`);
		results = results.length > 0 ? withSecondTry(results, second.results) : second.results;
		failedOutside = second.failedOutside;
	}
	const failures = results.flatMap((result) => result.failures);
	if (failedOutside) failures.push(`${project}: an error outside of every test, shown above`);
	return { project, results, failures, secondTry };
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
const outcomes = projects.map((project) => runProject(project, files));
rmSync(reports, { recursive: true, force: true });
for (const { project, results } of outcomes) {
	process.stdout.write(`\nslowest files of ${project}:\n${slowestOf(results).join('\n')}\n`);
}
const secondTry = outcomes.flatMap((outcome) => outcome.secondTry);
for (const failure of secondTry) process.stdout.write(`\npassed at the second try: ${failure}`);
const failures = outcomes.flatMap((outcome) => outcome.failures);
for (const failure of failures) process.stdout.write(`\n✗ ${failure}`);
// Kernels differ between processors, so that a pass says something only with the processor it was on.
const { features } = assumeThisProcessor();
process.stdout.write(
	`\n${cpus()[0]?.model ?? process.arch}, ${availableParallelism()} cores, ${[...features].join(' ')}`,
);
const results = outcomes.flatMap((outcome) => outcome.results);
const sum = (key: 'passed' | 'skipped') => results.reduce((total, each) => total + each[key], 0);
process.stdout.write(
	`\n${sum('passed')} passed, ${failures.length} failed, ${sum('skipped')} skipped${secondTry.length === 0 ? '' : `, ${secondTry.length} only at the second try`}\n`,
);
process.exit(failures.length === 0 && sum('passed') > 0 ? 0 : 1);
