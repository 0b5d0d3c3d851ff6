import { createWriteStream, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Application, createApplication } from '../../../electron/application/application.ts';
import type { Job } from '../../../electron/contract/jobs/schema.ts';
import { type FailureFacts, failureSchema } from '../../../models/contract/failure.ts';
import { addEmptyDatabase } from '../../support/database.ts';
import { hostEffects } from '../../support/host-effects.ts';
import { writeFiles } from '../../support/import-export.ts';
import { scriptedApplicationModels } from '../../support/scripted-models.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { zipBytes } from '../../support/zip-bytes.ts';

/** Deflates text that can be continued: what follows it begins anew. */
function piece(text: string | Buffer): Buffer {
	return deflateRawSync(text, { level: 9, finishFlush: constants.Z_FULL_FLUSH });
}

/** A deflated stream of `megabytes` of one character, put together from equal pieces, which takes no time. */
function inflating(megabytes: number, character: string, before = ''): Buffer {
	const one = piece(Buffer.alloc(1_000_000, character));
	return Buffer.concat([piece(before), ...Array.from({ length: megabytes }, () => one), Buffer.from([3, 0])]);
}

/** The same as a gzip file. Its check sum is wrong, which nobody reads as far as. */
function gzipped(deflated: Buffer): Buffer {
	return Buffer.concat([Buffer.from('1f8b0800000000000003', 'hex'), deflated, Buffer.alloc(8)]);
}

/** The same as a PDF's stream, with a header and a check sum that PDF readers skip. */
function inZlib(deflated: Buffer): Buffer {
	return Buffer.concat([Buffer.from('78da', 'hex'), deflated, Buffer.alloc(4)]);
}

/** A PDF of one page whose content is this deflated stream. */
function pdfWithStream(stream: Buffer): Uint8Array<ArrayBuffer> {
	const objects = [
		'<</Type/Catalog/Pages 2 0 R>>',
		'<</Type/Pages/Kids[3 0 R]/Count 1>>',
		'<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R>>',
	];
	const start = objects.map((object, index) => `${index + 1} 0 obj\n${object}\nendobj\n`).join('');
	const head = `%PDF-1.7\n${start}4 0 obj\n<</Length ${stream.length}/Filter/FlateDecode>>\nstream\n`;
	return new Uint8Array(
		Buffer.concat([
			Buffer.from(head),
			stream,
			Buffer.from('\nendstream\nendobj\ntrailer\n<</Size 5/Root 1 0 R>>\n%%EOF'),
		]),
	);
}

/** A picture of 60,000 × 60,000 points: 14 GB once decoded. */
function giantPng(): Buffer {
	const header = Buffer.alloc(33);
	Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(header);
	header.writeUInt32BE(60_000, 16);
	header.writeUInt32BE(60_000, 20);
	header.writeUInt8(8, 24);
	header.writeUInt8(6, 25);
	return Buffer.concat([header, Buffer.alloc(1_000)]);
}

async function open(): Promise<Application> {
	const dataFolder = temporaryFolder();
	addEmptyDatabase(dataFolder);
	const application = await createApplication({
		dataFolder,
		host: 'cli',
		version: '0.0.0',
		log: () => {},
		models: scriptedApplicationModels(),
	});
	onTestFinished(() => application.close());
	return application;
}

async function ended({ client }: Application, job: Job): Promise<Job> {
	for (;;) {
		const now = await client.jobs.get({ jobId: job.id });
		if (now.endedAt !== null) return now;
		await sleep(20);
	}
}

/** Returns the facts of the failure with which a call ends. */
async function refusal(call: Promise<unknown>): Promise<FailureFacts> {
	const error: unknown = await call.then(
		() => null,
		(thrown: unknown) => thrown,
	);
	return failureSchema.parse((error as { data?: unknown } | null)?.data);
}

/**
 * Runs work while another call is made every 50 ms; fails if one of them waits long, or if the memory of the
 * application grows by 100 MB.
 */
