import type { ActivityEntry, DayUsage, ModelUsage } from '../../../../electron/contract/activity/schema.ts';
import { buildActivityEntry } from '../../fixtures/activity.ts';
import { minute } from '../data.ts';
import type { FakeApplication } from '../fake-application.ts';
import { day, type Scene, withHistory } from '../scene.ts';

const starter = 'SmolLM2 135M Instruct Q4_1';
const large = 'SmolLM2 135M Instruct F16';

const crash = {
	code: 'worker-crashed',
	message: 'The model’s process ended with signal SIGABRT while it answered. What it had written is kept.',
	next: ['Send the message again: the model is loaded afresh', 'Try it with safe settings in Models'],
	detail: 'llama_context: n_ctx = 4096\nggml_backend_cpu: 2 threads\nGGML_ASSERT(n_tokens > 0) failed\n',
};

/** An afternoon: answers of two models, a crash, downloads, and requests, one of them blocked. */
export function withActivity(fake: FakeApplication): void {
	const { conversationId } = withHistory(fake);
	const now = Date.now();
	const figures = (completionTokens: number, speed: number, ttftMs: number) => ({
		promptTokens: 812,
		cachedTokens: 640,
		completionTokens,
		ttftMs,
		promptMs: ttftMs * 0.9,
		generationMs: ((completionTokens - 1) * 1000) / speed,
	});
	const messageId = fake.data.heads.get(conversationId) ?? 1;
	const happened: Omit<Parameters<typeof buildActivityEntry>[0], 'id' | 'at'>[] = [
		{ kind: 'answer', subject: starter, outcome: 'end', figures: figures(212, 41, 180), conversationId, messageId },
		{
			kind: 'network',
			subject: 'telemetry.example',
			result: 'blocked',
			outcome: 'refused: the network is blocked',
			facts: { purpose: 'an unknown purpose', bytes: 0 },
		},
		{ kind: 'answer', subject: starter, outcome: 'max-tokens', figures: figures(512, 38, 420) },
		{
			kind: 'crash',
			subject: large,
			result: 'failed',
			outcome: crash.code,
			message: crash.message,
			modelFileId: 1,
		},
		{ kind: 'answer', subject: large, outcome: 'stopped', result: 'stopped', figures: figures(48, 17, 960) },
		{
			kind: 'load',
			subject: large,
			outcome: 'loaded',
			modelFileId: 1,
			facts: { loadMs: 1_240, threads: 2, contextSize: 4_096, residentBytes: 391_000_000 },
		},
		{ kind: 'unload', subject: starter, outcome: 'unloaded', modelFileId: 1 },
		{ kind: 'default', subject: starter, outcome: 'model', modelFileId: 1, facts: { before: large } },
		{ kind: 'job', subject: 'conversations.zip', facts: { work: 'import', tookMs: 8_400 } },
		{
			kind: 'download',
			subject: 'SmolLM2 135M Instruct F16',
			facts: { source: 'huggingface.co', bytes: 270_900_000 },
		},
		{
			kind: 'network',
			subject: 'huggingface.co',
			outcome: '200',
			facts: { purpose: 'download of SmolLM2 135M Instruct F16', bytes: 270_900_000 },
		},
		{
			kind: 'network',
			subject: 'huggingface.co',
			outcome: 'failed: no answer within 10 s',
			result: 'failed',
			facts: { purpose: 'search for models', bytes: 0 },
		},
	];
	const entries: ActivityEntry[] = [];
	for (let round = 0; round < 3; round += 1) {
		for (const [index, one] of happened.entries()) {
			const id = 100 - entries.length;
			entries.push(buildActivityEntry({ ...one, id, at: now - round * 26 * 60 * minute - index * 11 * minute }));
			if (one.kind === 'crash') fake.data.activity.failures.set(id, crash);
		}
	}
	fake.data.activity.entries = entries;
	fake.data.activity.usage = { since: now - 90 * day, models: usage(), days: days(now) };
}

function usage(): ModelUsage[] {
	const shared = { stopped: 3, cachedTokens: 9_000, loads: 12, loadFailures: 0 };
	return [
		{
			...shared,
			model: starter,
			answers: 184,
			failed: 1,
			crashes: 0,
			promptTokens: 148_220,
			completionTokens: 41_930,
			busyMs: 1_260_000,
			tokensPerSecond: { n: 181, median: 39.4, low: 36.1, high: 42.8 },
			ttftMs: { n: 183, value: 612, low: 540, high: 890 },
		},
		{
			...shared,
			model: large,
			answers: 31,
			failed: 2,
			crashes: 2,
			promptTokens: 20_480,
			completionTokens: 6_310,
			busyMs: 402_000,
			loadFailures: 1,
			tokensPerSecond: { n: 29, median: 16.8, low: 15.2, high: 17.9 },
			ttftMs: { n: 30, value: 1_840, low: 1_420, high: null },
		},
	];
}

function days(now: number): DayUsage[] {
	return Array.from({ length: 90 }, (_, index) => {
		const answers = index % 7 < 5 ? ((index * 37) % 11) + 1 : 0;
		return {
			day: new Date(now - (89 - index) * day).toISOString().slice(0, 10),
			answers,
			promptTokens: answers * 640,
			completionTokens: answers * 170,
		};
	});
}

const at =
	(part = '') =>
	(fake: FakeApplication): string => {
		withActivity(fake);
		return `/activity${part}`;
	};

export const activityScenes: Record<string, Scene> = {
	activity: { prepare: at() },
	'activity-entry': {
		prepare: at(),
		async act(page) {
			await page.getByRole('gridcell', { name: 'Crashed' }).first().click();
			await page.getByRole('button', { name: 'Details' }).click();
			await page.waitForTimeout(350);
		},
	},
	'activity-network': {
		prepare: (fake) => {
			fake.data.settings = { ...fake.data.settings, networkBlocked: true };
			return at('/network')(fake);
		},
	},
	'activity-nothing-fits': {
		prepare: at(),
		async act(page) {
			await page.getByRole('searchbox', { name: 'Search the log' }).fill('zanzibar');
			await page.getByText('No results').waitFor();
		},
	},
	'activity-empty': {
		prepare: (fake) => {
			withHistory(fake);
			return '/activity';
		},
	},
	'activity-failed': {
		prepare: (fake) => {
			fake.data.activity.failure = {
				code: 'database-damaged',
				message: 'The database could not be read: the disk reported an error at page 412.',
				next: ['Restart Assay: it opens the newest good backup and keeps the damaged file'],
			};
			return at()(fake);
		},
	},
	'activity-usage': { prepare: at('/usage') },
	'activity-usage-table': {
		prepare: at('/usage'),
		async act(page) {
			await page.getByRole('button', { name: 'Show as table' }).click();
			await page.waitForTimeout(150);
		},
	},
	'activity-usage-empty': {
		prepare: (fake) => {
			withHistory(fake);
			return '/activity/usage';
		},
	},
};
