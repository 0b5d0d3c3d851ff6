import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { projectRoot } from '../../../../scripts/run-step.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** The official suite, with a lock file of its own: npm ci --prefix test/interop/mcp */
const suite = join(projectRoot, 'test/interop/mcp/node_modules/@modelcontextprotocol/conformance/dist/index.js');
const client = fileURLToPath(new URL('./conformance-client.ts', import.meta.url));
const missing = existsSync(suite) ? false : 'the suite is not installed: npm ci --prefix test/interop/mcp';

/** Runs one scenario; returns its failed checks, and how many held. */
function run(scenario: string): Promise<{ readonly passed: number; readonly failed: string[] }> {
	const command = `${process.execPath} ${client}`;
	const child = spawn(process.execPath, [
		suite,
		'client',
		'--command',
		command,
		'--scenario',
		scenario,
		'-o',
		temporaryFolder(),
	]);
	let report = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (text: string) => {
			report += text;
		});
	}
	onTestFinished(() => void child.kill());
	return new Promise((resolve) =>
		child.on('close', () =>
			resolve({
				passed: Number(/Passed: (\d+)\//.exec(report)?.[1] ?? 0),
				failed: report.split('\n').filter((line) => line.includes('FAILURE')),
			}),
		),
	);
}

/**
 * Scenarios of the two revisions of the protocol, and what a sign-in must hold to. The others that are required hold too,
 * apart from those of features that Assay doesn't offer: questions to the person (elicitation), and clients that were
 * registered by hand.
 */
describe.skipIf(missing !== false)('the official conformance suite for clients', () => {
	test.each([
		'initialize',
		'tools_call',
		'request-metadata',
		'http-standard-headers',
		'http-invalid-tool-headers',
		'json-schema-2020-12-preservation',
		'auth/metadata-default',
		'auth/iss-wrong-issuer',
		'auth/resource-mismatch',
		'auth/scope-step-up',
		'auth/authorization-server-migration',
	])('%s holds', async (scenario) => {
		const { passed, failed } = await run(scenario);
		expect(failed).toEqual([]);
		expect(passed).toBeGreaterThan(0);
	});
});