async function besideCalls<T>(application: Application, work: () => Promise<T>): Promise<T> {
	// The first calls load what they need.
	await application.client.system.status();
	const effects = hostEffects();
	let running = true;
	const calls = (async () => {
		while (running) {
			await application.client.conversations.list({});
			await sleep(50);
		}
	})();
	try {
		return await work();
	} finally {
		running = false;
		await calls;
		const { grewMuch, paused, ...numbers } = effects();
		expect({ grewMuch, paused }, JSON.stringify(numbers)).toEqual({ grewMuch: false, paused: false });
	}
}

describe('a hostile attachment is refused with its reason, and the application goes on', { retry: 1 }, () => {
	test('a PDF of 1.5 MB with a stream of 1.5 GB', async () => {
		const application = await open();
		const content = pdfWithStream(inZlib(inflating(1_500, ' ')));
		expect(content.length).toBeLessThan(1_600_000);
		const file = new File([content], 'report.pdf');
		const failure = await besideCalls(application, () => refusal(application.client.attachments.read({ file })));
		expect(failure).toMatchObject({
			code: 'attachment-too-complex',
			message: 'The file report.pdf takes more than 768 MB of memory to read.',
		});
		const text = await application.client.attachments.read({ file: new File(['fine'], 'notes.txt') });
		expect(text).toMatchObject({ text: 'fine' });
	});

	test('a picture with giant dimensions', async () => {
		const application = await open();
		const file = new File([new Uint8Array(giantPng())], 'photo.png');
		const failure = await besideCalls(application, () => refusal(application.client.attachments.read({ file })));
		expect(failure).toMatchObject({ code: 'attachment-not-text', message: expect.stringContaining('a PNG image') });
	});
});

const wide = (keys: number): Record<string, string> =>
	Object.fromEntries(Array.from({ length: keys }, (_, n) => [`key ${n}`, `value ${n}`]));

const explosion = [
	'a: &a [x, x, x, x, x, x, x, x, x]',
	...Array.from('bcdefgh', (name, index) => {
		const before = `*${'abcdefgh'[index]}`;
		return `${name}: &${name} [${Array.from({ length: 9 }, () => before).join(', ')}]`;
	}),
	'tests: *h',
].join('\n');

const deep = `${'{"a":['.repeat(2_000_000)}${']}'.repeat(2_000_000)}`;

const flat = (): Buffer => zipBytes({ 'rows.jsonl': { packed: inflating(2_000, 'x'), sizeBytes: 2e9 } });

const datasets: readonly (readonly [title: string, name: string, content: () => string | Buffer, problem: RegExp])[] = [
	['a flat zip bomb', 'bomb.zip', flat, /file-yields-too-much: rows.jsonl unpacks to more than 400 times/],
	[
		'a nested zip bomb',
		'nested.zip',
		() => zipBytes({ 'inner.zip': zipBytes({ 'inner.zip': flat() }) }),
		/import-unreadable: No dataset found in nested.zip/,
	],
	[
		'a gzip bomb',
		'rows.csv.gz',
		() => gzipped(inflating(2_000, 'x', 'question,answer\n')),
		/table-unreadable: Row 2 of rows.csv.gz is larger than 16 MB|file-yields-too-much/,
	],
	['deep JSON', 'deep.json', () => `[{"question":"one","deep":${deep}}]`, /nests more than 5,000 levels deep/],
	[
		'20 rows of 200,000 keys each',
		'wide.jsonl',
		() => `${JSON.stringify({ question: 'one', more: wide(200_000) })}\n`.repeat(20),
		/it has 200,001 fields; the limit is 2,000/,
	],
	['a row of 200,000 columns', 'wide.json', () => JSON.stringify([wide(200_000)]), /more than 2,000 columns/],
	[
		'metadata of 200,000 keys',
		'meta.jsonl',
		() => JSON.stringify({ input: 'one', target: '1', metadata: wide(200_000) }),
		/its metadata has more than 20,000 fields/,
	],
	[
		'a table in a single line of 60 MB',
		'line.csv',
		() => Buffer.alloc(60_000_000, 'x,'),
		/table-unreadable: Row 1 of line.csv has more than 200,000 columns; 2,000 can be read/,
	],
	['aliases that multiply', 'aliases.yaml', () => explosion, /import-unreadable/],
];

