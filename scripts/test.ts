/**
 * `npm test`: prepares what the tests need beyond npm (Chromium, the starter model, a build), then runs the
 * three projects of vitest.run-config.ts one after the other and closes with one line of totals.
 * `npm test -- unit` (or model, e2e) runs one project; further arguments go to Vitest. `npm run test:soak` runs what takes
 * hours: full fuzz, kills at many moments, millions of rows.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot, runStep, toolEnvironment } from './run-step.ts';

const usualProjects = ['unit', 'model', 'e2e'] as const;
const allProjects = [...usualProjects, 'soak'] as const;
type Totals = { passed: number; failed: number; skipped: number };

const [, , ...args] = process.argv;
const chosen = allProjects.filter((project) => args.includes(project));
const projects = chosen.length > 0 ? chosen : usualProjects;
const vitestArgs = args.filter((argument) => !allProjects.some((project) => project === argument));

/** Vitest's JSON report, the part we read. */
type Report = { numPassedTests: number; numFailedTests: number; numPendingTests: number; numTodoTests: number };

function runProject(project: string, reportFile: string): Totals {
	process.stdout.write(`\n▸ tests: ${project}\n`);
	const run = spawnSync(
		'vitest',
		['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile=${reportFile}`, ...vitestArgs],
		{ cwd: projectRoot, env: toolEnvironment, stdio: 'inherit', shell: process.platform === 'win32' },
	);
	try {
		const report = JSON.parse(readFileSync(reportFile, 'utf8')) as Report;
		const failed = report.numFailedTests;
		return {
			passed: report.numPassedTests,
			// A file that fails to load has no failed test of its own; the exit code still counts.
			failed: failed === 0 && run.status !== 0 ? 1 : failed,
			skipped: report.numPendingTests + report.numTodoTests,
		};
	} catch {
		return { passed: 0, failed: 1, skipped: 0 };
	}
}

runStep('Chromium for the browser tests', 'node', ['scripts/install-chromium.ts']);
runStep('starter model for the tests', 'node', ['scripts/fetch-starter.ts']);
runStep('build of what changed', 'node', ['scripts/build.ts']);

const reports = mkdtempSync(join(tmpdir(), 'assay-test-'));
const totals = projects.map((project) => runProject(project, join(reports, `${project}.json`)));
rmSync(reports, { recursive: true, force: true });
const sum = (key: keyof Totals) => totals.reduce((total, each) => total + each[key], 0);
process.stdout.write(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped\n`);
process.exit(sum('failed') === 0 && sum('passed') > 0 ? 0 : 1);
