import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMcpHttp } from '../../../electron/mcp/http.ts';
import { foreignRequest } from '../../../electron/server/http/authorise.ts';
import { errorFacts, sendError } from '../../../electron/server/http/errors.ts';
import { projectRoot } from '../../../scripts/run-step.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { freePort } from '../server/serving.ts';
import { mcpServing } from './application.ts';
import { everythingServer } from './everything-server.ts';

/** The official suite, with a lock file of its own: npm ci --prefix test/interop/mcp */
const suite = join(projectRoot, 'test/interop/mcp/node_modules/@modelcontextprotocol/conformance/dist/index.js');
const missing = existsSync(suite) ? false : 'the suite is not installed: npm ci --prefix test/interop/mcp';

interface Outcome {
	readonly code: number | null;
	/** Scenarios that did not hold, apart from those that the revision doesn't require. */
	readonly failures: readonly string[];
}

function failuresIn(report: string): string[] {
	const [summary = '', others = ''] = report.split('=== SUMMARY ===').at(-1)?.split('\nNot scored') ?? [];
	const failed = [...summary.matchAll(/^✗ ([\w-]+):/gm)].map(([, name]) => name ?? '');
	return failed.filter((name) => !others.includes(` ${name} (`));
}

/** Runs scenarios of the suite against a server. */
function conformance(url: string, options: readonly string[]): Promise<Outcome> {
	const child = spawn(process.execPath, [suite, 'server', '--url', url, '-o', temporaryFolder(), ...options]);
	let report = '';
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		report += text;
	});
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		report += text;
	});
	onTestFinished(() => void child.kill());
	return new Promise((resolve) => child.on('close', (code) => resolve({ code, failures: failuresIn(report) })));
}

/** Assay's transport and its checks of Host and Origin, with the tools that the suite wants to see. */
async function everything(): Promise<string> {
	const port = await freePort();
	const origin = `http://127.0.0.1:${port}`;
	const http = createMcpHttp(everythingServer, () => {});
	const server = createServer((request, response) => {
		const foreign = foreignRequest(request, [origin]);
		if (foreign !== null) {
			sendError(response, 'openai', errorFacts(foreign));
			return;
		}
		void http.handle(request, response, { keyId: null, grants: { scopes: [], local: false } });
	});
	await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
	onTestFinished(async () => {
		await http.close();
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	});
	return `${origin}/mcp`;
}

describe.skipIf(missing !== false)('the official conformance suite', () => {
	test.each(['2026-07-28', '2025-11-25'])(
		'everything that %s requires of a server holds on Assay’s transport',
		async (revision) => {
			expect(await conformance(await everything(), ['--requirements', revision])).toEqual({ code: 0, failures: [] });
		},
		180_000,
	);

	test.each([
		['2026-07-28', ['tools-list', 'resources-list', 'sep-2164-resource-not-found', 'http-header-validation']],
		['2025-11-25', ['server-initialize', 'ping', 'tools-list', 'server-session-lifecycle']],
	] as const)(
		'what needs no particular tool holds for Assay itself, at %s',
		async (version, scenarios) => {
			const served = await mcpServing();
			await served.application.client.settings.set({ serverOpen: true });
			for (const scenario of scenarios) {
				const options = ['--scenario', scenario, '--spec-version', version];
				expect(await conformance(`http://127.0.0.1:${served.port}/mcp`, options), scenario).toEqual({
					code: 0,
					failures: [],
				});
			}
		},
		120_000,
	);
});
