import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { getHeapSpaceStatistics } from 'node:v8';
import type { Application, ApplicationOptions } from '../../../electron/application/application.ts';
import { runConfigSchema } from '../../../electron/contract/evaluation/run-config.ts';
import { scriptedSessions } from '../evaluation.ts';
import { scriptedApplicationModels } from '../scripted-models.ts';
import { writeTinyGguf } from '../tiny-gguf.ts';

/** A model that writes a summary of so many words slowly. */
export const slowSummary = {
	contextSize: 2_048,
	answers: [
		{
			when: 'Summarise this conversation',
			steps: [{ type: 'text' as const, text: `${numberedWords(60).trim()}.`, tokenDelayMs: 40 }],
		},
		{ steps: [{ type: 'text' as const, text: 'Yes.' }] },
	],
};

interface Killable {
	readonly application: Application;
	readonly dataFolder: string;
	/** Sends the test a progress report. */
	readonly report: (message: object) => void;
}

export interface KillableTask {
	/** Options that replace the application's default options and scripted model. */
	readonly options?: (...args: string[]) => Partial<ApplicationOptions>;
	readonly run: (killable: Killable, ...args: string[]) => Promise<void>;
}

/** Tasks that the process of a kill test can run. Heavy modules are imported only by the tasks that need them. */
export const tasks = {
	/** Answers one message after another with numbered words, and reports everything that a window would have seen. */
	answer: {
		options: (tokenDelayMs: string) => ({
			models: scriptedApplicationModels({
				script: {
					contextSize: 100_000,
					answers: [{ steps: [{ type: 'text', text: numberedWords(20_000), tokenDelayMs: Number(tokenDelayMs) }] }],
				},
			}),
		}),
		async run({ application: { client }, report }, _tokenDelayMs: string) {
			report({ ready: true });
			for (;;) {
				const start = await client.conversations.send({ conversationId: null, text: 'Count for me, please.' });
				report({ sent: start });
				for await (const update of await client.generations.subscribe({ id: start.generationId })) {
					if (update.type === 'tokens') report({ text: update.text });
				}
			}
		},
	},

	/** Types a growing draft and reports each confirmed version. */
	drafts: {
		options: saysYes,
		async run({ application: { client }, report }) {
			report({ ready: true });
			const { conversationId } = await answered(client, 'A conversation to write in');
			for (let length = 1; ; length += 1) {
				const text = 'word '.repeat(length);
				await client.drafts.set({ conversationId, text });
				report({ confirmed: { conversationId, text } });
			}
		},
	},

	/** Has a summary made, slowly, and reports how far it came. */
	summarise: {
		options: () => ({ models: scriptedApplicationModels({ script: slowSummary }) }),
		async run({ application: { client }, report }) {
			const { conversationId } = await answered(client, 'The first question');
			const next = await client.conversations.send({ conversationId, text: 'The second question' });
			for await (const _ of await client.generations.subscribe({ id: next.generationId }));
			await client.summaries.make({ id: conversationId });
			for (;;) {
				const { making } = await client.summaries.list({ id: conversationId });
				report({ found: String(conversationId), done: Math.round((making?.fraction ?? 0) * 100) });
				await sleep(20);
			}
		},
	},

	/** Repeatedly moves conversations to the trash and empties it; reports each confirmed step. */
	trash: {
		options: saysYes,
		async run({ application: { client }, report }) {
			report({ ready: true });
			for (let round = 0; ; round += 1) {
				// Ids of deleted conversations are reused, so the texts tell conversations apart.
				const texts = Array.from({ length: 4 }, (_, index) => `secret-${round}-${index} words`);
				const ids: number[] = [];
				for (const text of texts) ids.push((await answered(client, text)).conversationId);
				const [kept, ...gone] = ids;
				await client.organise.remove({ ids: gone });
				report({ confirmed: { kept, trashed: texts.slice(1) } });
				const emptying = client.trash.empty({ ids: gone });
				report({ confirmed: { emptying: texts.slice(1) } });
				await emptying;
				report({ confirmed: { emptied: texts.slice(1) } });
			}
		},
	},

	/** Repeatedly rates and corrects one answer; reports each request (`asked`) and its result (`said`). */
	feedback: {
		async run({ application: { client }, report }) {
			const { conversations } = await client.conversations.list({});
			const [existing] = conversations;
			const messageId =
				existing === undefined
					? (await answered(client, 'Is 391 a prime number?')).messageId
					: ((await client.conversations.get({ id: existing.id })).messages.at(-1)?.id ?? 0);
			const { feedback } = await client.feedback.of({ messageIds: [messageId] });
			for (let round = (feedback[0]?.earlier ?? 0) + 1; ; round += 1) {
				const rating = round % 2 === 0 ? ('up' as const) : ('down' as const);
				const tags = [`round-${round}`];
				report({ asked: { rating, tags, comment: `Comment ${round}` } });
				report({ said: await client.feedback.rate({ messageId, rating, tags, comment: `Comment ${round}` }) });
				report({ said: await client.feedback.correct({ messageId, correction: `Correction ${round}` }) });
			}
		},
	},

	/** Makes an empty backup and one of several megabytes, then restores them in turn and reports which one. */
	restore: {
		options: saysYes,
		async run({ application: { client }, report }) {
			await client.settings.set({ theme: 'light' });
			const small = await client.backups.create();
			// Under such a system prompt, no message would fit the context.
			await answered(client, 'Kept?');
			await client.settings.set({ theme: 'dark', systemPrompt: 'long '.repeat(1_000_000) });
			const large = await client.backups.create();
			report({ ready: true });
			for (;;) {
				for (const { path } of [small, large]) {
					report({ restoring: path });
					await client.backups.restore({ path });
				}
			}
		},
	},

	/** Imports conversations from a file; reports each state of the job. */
	'conversation-import': {
		async run({ application, report }, file: string) {
			const { client } = application;
			reportJobs(application, report);
			const preview = await client.exchange.preview({ paths: [file] });
			await jobEnded(application, preview.id);
			await client.exchange.import({ previewId: preview.id });
		},
	},

	/** Imports a file into a dataset (0: a new one); reports each state of the job. */
	'dataset-import': {
		async run({ application, report }, into: string, file: string) {
			const { client } = application;
			reportJobs(application, report);
			const datasetId = Number(into);
			const preview = await client.datasets.imports.preview({ paths: [file] });
			await jobEnded(application, preview.id);
			await client.datasets.imports.start({
				previewId: preview.id,
				into: datasetId === 0 ? { kind: 'new', name: 'Killed' } : { kind: 'existing', datasetId },
			});
		},
	},

	/** Tags every sample of a dataset; reports each state of the job. */
	'dataset-tag': {
		async run({ application, report }, datasetId: string) {
			reportJobs(application, report);
			await application.client.datasets.samples.tag({
				datasetId: Number(datasetId),
				selection: { filter: {} },
				add: ['tagged'],
			});
		},
	},

	/**
	 * Downloads a repository from the hub at this address, or resumes the download; reports what it found and its
	 * progress.
	 */
	download: {
		options: () => ({
			host: 'browser',
			async models(seam, os) {
				const { libraryHandlers } = await import('../../../electron/api/open-models.ts');
				const { createLibrary } = await import('../../../electron/library/library.ts');
				const runtime = {
					load: () => Promise.reject(new Error('no model is loaded here')),
					get: () => undefined,
					unload: async () => {},
					onEvent: () => () => {},
					close: async () => {},
				};
				const probeEngine = async () => ({ build: 'none', available: true, detail: '', gpus: [] });
				const library = createLibrary(seam, { runtime, engineBuild: 'none', probeEngine });
				return { library, handlers: libraryHandlers(os, library) };
			},
		}),
		async run({ application: { client, events }, report }, hubUrl: string, repository: string) {
			events.subscribe((event) => {
				if (event.type === 'download') report({ download: event.download });
			});
			await client.settings.set({ hubUrl });
			const { downloads } = await client.downloads.list();
			report({ found: downloads });
			if (downloads.length === 0) await client.downloads.start({ repository });
		},
	},

	/** Measures a run of 60 samples, or resumes the existing run; reports its progress until it ends. */
	evaluation: {
		options() {
			const sessions = scriptedSessions((row, { text }) => ({ text: `${text.length} ${row.seed}` }));
			sessions.delayMs = 4;
			return {
				openSession: sessions.open,
				models: scriptedApplicationModels({ sha256: () => 'b'.repeat(64) }),
			};
		},
		async run({ application, report }) {
			const { client } = application;
			const id = await continueOrStartRun(application, report);
			for (;;) {
				const run = await client.evaluations.get({ id });
				report({ status: run.status, done: run.progress.done, repeatable: run.repeatable });
				if (run.status !== 'running' && run.status !== 'waiting') break;
				await sleep(20);
			}
			await application.close();
			process.disconnect();
		},
	},

	/**
	 * Compares quantisations of a tiny model on this text with real measurements, or resumes the comparison; reports
	 * its progress until it ends.
	 */
	comparison: {
		options: () => ({
			models: async (seam, os) => (await import('../../../electron/api/open-models.ts')).openModels()(seam, os),
		}),
		async run({ application, dataFolder, report }, text: string) {
			const { client } = application;
			const id = await continueOrStartComparison(application, dataFolder, text, report);
			for (;;) {
				const { status, done, failure } = await client.comparisons.get({ id });
				report({ status, done, failure });
				if (status !== 'running' && status !== 'waiting') break;
				await sleep(10);
			}
			await application.close();
			process.disconnect();
		},
	},

	/** Makes garbage, and reports how large V8's young generation became, bytes. */
	garbage: {
		async run({ report }) {
			const kept: object[] = [];
			for (let made = 0; made < 1_500_000; made += 1) {
				kept[made % 60_000] = { made, text: `number ${made}`, more: [made, made] };
				if (made % 20_000 === 0) await sleep();
			}
			const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
			report({ young: young?.space_size });
		},
	},

	/** Indexes a folder, or goes on with it, and reports the number of documents that are ready until all are. */
	documents: {
		async run({ application, report }, folder: string) {
			const { client } = application;
			const { collections } = await client.collections.list({ trash: false });
			const known = collections[0];
			if (known !== undefined) report({ found: 'collection', done: known.documents - known.waiting });
			const { id } = known ?? (await client.collections.create({ name: 'Files', settings: { chunkTokens: 32 } }));
			const { jobId } =
				known === undefined || known.documents === 0
					? await client.documents.addPaths({ collectionId: id, paths: [folder], watch: false })
					: await client.collections.refresh({ id });
			for (;;) {
				const job = jobId === null ? null : await client.jobs.get({ jobId });
				const { documents, waiting } = await client.collections.get({ id });
				report({ status: job?.state ?? 'done', done: documents - waiting });
				if (job === null || job.endedAt !== null) break;
				await sleep(2);
			}
			await application.close();
			process.disconnect();
		},
	},

	/** Takes the folder of the first collection out, or goes on with it, until none of its passages is left. */
	removeFolder: {
		options: () => ({ host: 'browser' }),
		async run({ application, report }) {
			const { client } = application;
			const [collection] = (await client.collections.list({ trash: false })).collections;
			const id = collection?.id ?? 0;
			const [source] = (await client.collections.sources({ id })).sources;
			if (source !== undefined) await client.collections.removeSource({ sourceId: source.id });
			report({ done: source === undefined ? 0 : 1 });
			while ((await client.collections.get({ id })).jobId !== null) await sleep(2);
			await application.close();
			process.disconnect();
		},
	},
} satisfies Record<string, KillableTask>;

