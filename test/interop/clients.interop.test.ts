import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { starterModelPath } from '../support/starter-model.ts';
import { writeTinyBert } from '../support/tiny-bert.ts';
import { pythonPath } from './python.ts';
import { type ServedStarter, serveModels } from './serve-starter.ts';

/** Clients of other programs, as they are published, against `assay server start` with the starter model. */
const folder = mkdtempSync(join(tmpdir(), 'assay-interop-clients-'));
let server: ServedStarter;
let model: string;
let embeddingModel: string;

beforeAll(async () => {
	const tiny = join(folder, 'tiny-bert.gguf');
	writeTinyBert(tiny, 'mean');
	server = await serveModels(await starterModelPath(), tiny);
	// A response is continued only where the texts of requests are kept.
	expect(await server.assay('server', 'keep-bodies', 'day')).toMatchObject({ code: 0 });
	const { data } = (await (await server.ask('/v1/models')).json()) as { data: { id: string }[] };
	model = data.find(({ id }) => id.startsWith('smollm2'))?.id ?? '';
	embeddingModel = data.find(({ id }) => id.includes('bert') || id.includes('tiny'))?.id ?? '';
});
afterAll(async () => {
	await server?.stop();
	rmSync(folder, { recursive: true, force: true });
});

async function runProgram(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
	const child = spawn(program, args, {
		stdio: ['ignore', 'pipe', 'pipe'],
		cwd: folder,
		env: {
			...process.env,
			ASSAY_BASE: server.base,
			ASSAY_KEY: server.key,
			ASSAY_MODEL: model,
			ASSAY_EMBEDDING_MODEL: embeddingModel,
			...env,
		},
	});
	const [out, error] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
	return `${out}${child.exitCode === 0 ? '' : error}\nexit code ${child.exitCode}`;
}

/** Skips a test, with the reason, where its clients are not installed. */
function requireInstalled({ skip }: Pick<TestContext, 'skip'>, name: string): void {
	if (existsSync(join(import.meta.dirname, name, 'node_modules'))) return;
	skip(`SKIPPED: the clients are not installed: npm ci --prefix test/interop/${name}`);
}

describe('unmodified clients', { timeout: 600_000 }, () => {
	test.for(['openai', 'anthropic', 'ollama', 'vercel-ai', 'langchain'])('%s', async (name, context) => {
		requireInstalled(context, 'clients');
		const output = await runProgram(process.execPath, [join(import.meta.dirname, 'clients', `${name}.mjs`)]);
		expect(output).not.toContain('FAIL');
		expect(output).toContain('exit code 0');
	});

	test('openai for Python', async (context) => {
		const python = pythonPath(context);
		const output = await runProgram(python, [join(import.meta.dirname, 'python', 'openai_client.py')]);
		expect(output).not.toContain('FAIL');
		expect(output).toContain('exit code 0');
	});

	test('promptfoo evaluates over the endpoint', async (context) => {
		requireInstalled(context, 'promptfoo');
		const promptfoo = join(import.meta.dirname, 'promptfoo');
		const output = await runProgram(
			process.execPath,
			[
				join(promptfoo, 'node_modules', 'promptfoo', 'dist', 'src', 'entrypoint.js'),
				...['eval', '--config', join(promptfoo, 'promptfooconfig.yaml'), '--no-cache', '--no-write', '--no-table'],
				...['--max-concurrency', '4', '--no-progress-bar'],
			],
			{
				PROMPTFOO_CONFIG_DIR: folder,
				PROMPTFOO_DISABLE_TELEMETRY: '1',
				PROMPTFOO_DISABLE_UPDATE: '1',
				PROMPTFOO_DISABLE_REMOTE_GENERATION: '1',
			},
		);
		expect(output).toMatch(/4 passed/);
		expect(output).toContain('exit code 0');
	});

	test('assay doctor --endpoint finds nothing that breaks', async () => {
		const { code, output } = await server.assay(
			...['doctor', '--endpoint', `${server.base}/v1`, '--key', server.key, '--model', model],
		);
		expect(output).not.toMatch(/^(FAIL|MISS)/m);
		expect(code).toBe(0);
	});
});
