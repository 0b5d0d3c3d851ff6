import type { ServerRequest } from '../../../../electron/contract/server/request-log.ts';
import { defaultSampling } from '../../../../models/contract/default-sampling.ts';
import { minute } from '../data.ts';
import type { FakeApplication } from '../fake-application.ts';
import { type Scene, withModel } from '../scene.ts';

const editor = { id: 1, name: 'Editor' };
const nightly = { id: 2, name: 'Nightly evaluation' };
const starter = 'smollm2-135m-instruct-q4_1';
const large = 'smollm2-135m-instruct-f16';

export function buildServerRequest(facts: Partial<ServerRequest> & Pick<ServerRequest, 'id'>): ServerRequest {
	return {
		responseId: `chatcmpl-${facts.id}`,
		startedAt: Date.now(),
		client: 'openai-python 2.8.1',
		key: editor,
		route: '/v1/chat/completions',
		model: starter,
		modelFileId: 1,
		streamed: true,
		state: 'ended',
		place: null,
		status: 200,
		errorCode: null,
		error: null,
		promptTokens: 812,
		cachedTokens: 640,
		completionTokens: 212,
		cacheMiss: { at: 640, cached: null, prompt: null },
		finishReason: 'end',
		deterministic: false,
		queueMs: 4,
		ttftMs: 180,
		generationMs: 5_240,
		durationMs: 5_420,
		hasBody: false,
		...facts,
	};
}

/** No model was asked. */
const unasked = {
	model: '',
	modelFileId: null,
	responseId: null,
	streamed: false,
	promptTokens: null,
	cachedTokens: null,
	completionTokens: null,
	cacheMiss: null,
	finishReason: null,
	queueMs: null,
	ttftMs: null,
	generationMs: null,
	durationMs: 3,
} as const;

const kinds: readonly Partial<ServerRequest>[] = [
	{},
	{ client: 'continue 1.4.0', completionTokens: 48, generationMs: 1_190, durationMs: 1_310, ttftMs: 120 },
	{
		...unasked,
		status: 401,
		key: null,
		client: 'curl 8.14.1',
		errorCode: 'invalid_api_key',
		error: 'This key is wrong or was revoked. Create one in Assay: Settings, Server.',
	},
	{
		key: nightly,
		client: 'lm-evaluation-harness',
		route: '/v1/completions',
		model: large,
		completionTokens: 1,
		generationMs: null,
	},
	{
		status: 400,
		errorCode: 'context_length_exceeded',
		error: 'The prompt has 6,212 tokens, the context of this model 4,096.',
		promptTokens: 6_212,
		cachedTokens: null,
		completionTokens: null,
		cacheMiss: null,
		ttftMs: null,
		generationMs: null,
		durationMs: 31,
	},
	{ client: 'anthropic-typescript 0.71.0', route: '/v1/messages', cacheMiss: null, cachedTokens: 812 },
	{ client: 'ollama-js 0.6.0', key: null, route: '/api/chat', status: 499, completionTokens: 61, durationMs: 2_010 },
	{
		route: '/v1/embeddings',
		model: 'nomic-embed-text-v1.5',
		completionTokens: null,
		cacheMiss: null,
		cachedTokens: 0,
		streamed: false,
		ttftMs: null,
		generationMs: null,
		durationMs: 48,
		promptTokens: 96,
	},
	{
		...unasked,
		status: 404,
		errorCode: 'model_not_found',
		error: 'There is no model “gpt-4o”. Set an alias in Assay: Settings, Server.',
		client: 'langchain 1.0.3',
	},
];

function withRequests(fake: FakeApplication): void {
	withModel(fake);
	fake.data.settings = { ...fake.data.settings, serverOn: true };
	fake.data.server.status = { state: 'on', url: 'http://127.0.0.1:4891/v1', port: 4891, active: 0, answered: 126 };
	const now = Date.now();
	fake.data.server.ended = Array.from({ length: 126 }, (_, index) =>
		buildServerRequest({
			...kinds[index % kinds.length],
			id: 900 - index,
			startedAt: now - index * 7 * minute - index * index * 4_000,
		}),
	);
}

