import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createReadingPool, readAttachmentFile } from '../../electron/conversation/attachment/read-file.ts';
import { checkProgram, parseChecksums, verifyProgram } from '../../electron/hosts/program-check.ts';
import { defaultSampling } from '../../models/contract/default-sampling.ts';
import { engineNames } from '../../models/contract/engine-names.ts';
import { defaultLoadOptions } from '../../models/contract/load.ts';
import { createModelRuntime, createNodeLauncher } from '../../models/runtime/runtime.ts';
import { openPage, removeBuiltWindow, startBuiltWindow, unpackedArchive } from '../electron/shell/built-window.ts';
import { pdfBytes } from '../support/pdf-bytes.ts';
import { starterModelPath } from '../support/starter-model.ts';
import { engineOption } from '../support/worker-runtime.ts';
import { filesBelow, type PackedApp, pack, root } from './pack.ts';

const obstacle =
	process.platform !== 'linux'
		? 'the fake Electron is laid out for Linux'
		: existsSync(join(root, 'dist', 'main', 'main.js'))
			? null
			: 'dist/ is missing: npm run build';

describe.skipIf(obstacle !== null)(`the packed app${obstacle === null ? '' : ` (SKIPPED: ${obstacle})`}`, () => {
	// Outside the checkout, so that its node_modules are out of reach.
	const folder = mkdtempSync(join(tmpdir(), 'assay-packed-'));
	let app: PackedApp;

	beforeAll(() => {
		app = pack(folder);
	});
	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	/** Runs the packed command line without access to the checkout or the system's Node. */
	function assay(...args: string[]) {
		const env = { HOME: folder, PATH: '/usr/bin:/bin', ASSAY_DATA: join(folder, 'data') };
		return spawnSync(join(app.program, 'assay'), args, { cwd: '/', env, encoding: 'utf8' });
	}

	test('the archive holds what Electron runs and nothing else', () => {
		const places =
			/^(package\.json$|dist\/(main|preload|renderer)\/|dist\/checksums\/program\.sha256$|migrations\/|texts\/|node_modules\/better-sqlite3\/)/;
		expect(app.archive.filter((path) => !places.test(path))).toEqual([]);
		expect(app.archive.filter((path) => /\.(map|tsx?|gguf)$/.test(path))).toEqual([]);
		expect(app.archive).toEqual(
			expect.arrayContaining([
				'package.json',
				'dist/main/main.js',
				'dist/preload/preload.cjs',
				'dist/renderer/index.html',
				'dist/checksums/program.sha256',
				'migrations/0001_foundation.sql',
				'texts/datasets/arithmetic.jsonl',
				'node_modules/better-sqlite3/lib/index.js',
			]),
		);
		expect(app.archive.filter((path) => path.endsWith('.node'))).toEqual([
			`node_modules/better-sqlite3/prebuilds/linux-${process.arch}.node`,
		]);
	});

	test('files that the window starts with Node lie next to the archive, as real files', () => {
		// The paths that electron/shell/program-files.ts uses.
		const threads = ['reader', 'reading', 'import-export', 'dataset', 'scoring', 'comparison'].map(
			(name) => `dist/cli/${name}-worker.js`,
		);
		const files = ['node', 'dist/worker/worker.js', 'dist/native/native.js', ...threads];
		expect(files.filter((path) => !existsSync(join(app.program, path)))).toEqual([]);
		expect(existsSync(join(app.resources, 'app.asar.unpacked', 'node_modules', 'better-sqlite3'))).toBe(true);
	});

	test('every required package is where Node resolves it', () => {
		const manifests = filesBelow(app.program).filter(({ path }) =>
			/node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(path),
		);
		const missing = manifests.flatMap(({ path }) => {
			const manifest = JSON.parse(readFileSync(join(app.program, path), 'utf8')) as {
				dependencies?: Record<string, string>;
				optionalDependencies?: Record<string, string>;
			};
			const optional = new Set(Object.keys(manifest.optionalDependencies ?? {}));
			return Object.keys(manifest.dependencies ?? {})
				.filter((name) => !optional.has(name) && !isReachable(join(app.program, dirname(path)), name))
				.map((name) => `${path} needs ${name}`);
		});
		expect(manifests.length).toBeGreaterThan(50);
		expect(missing).toEqual([]);
	});

	function isReachable(from: string, name: string): boolean {
		for (let at = from; at.startsWith(app.program); at = dirname(at)) {
			if (existsSync(join(at, 'node_modules', name, 'package.json'))) return true;
		}
		return false;
	}

	test('has no sources, maps, or builds for other systems and graphics cards', () => {
		const files = filesBelow(app.program).map(({ path }) => path);
		const unwanted = /\.(map|[cm]?ts|h|cc|cpp)$|gitRelease\.bundle|better-sqlite3\/deps|koffi\/vendor|\.gguf$/;
		expect(files.filter((path) => unwanted.test(path))).toEqual([]);
		const builds = files.flatMap((path) => /^node_modules\/@node-llama-cpp\/([^/]+)\//.exec(path)?.[1] ?? []);
		expect([...new Set(builds)]).toEqual([`linux-${process.arch}`]);
	});

	test('is about as large as its Node and llama.cpp', () => {
		const files = filesBelow(app.resources);
		const megabytes = (matching: RegExp) =>
			files.filter(({ path }) => matching.test(path)).reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
		expect(megabytes(/^program\/node$/)).toBeLessThan(140);
		expect(megabytes(/^program\/node_modules\//)).toBeLessThan(60);
		// The program twice (the window's archive and the command line), with QuickJS, readers of a dozen document formats,
		// the client of tool servers, word lists, and 2.5 MB of translations.
		expect(megabytes(/^(?!program\/node)/)).toBeLessThan(50);
	});

	test('the command line runs on the packed Node, also through a symbolic link on the PATH', () => {
		const version = assay('--version');
		expect([version.stdout.trim(), version.stderr]).toEqual([
			JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version,
			'',
		]);
		const link = join(folder, 'assay');
		symlinkSync(join(app.program, 'assay'), link);
		expect(spawnSync(link, ['--version'], { encoding: 'utf8' }).stdout).toBe(version.stdout);
	});

	test('the packed program finds its database, reader thread and llama.cpp', () => {
		const doctor = assay('doctor', '--json');
		const report = JSON.parse(doctor.stdout);
		expect(report).toMatchObject({ engine: { available: true }, database: { integrity: 'ok' } });
		expect(report.assay.node).toMatch(/^v?24\./);
	});

	test('the packed Node runs the packed parser processes, as the window starts them', async () => {
		const pool = createReadingPool({
			nodeBinary: join(app.program, 'node'),
			entry: pathToFileURL(join(app.program, 'dist', 'cli', 'reading-worker.js')),
		});
		try {
			const file = new File([new Uint8Array(pdfBytes(['A page in the packed app.']))], 'page.pdf');
			expect(await readAttachmentFile(file, { pool })).toMatchObject({ pages: 1, text: 'A page in the packed app.' });
		} finally {
			await pool.close();
		}
	});

	test('the packed command line imports a dataset in a parser process', () => {
		const rows = join(folder, 'rows.csv');
		writeFileSync(rows, 'question,answer\nWhat is 1 + 1?,2\n');
		const imported = assay('datasets', 'import', rows, '--json');
		expect({ status: imported.status, error: imported.stderr }).toMatchObject({ status: 0 });
		expect(JSON.parse(imported.stdout)).toMatchObject({ added: 1 });
	});

	test('every file outside of the archive is in the list of checksums, as it is', async () => {
		const list = readFileSync(join(app.program, 'checksums.sha256'), 'utf8');
		const checksums = parseChecksums(list);
		expect(await checkProgram({ resources: app.resources, checksums })).toEqual({
			changed: [],
			missing: [],
			added: [],
		});
		expect(checksums.size).toBeGreaterThan(1_000);
		const outside = filesBelow(app.resources).map(({ path }) => path);
		const unlisted = outside.filter((path) => !checksums.has(path));
		expect(unlisted.sort()).toEqual(['app.asar', 'program/checksums.sha256']);
		// The copy in the archive, which the window reads, is the same: electron-builder packed it from here.
		expect(readFileSync(join(root, 'dist', 'checksums', 'program.sha256'), 'utf8')).toBe(list);
	});

	test('doctor reads every file, and names one that was changed', () => {
		const check = () => {
			const run = assay('doctor', '--json');
			const { checks } = JSON.parse(run.stdout) as { checks: { name: string }[] };
			return { status: run.status, check: checks.find(({ name }) => name === 'program') };
		};
		expect(check().check).toMatchObject({
			ok: true,
			detail: expect.stringMatching(/^1,\d{3} files match their checksums$/),
		});
		const path = join(app.program, 'node_modules', 'koffi', 'package.json');
		const text = readFileSync(path, 'utf8');
		writeFileSync(path, `${text} `);
		expect(check()).toMatchObject({
			status: 3,
			check: { ok: false, detail: expect.stringContaining('program/node_modules/koffi/package.json was modified') },
		});
		writeFileSync(path, text);
	});

	test('the window verifies it, starts, and only looks at it the next time', async () => {
		const list = readFileSync(join(app.program, 'checksums.sha256'), 'utf8');
		const main = unpackedArchive(join(folder, 'archive'), list);
		const { dataFolder, window } = await startBuiltWindow({ main, resources: app.resources });
		try {
			const { client } = openPage(window.webContents.mainFrame).connect();
			const { checks } = await client.system.doctor();
			expect(checks).toEqual(
				expect.arrayContaining([
					expect.objectContaining({ name: 'program', ok: true }),
					expect.objectContaining({ name: 'updates', detail: expect.stringContaining('doesn’t check for updates') }),
				]),
			);
			const log = readFileSync(join(dataFolder, 'logs', 'assay.log'), 'utf8');
			expect(log).toMatch(/program: 1\d{3} files verified in \d+ ms/);
			const lines: string[] = [];
			const files = { resources: app.resources, checksums: parseChecksums(list) };
			await verifyProgram(files, join(dataFolder, 'program-verified'), (line) => lines.push(line));
			expect(lines).toEqual([expect.stringMatching(/untouched, looked at in \d+ ms/)]);
			process.stdout.write(`${/program: .*verified.*/.exec(log)?.[0]}; ${lines[0]}\n`);
		} finally {
			await removeBuiltWindow();
		}
	});

	test.each(engineNames)('the starter model answers in the packed worker on the packed Node, with %s', async (name) => {
		const launcher = createNodeLauncher({
			nodeBinary: join(app.program, 'node'),
			workerEntry: join(app.program, 'dist', 'worker', 'worker.js'),
		});
		const runtime = createModelRuntime({ launcher, log: () => {} });
		try {
			const options = { ...defaultLoadOptions, ...engineOption(name), threads: 1, contextSize: 512 };
			const engine = await runtime.load({ key: 'starter', path: await starterModelPath(), options });
			expect(engine.capabilities().engine ?? 'c-api').toBe(name);
			let text = '';
			for await (const event of engine.generate({
				turns: [{ role: 'user', content: 'What is the capital of England?' }],
				sampling: { ...defaultSampling, temperature: 0, repeatPenalty: 1, maxTokens: 16, seed: 1 },
				cacheKey: 'packed',
			})) {
				if (event.type === 'failed') throw new Error(event.failure.message);
				if (event.type === 'tokens') text += event.text;
			}
			expect(text).toContain('London');
		} finally {
			await runtime.close();
		}
	});
});

test('the fuses prevent running the installed app as Node or from another archive', () => {
	const settings = readFileSync(join(root, 'electron-builder.yml'), 'utf8');
	const fuses = Object.fromEntries(
		[...settings.matchAll(/^ {2}(\w+): (true|false)$/gm)].map(([, name, value]) => [name, value]),
	);
	expect(fuses).toMatchObject({
		runAsNode: 'false',
		enableNodeOptionsEnvironmentVariable: 'false',
		enableNodeCliInspectArguments: 'false',
		enableEmbeddedAsarIntegrityValidation: 'true',
		onlyLoadAppFromAsar: 'true',
		grantFileProtocolExtraPrivileges: 'false',
	});
});