describe('a hostile dataset is refused with its reason, and the application goes on', { retry: 1 }, () => {
	test.for(datasets)('%s', { timeout: 60_000 }, async ([, name, content, problem]) => {
		const application = await open();
		const folder = writeFiles({ [name]: content() });
		const found = await besideCalls(application, async () => {
			const began = performance.now();
			const paths = [join(folder, name)];
			const job = await ended(application, await application.client.datasets.imports.preview({ paths }));
			expect(performance.now() - began).toBeLessThan(20_000);
			if (job.failure !== null) return `${job.failure.code}: ${job.failure.message} ${job.failure.next.join(' ')}`;
			const preview = await application.client.datasets.imports.previewed({ jobId: job.id });
			return preview.problems.map(({ what }) => what).join('\n');
		});
		expect(found).toMatch(problem);
		expect(await application.client.datasets.list({})).toMatchObject({ datasets: expect.any(Array) });
	});
});

describe('a hostile export of conversations is refused with its reason, and the application goes on', {
	retry: 1,
}, () => {
	test.for([
		[
			'a zip bomb',
			'chats.zip',
			() => zipBytes({ 'conversations.json': { packed: inflating(2_000, ' ', '['), sizeBytes: 2e9 } }),
			/file-yields-too-much/,
		],
		['deep JSON', 'conversations.json', () => `[${deep}]`, /import-unreadable/],
		['a conversation of 200 MB', 'conversations.json', () => Buffer.alloc(200_000_000, '['), /import-unreadable/],
	] as const)('%s', { timeout: 60_000 }, async ([, name, content, problem]) => {
		const application = await open();
		const folder = writeFiles({ [name]: content() });
		const found = await besideCalls(application, async () => {
			const job = await ended(application, await application.client.exchange.preview({ paths: [join(folder, name)] }));
			return `${job.failure?.code}: ${job.failure?.message}`;
		});
		expect(found).toMatch(problem);
	});
});

/** Ids of the processes that this one started. */
function children(): number[] {
	return readdirSync(`/proc/${process.pid}/task`).flatMap((thread) =>
		readFileSync(`/proc/${process.pid}/task/${thread}/children`, 'utf8')
			.trim()
			.split(/\s+/)
			.filter(Boolean)
			.map(Number),
	);
}

describe('a parser that is killed in the middle of an import', () => {
	test('leaves nothing behind, and the next import works', { timeout: 60_000, retry: 1 }, async ({ skip }) => {
		if (process.platform !== 'linux') skip('SKIPPED: the processes of another system are not found here');
		const application = await open();
		const { client } = application;
		const folder = temporaryFolder();
		const path = join(folder, 'rows.jsonl');
		const out = createWriteStream(path);
		for (let n = 0; n < 200_000; n += 1) out.write(`{"question":"What is ${n} + 1?","answer":"${n + 1}"}\n`);
		await new Promise((resolve) => out.end(resolve));
		const preview = await ended(application, await client.datasets.imports.preview({ paths: [path] }));
		const into = { kind: 'new' as const, name: 'Sums' };
		const importing = await client.datasets.imports.start({ previewId: preview.id, into });
		while ((await client.jobs.get({ jobId: importing.id })).done === 0) await sleep(10);
		for (const pid of children()) {
			if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('dataset-worker')) process.kill(pid, 'SIGKILL');
		}
		const job = await ended(application, importing);
		expect(job.failure).toMatchObject({
			code: 'parser-died',
			message: expect.stringMatching(/ended unexpectedly \(SIGKILL\). Nothing was changed/),
		});
		expect((await client.datasets.list({})).datasets.filter(({ name }) => name === 'Sums')).toEqual([]);
		const again = await ended(
			application,
			await client.datasets.imports.start({ previewId: preview.id, into, limit: 1_000 }),
		);
		expect(again.failure).toBeNull();
		expect(await client.datasets.imports.report({ jobId: again.id })).toMatchObject({ added: 1_000 });
	});
});