function withLive(fake: FakeApplication): void {
	withRequests(fake);
	const waiting = (place: number, client: string): Partial<ServerRequest> => ({
		state: 'waiting',
		place,
		client,
		promptTokens: null,
		cachedTokens: null,
		completionTokens: null,
		cacheMiss: null,
		ttftMs: null,
		durationMs: 900 + (4 - place) * 1_300,
	});
	const live: Partial<ServerRequest>[] = [
		{ state: 'answering', completionTokens: 87, durationMs: 2_400 },
		{
			state: 'prompt',
			client: 'continue 1.4.0',
			promptTokens: 3_912,
			cachedTokens: 3_480,
			cacheMiss: { at: 3_480, cached: null, prompt: null },
			completionTokens: null,
			ttftMs: null,
			durationMs: 1_120,
		},
		waiting(1, 'anthropic-typescript 0.71.0'),
		{ ...waiting(2, 'lm-evaluation-harness'), key: nightly, model: large },
		{ ...waiting(3, ''), key: null },
	];
	fake.data.server.live = live.map((facts, index) =>
		buildServerRequest({ status: null, ...facts, id: 901 + index, generationMs: null }),
	);
}

/** The newest request with its texts kept. */
function withTexts(fake: FakeApplication): void {
	withRequests(fake);
	fake.data.settings = { ...fake.data.settings, serverKeepBodies: 'day' };
	const [newest, ...rest] = fake.data.server.ended;
	if (newest === undefined) return;
	fake.data.server.ended = [
		{ ...newest, hasBody: true, cacheMiss: { at: 640, cached: ' Summarise', prompt: ' Translate' } },
		...rest,
	];
	const question = 'Translate the last paragraph into German, and keep the names as they are.';
	fake.data.server.bodies.set(newest.id, {
		request: JSON.stringify({ model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: question }] }),
		prompt: {
			turns: [
				{ role: 'system', content: 'You are a careful translator.' },
				{ role: 'user', content: question },
			],
			prefill: null,
			sampling: defaultSampling,
		},
		answers: [{ content: 'Die Wolga ist mit 3.530 km der längste Fluss Europas.', reasoning: '', calls: [] }],
		deletedAt: Date.now() + 23 * 60 * minute,
	});
}

const at =
	(prepare: (fake: FakeApplication) => void, part = 'server') =>
	(fake: FakeApplication): string => {
		prepare(fake);
		return `/activity/${part}`;
	};

export const serverScenes: Record<string, Scene> = {
	'server-off': { prepare: at(withModel) },
	'server-empty': {
		prepare: at((fake) => {
			withRequests(fake);
			fake.data.server.ended = [];
		}),
	},
	'server-live': { prepare: at(withLive) },
	'server-errors': {
		prepare: at(withRequests),
		async act(page) {
			await page.getByRole('radio', { name: 'Failed' }).check({ force: true });
			await page.getByRole('gridcell', { name: 'Failed, 400' }).first().click();
			await page.getByText('Longer than the model’s context').first().waitFor();
			await page.waitForTimeout(350);
		},
	},
	'server-opened': {
		prepare: at(withTexts),
		async act(page) {
			await page.getByRole('gridcell', { name: 'Answered' }).first().click();
			await page.getByText('You are a careful translator.').waitFor();
			await page.waitForTimeout(350);
		},
	},
	'server-not-kept': {
		prepare: at(withRequests),
		async act(page) {
			await page.getByRole('gridcell', { name: 'Answered' }).first().click();
			await page.getByText('Its texts aren’t kept').waitFor();
			await page.waitForTimeout(350);
		},
	},
	'server-figures': { prepare: at(withRequests, 'server-figures') },
};
