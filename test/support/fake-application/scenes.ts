import { Failure } from '../../../models/contract/failure.ts';
import { addConversation, addMessage, generationFacts, loadedState, minute, modelFile, starterEntry } from './data.ts';
import type { FakeApplication } from './fake-application.ts';
import { pause } from './live.ts';
import { lightMinutes, otherTitles, question } from './scene-texts.ts';

/** One state of one screen: sets the fake up and says where to look, as a fragment of the address. */
export type Scene = (fake: FakeApplication) => string;

const day = 24 * 60 * minute;

function withModel(fake: FakeApplication): void {
	fake.data.models = [modelFile(1)];
	fake.data.catalogue = [starterEntry(true)];
	fake.data.states.set(1, loadedState(1));
}

/** A library, some history, and the conversation of the mock page; the id of its last own message. */
function withHistory(fake: FakeApplication): { conversationId: number; questionId: number } {
	withModel(fake);
	const now = Date.now();
	otherTitles.forEach(([title, daysAgo], index) => {
		const { id } = addConversation(fake.data, title, now - daysAgo * day - index * 37 * minute);
		addMessage(fake.data, id, { content: title });
		addMessage(fake.data, id, { role: 'assistant', content: 'Short answer.', generation: generationFacts() });
	});
	const { id } = addConversation(fake.data, 'Light minutes to the inner planets', now);
	const asked = addMessage(fake.data, id, { content: question });
	for (const content of ['Roughly 3 to 13 light minutes.', lightMinutes]) {
		addMessage(fake.data, id, {
			role: 'assistant',
			parentId: asked.id,
			content,
			reasoning:
				'Light covers 299,792 km each second, so about 18 million km each minute. Divide the mean distance by that.',
			reasoningMs: 930,
			generation: generationFacts(),
		});
	}
	return { conversationId: id, questionId: asked.id };
}

function asking(fake: FakeApplication): number {
	const { conversationId } = withHistory(fake);
	addMessage(fake.data, conversationId, {
		content: 'Your table says 14.2 for Mars, but the code prints 12.7. Which is right?',
	});
	return conversationId;
}

function answering(fake: FakeApplication, script: FakeApplication['script']): string {
	const conversationId = asking(fake);
	fake.script = script;
	fake.begin(conversationId, fake.data.heads.get(conversationId)!);
	return `/chat/${conversationId}`;
}

const forever = (signal: AbortSignal) =>
	new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

