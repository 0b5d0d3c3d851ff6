import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ModelFile } from '../contract/library/schema.ts';
import type { RequestRecord } from './log/request-record.ts';

/** Seconds. */
const ttftBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const tokenBuckets = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.2, 0.5, 1];
const durationBuckets = [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

/** What `/metrics` reports, in Prometheus' text format. Counts begin with the application. */
export interface ServerMetrics {
	/** Counts a request that has ended. */
	ended(record: RequestRecord): void;
	/** Records the time since the token before, ms, of `tokens` tokens that came together. */
	tokens(tokens: number, ms: number): void;
	text(now: MetricsNow): Promise<string>;
	readonly contentType: string;
}

/** What is true at the moment. */
export interface MetricsNow {
	readonly active: number;
	readonly waiting: number;
	readonly models: readonly { readonly model: Pick<ModelFile, 'id'>; readonly name: string; readonly bytes: number }[];
}

export function createServerMetrics(): ServerMetrics {
	const registry = new Registry();
	const registers = [registry];
	const requests = new Counter({
		name: 'assay_requests_total',
		help: 'Requests that ended, by route and HTTP status; 499: the client left.',
		labelNames: ['route', 'status'],
		registers,
	});
	const promptTokens = new Counter({
		name: 'assay_prompt_tokens_total',
		help: 'Prompt tokens, cached ones included.',
		labelNames: ['model'],
		registers,
	});
	const cachedTokens = new Counter({
		name: 'assay_cached_tokens_total',
		help: 'Prompt tokens that were in the prefix cache.',
		labelNames: ['model'],
		registers,
	});
	const completionTokens = new Counter({
		name: 'assay_completion_tokens_total',
		help: 'Generated tokens.',
		labelNames: ['model'],
		registers,
	});
	const hits = new Counter({
		name: 'assay_prefix_cache_requests_total',
		help: 'Requests whose prompt began in the prefix cache (hit), or did not (miss).',
		labelNames: ['result'],
		registers,
	});
	const seconds = (name: string, help: string, buckets: number[]) => new Histogram({ name, help, buckets, registers });
	const queue = seconds('assay_queue_seconds', 'From arrival until the model took the request up.', ttftBuckets);
	const ttft = seconds('assay_time_to_first_token_seconds', 'From arrival to the first token.', ttftBuckets);
	const between = seconds('assay_inter_token_seconds', 'Between two tokens of an answer.', tokenBuckets);
	const duration = seconds('assay_request_seconds', 'From arrival to the end of the answer.', durationBuckets);
	const active = new Gauge({ name: 'assay_requests_active', help: 'Requests being answered.', registers });
	const waiting = new Gauge({ name: 'assay_requests_waiting', help: 'Requests that wait for a model.', registers });
	const memory = new Gauge({ name: 'assay_memory_bytes', help: 'Memory of the main process.', registers });
	const models = new Gauge({
		name: 'assay_model_memory_bytes',
		help: 'Memory of the process of each loaded model.',
		labelNames: ['model'],
		registers,
	});
	return {
		contentType: registry.contentType,
		ended(record) {
			requests.inc({ route: record.route === '' ? 'unknown' : record.route, status: String(record.status ?? 499) });
			if (record.durationMs !== null) duration.observe(record.durationMs / 1_000);
			if (record.promptTokens === null) return;
			const { model } = record;
			promptTokens.inc({ model }, record.promptTokens);
			cachedTokens.inc({ model }, record.cachedTokens ?? 0);
			completionTokens.inc({ model }, record.completionTokens ?? 0);
			if (record.cachedTokens !== null) hits.inc({ result: record.cachedTokens > 0 ? 'hit' : 'miss' });
			if (record.queueMs !== null) queue.observe(record.queueMs / 1_000);
			if (record.ttftMs !== null) ttft.observe(record.ttftMs / 1_000);
		},
		tokens(tokens, ms) {
			for (let token = 0; token < tokens; token += 1) between.observe(ms / tokens / 1_000);
		},
		async text(now) {
			active.set(now.active);
			waiting.set(now.waiting);
			memory.set(process.memoryUsage.rss());
			models.reset();
			for (const { name, bytes } of now.models) models.set({ model: name }, bytes);
			return await registry.metrics();
		},
	};
}
