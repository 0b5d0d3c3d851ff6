import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Application, createApplication } from '../../electron/application/application.ts';
import type { Job } from '../../electron/contract/jobs/schema.ts';
import { writeChatGptExport } from '../support/chat-gpt-export.ts';
import { scriptedApplicationModels } from '../support/scripted-models.ts';
import { watchBlocks } from './library/blocks.ts';
import type { BenchContext, Measurement } from './measurement.ts';

/** Size of an export in ChatGPT's format, with eight messages of 100 words in each conversation, bytes. */
const sizes = { quick: 2_000_000, full: 30_000_000 };

/** The application writes this often during an import, ms. */
const writeEveryMs = 50;

interface Taken {
	readonly seconds: number;
	readonly bytes: number;
	readonly messages: number;
	readonly longestBlockMs: number;
	readonly peakBytes: number;
}

async function ended({ client }: Application, jobId: string): Promise<Job> {
	for (;;) {
		const job = await client.jobs.get({ jobId });
		if (job.endedAt !== null) return job;
		await delay(20);
	}
}

/** Imports the file into an empty library, while the application keeps writing if `writing` is set. */
async function importOnce(context: BenchContext, file: string, round: number, writing: boolean): Promise<Taken> {
	const application = await createApplication({
		dataFolder: join(context.folder, `import-${writing ? 'writing' : 'alone'}-${round}`),
		host: 'cli',
		version: '0.0.0',
		log: () => {},
		models: scriptedApplicationModels(),
	});
	const { client } = application;
	try {
		const preview = await ended(application, (await client.exchange.preview({ paths: [file] })).id);
		let going = true;
		let peakBytes = 0;
		async function goOn(): Promise<void> {
			for (; going; await delay(writeEveryMs)) {
				peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
				if (writing) await client.settings.set({ theme: 'dark' });
			}
		}
		await context.settle();
		const watch = watchBlocks();
		const using = goOn();
		const started = performance.now();
		const job = await ended(application, (await client.exchange.import({ previewId: preview.id })).id);
		const seconds = (performance.now() - started) / 1000;
		going = false;
		await using;
		const { longestBlockMs } = watch.stop();
		if (job.state !== 'done') throw new Error(`the import ended ${job.state}: ${JSON.stringify(job.failure)}`);
		const { messages, sizeBytes } = await client.exchange.report({ jobId: job.id });
		return { seconds, bytes: sizeBytes, messages, longestBlockMs, peakBytes };
	} finally {
		await application.close();
	}
}

async function exportFile(context: BenchContext): Promise<string> {
	const file = join(context.folder, 'conversations.json');
	const size = context.quick ? sizes.quick : sizes.full;
	if (statSync(file, { throwIfNoEntry: false }) === undefined) await writeChatGptExport(file, size);
	return file;
}

/** Reads and parses the whole file at once: no import of it can be faster. */
function parseOnce(file: string): number {
	const started = performance.now();
	const parsed = JSON.parse(readFileSync(file, 'utf8')) as unknown[];
	if (parsed.length === 0) throw new Error('there is nothing in the file');
	return statSync(file).size / 1e6 / ((performance.now() - started) / 1000);
}

export const importRate: Measurement = {
	name: 'import',
	about: 'an export of ChatGPT comes in through the application, searchable, against parsing the file whole',
	unit: 'MB/s',
	target: null,
	async run(context) {
		const file = await exportFile(context);
		const values: number[] = [];
		const baselines: number[] = [];
		let last: Taken | null = null;
		for (let round = 0; round < (context.quick ? 1 : 3); round += 1) {
			baselines.push(parseOnce(file));
			last = await importOnce(context, file, round, false);
			values.push(last.bytes / 1e6 / last.seconds);
		}
		const details = {
			messagesPerSecond: (last?.messages ?? 0) / (last?.seconds ?? 1),
			peakMB: (last?.peakBytes ?? 0) / 1e6,
		};
		return { values, baselines, details };
	},
};

export const importBlock: Measurement = {
	name: 'import-block',
	about:
		'longest time the main thread answers nothing while an import comes in and the application writes 20 times a second',
	unit: 'ms',
	target: { of: 'value', relation: 'at-most', limit: 16 },
	async run(context) {
		const file = await exportFile(context);
		const values: number[] = [];
		for (let round = 0; round < (context.quick ? 1 : 3); round += 1) {
			values.push((await importOnce(context, file, round, true)).longestBlockMs);
		}
		return { values, baselines: [], summary: 'max' };
	},
};