export const scenes: Record<string, Scene> = {
	welcome: () => '/chat',
	'welcome-downloading': (fake) => {
		fake.data.downloads.push(
			download({
				state: 'running',
				receivedBytes: 62_000_000,
				bytesPerSecond: 8.4e6,
				secondsLeft: 5,
				source: 'huggingface.co',
			}),
		);
		fake.data.requests.push({
			id: 1,
			at: Date.now(),
			host: 'huggingface.co',
			purpose: 'SmolLM2 135M Instruct',
			outcome: 'running',
			bytes: 62_000_000,
		});
		return '/chat';
	},
	'welcome-failed': (fake) => {
		fake.data.downloads.push(
			download({
				state: 'failed',
				failure: {
					code: 'download-failed',
					message: 'No source could be reached: huggingface.co (no answer within 10 s), pypi.org (name not found).',
					next: ['Check the connection and try again', 'Use a GGUF file that you already have'],
					detail: 'huggingface.co: ETIMEDOUT\npypi.org: ENOTFOUND',
				},
			}),
		);
		return '/chat';
	},
	new: (fake) => {
		withModel(fake);
		return '/chat';
	},
	chat: (fake) => `/chat/${withHistory(fake).conversationId}`,
	'chat-inspector': (fake) => {
		fake.data.settings = {
			...fake.data.settings,
			inspectorOpen: true,
			sampling: { ...fake.data.settings.sampling, temperature: 0.4, maxTokens: 512 },
		};
		return answering(fake, async (answer) => {
			answer.write(
				'The code is right. 227.9 million km at 299,792 km/s takes 760 seconds, which is 12.7 minutes. The 14.2 in the **table',
				41,
			);
			await forever(answer.signal);
		});
	},
	'chat-loading': (fake) => {
		fake.data.states.set(1, { state: 'loading', modelFileId: 1, progress: { stage: 'weights', fraction: 0.64 } });
		return answering(fake, async (answer) => {
			answer.loading('weights', 0.64);
			fake.data.states.set(1, { state: 'loading', modelFileId: 1, progress: { stage: 'weights', fraction: 0.64 } });
			await forever(answer.signal);
		});
	},
	'chat-prompt': (fake) =>
		answering(fake, async (answer) => {
			answer.prompt(640, 2031, 128);
			await pause(1_500);
			answer.prompt(1280, 2031, 128);
			await forever(answer.signal);
		}),
	'chat-failed': (fake) => {
		fake.data.models.push(modelFile(2, { name: 'Qwen2.5 1.5B Instruct', quantization: 'Q4_K_M', default: false }));
		const route = answering(fake, async () => {
			throw new Failure({
				code: 'worker-crashed',
				message:
					'The engine stopped while it wrote this answer (signal SIGABRT) after 41 tokens. What it had written is kept.',
				next: ['Try again: the model is loaded afresh'],
				detail: 'GGML_ASSERT(n_head_kv > 0) failed\nexit signal SIGABRT',
			});
		});
		fake.data.models.push(modelFile(2, { name: 'Qwen2.5 1.5B Instruct', quantization: 'Q4_K_M', default: false }));
		return route;
	},
	'chat-interrupted': (fake) => {
		const conversationId = asking(fake);
		addMessage(fake.data, conversationId, {
			role: 'assistant',
			status: 'interrupted',
			content: 'The code is right. 227.9 million km at 299,792 km/s takes 760 seconds,',
			generation: generationFacts({ stopReason: null, completionTokens: 24, droppedTurns: 2 }),
		});
		return `/chat/${conversationId}`;
	},
	'chat-no-model': (fake) => {
		const { conversationId } = withHistory(fake);
		fake.data.models = [];
		fake.data.states.clear();
		return `/chat/${conversationId}`;
	},
	'chat-base-model': (fake) => {
		withModel(fake);
		fake.data.models = [modelFile(1, { name: 'gemma 3 270m', quantization: 'Q4_K_M', chat: false })];
		fake.data.states.clear();
		return '/chat';
	},
	'chat-database-notice': (fake) => {
		fake.data.status = {
			...fake.data.status,
			notice: {
				message: 'The database was damaged and has been restored from the backup of 24 Nov 2026, 15:40.',
				next: ['The damaged file is kept as assay.db.damaged-1', 'Look at the newest conversations'],
			},
		};
		return `/chat/${withHistory(fake).conversationId}`;
	},
	models: (fake) => {
		withModel(fake);
		fake.data.models.push(
			modelFile(2, {
				name: 'Llama 3.2 3B Instruct',
				quantization: 'Q4_K_M',
				sizeBytes: 2_019_377_696,
				parameters: 3_212_749_888,
				contextLength: 131_072,
				default: false,
			}),
			modelFile(3, {
				name: 'Gemma 3 270M',
				quantization: 'Q4_K_M',
				architecture: 'gemma3',
				sizeBytes: 253_113_024,
				parameters: 268_098_176,
				contextLength: 32_768,
				chat: false,
				default: false,
			}),
			modelFile(4, {
				name: 'lecture-notes-7b',
				quantization: 'Q5_K_M',
				default: false,
				problem: {
					code: 'model-file-truncated',
					message: 'The file is incomplete: 3.11 of 4.78 GB is here.',
					next: ['Fetch it again', 'Remove it from the library'],
				},
			}),
		);
		fake.data.states.set(2, { state: 'loading', modelFileId: 2, progress: { stage: 'weights', fraction: 0.64 } });
		return '/models';
	},
	'models-empty': (fake) => {
		withHistory(fake);
		fake.data.models = [];
		fake.data.states.clear();
		fake.data.catalogue = [starterEntry(false)];
		return '/models';
	},
	settings: (fake) => {
		withHistory(fake);
		return '/settings';
	},
	'settings-network': (fake) => {
		withHistory(fake);
		fake.data.settings = { ...fake.data.settings, networkBlocked: true };
		fake.data.requests.push(
			{
				id: 1,
				at: Date.now() - day,
				host: 'huggingface.co',
				purpose: 'SmolLM2 135M Instruct',
				outcome: 'no answer within 10 s',
				bytes: 0,
			},
			{
				id: 2,
				at: Date.now() - day,
				host: 'pypi.org',
				purpose: 'SmolLM2 135M Instruct',
				outcome: 'complete',
				bytes: 98_400_000,
			},
		);
		fake.data.backups.push({
			path: '/backups/1.db',
			createdAt: Date.now() - day,
			sizeBytes: 1_240_000,
			verified: true,
		});
		return '/settings/network';
	},
};

function download(changes: object) {
	return {
		id: 'download-1',
		catalogueId: starterEntry(false).id,
		name: 'SmolLM2 135M Instruct',
		state: 'running' as const,
		receivedBytes: 0,
		totalBytes: 98_362_432,
		bytesPerSecond: null,
		secondsLeft: null,
		source: null,
		modelFileId: null,
		failure: null,
		...changes,
	};
}
