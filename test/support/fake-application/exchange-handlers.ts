import type { Implementer } from '../../../electron/api/implementer.ts';
import type { ImportReport } from '../../../electron/contract/import-export/schema.ts';
import type { Job } from '../../../electron/contract/jobs/schema.ts';
import { Failure, type FailureFacts } from '../../../models/contract/failure.ts';
import { buildJob } from '../fixtures/job.ts';
import type { FakeApplication } from './fake-application.ts';

/** Results of the fake's next imports and exports, and where they stop half-way. */
export interface FakeExchange {
	report: ImportReport;
	/** Kinds of job that stop half-way and stay there. */
	held: Job['kind'][];
	/** If set, previews fail with it. */
	failure: FailureFacts | null;
	/** Started jobs by id. */
	jobs: Map<string, Job>;
}

const day = 86_400_000;

export function fakeExchange(): FakeExchange {
	const newest = Date.UTC(2026, 10, 20);
	const titles = [
		'Trip to the coast',
		'A regex for ISO dates',
		'Which bulbs for the hall?',
		'Sourdough, second try',
		'翻訳の相談',
	];
	return {
		held: [],
		failure: null,
		jobs: new Map(),
		report: {
			files: 1,
			sizeBytes: 1_020_000_000,
			sources: ['chatgpt'],
			conversations: 312,
			messages: 4120,
			extended: 3,
			known: 18,
			oldest: newest - 900 * day,
			newest,
			samples: titles.map((title, index) => ({
				title,
				createdAt: newest - index * 9 * day,
				messages: 4 + index * 3,
				outcome: index === 1 ? 'extended' : index === 3 ? 'known' : 'new',
				conversationId: null,
			})),
			skipped: [
				{ what: 'an attachment (image_asset_pointer) in “Trip to the coast”', why: 'only text can be imported' },
				{ what: '“Untitled”', why: 'it has no text' },
			],
			skippedCount: 2,
		},
	};
}

/** Handlers of imports and exports: jobs end at once, or stop half-way. */
export function exchangeHandlers(fake: FakeApplication, { exchange, jobs }: Implementer) {
	const { data } = fake;
	const known = data.exchange.jobs;

	function start(kind: Job['kind'], title: string, unit: Job['unit'], total: number): Job {
		const held = data.exchange.held.includes(kind);
		const failure = kind === 'preview' ? data.exchange.failure : null;
		const job = buildJob({
			id: `job-${fake.nextId()}`,
			kind,
			title,
			unit,
			total,
			done: held ? total * 0.42 : total,
			state: held ? 'running' : failure === null ? 'done' : 'failed',
			rate: held ? total / 42 : null,
			secondsLeft: held ? 24.4 : null,
			endedAt: held ? null : Date.now(),
			failure,
		});
		known.set(job.id, job);
		fake.emit({ type: 'job', job });
		return job;
	}
	function find(id: string): Job {
		const job = known.get(id);
		if (job !== undefined) return job;
		throw new Failure({ code: 'job-unknown', message: 'There is no such job.', next: ['Start again'] });
	}
	return {
		jobs: {
			list: jobs.list.handler(() => ({
				jobs: [...known.values(), ...(fake.data.documents.job === null ? [] : [fake.data.documents.job])],
			})),
			get: jobs.get.handler(({ input }) => find(input.jobId)),
			cancel: jobs.cancel.handler(({ input }) => {
				const job: Job = { ...find(input.jobId), state: 'cancelled', endedAt: Date.now() };
				known.set(job.id, job);
				fake.emit({ type: 'job', job });
				return job;
			}),
		},
		exchange: {
			preview: exchange.preview.handler(() => start('preview', 'conversations.json', 'bytes', 1_020_000_000)),
			import: exchange.import.handler(() => start('import', 'conversations.json', 'bytes', 1_020_000_000)),
			report: exchange.report.handler(() => data.exchange.report),
			discard: exchange.discard.handler(() => ({})),
			export: exchange.export.handler(({ input }) =>
				start('export', 'All conversations', 'conversations', input.ids?.length ?? data.conversations.size),
			),
			exported: exchange.exported.handler(() => ({
				fileName: 'assay.json',
				sizeBytes: 84_000,
				conversations: data.conversations.size,
				path: '/home/ada/.local/share/assay/exchange/out/1/assay.json',
				ticket: 'none',
			})),
		},
	};
}