export type KillableTasks = typeof tasks;

function numberedWords(count: number): string {
	return Array.from({ length: count }, (_, index) => `w${index}`).join(' ');
}

function saysYes(): Partial<ApplicationOptions> {
	return { models: scriptedApplicationModels({ script: { answers: [{ steps: [{ type: 'text', text: 'Yes.' }] }] } }) };
}

type Client = Application['client'];

/** Starts a conversation and waits until its answer is complete. */
async function answered(client: Client, text: string): Promise<{ conversationId: number; messageId: number }> {
	const { conversationId, messageId, generationId } = await client.conversations.send({ conversationId: null, text });
	for await (const update of await client.generations.subscribe({ id: generationId })) {
		if (update.type === 'end') break;
	}
	return { conversationId, messageId };
}

function reportJobs({ events }: Application, report: Killable['report']): void {
	events.subscribe((event) => {
		if (event.type === 'job') report({ job: event.job });
	});
}

async function jobEnded({ client }: Application, jobId: string): Promise<void> {
	while ((await client.jobs.get({ jobId })).endedAt === null) await sleep(5);
}

async function continueOrStartRun({ client }: Application, report: Killable['report']): Promise<number> {
	const { runs } = await client.evaluations.list({});
	const [known] = runs;
	if (known !== undefined) {
		report({ found: known.status, done: known.progress.done });
		return (await client.evaluations.resume({ id: known.id })).id;
	}
	const dataset = await client.datasets.create({ name: 'Sums' });
	const samples = Array.from({ length: 60 }, (_, index) => ({
		input: `${index} + 1`,
		target: String(index + 1),
		key: `k${index}`,
	}));
	await client.datasets.samples.add({ datasetId: dataset.id, samples });
	const prompt = await client.prompts.create({ name: 'Plain', template: '{{input}}' });
	const config = runConfigSchema.parse({
		dataset: { datasetId: dataset.id },
		promptVersionIds: [prompt.latest.id],
		modelFileIds: [1],
		scorers: [{ kind: 'includes' }],
		shardSize: 10,
		width: 2,
		threads: 1,
		epochs: 2,
	});
	return (await client.evaluations.start(config)).id;
}

async function continueOrStartComparison(
	{ client }: Application,
	dataFolder: string,
	text: string,
	report: Killable['report'],
): Promise<number> {
	const { comparisons } = await client.comparisons.list();
	const [known] = comparisons;
	if (known !== undefined) {
		report({ found: known.status, done: known.done });
		return (await client.comparisons.resume({ id: known.id })).id;
	}
	const model = await client.models.add({ path: writeTinyGguf(join(dataFolder, 'tiny.gguf')) });
	const started = await client.comparisons.start({
		referenceId: model.id,
		quantize: ['Q8_0', 'Q4_0'],
		texts: [text],
		contextSize: 64,
		chunks: 3,
		prompts: ['the cat and the dog'],
		promptTokens: 16,
		generatedTokens: 8,
		repetitions: 2,
		threads: 1,
	});
	return started.id;
}
