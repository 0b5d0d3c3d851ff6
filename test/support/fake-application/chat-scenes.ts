import { Failure } from '../../../models/contract/failure.ts';
import { buildModelFile } from '../fixtures/model.ts';
import { addMessage, generationFacts } from './data.ts';
import { pause } from './live.ts';
import { answering, asking, forever, type Scene, withHistory, withModel } from './scene.ts';

export const chatScenes: Record<string, Scene> = {
	new: {
		prepare: (fake) => {
			withModel(fake);
			return '/chat';
		},
	},
	chat: { prepare: (fake) => `/chat/${withHistory(fake).conversationId}` },
	'chat-recommended-sampling': {
		prepare(fake) {
			fake.data.settings = { ...fake.data.settings, inspectorOpen: true };
			const route = `/chat/${withHistory(fake).conversationId}`;
			fake.data.models = fake.data.models.map((model) => ({
				...model,
				recommendedSampling: { values: { temperature: 0.6, topK: 20, topP: 0.8 }, notApplied: ['mirostat 2'] },
			}));
			return route;
		},
	},
	'chat-inspector': {
		prepare: (fake) => {
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
	},
	'chat-loading': {
		prepare: (fake) => {
			fake.data.states.set(1, { state: 'loading', modelFileId: 1, progress: { stage: 'weights', fraction: 0.64 } });
			return answering(fake, async (answer) => {
				answer.loading('weights', 0.64);
				fake.data.states.set(1, { state: 'loading', modelFileId: 1, progress: { stage: 'weights', fraction: 0.64 } });
				await forever(answer.signal);
			});
		},
	},
	'chat-prompt': {
		prepare: (fake) =>
			answering(fake, async (answer) => {
				answer.prompt(640, 2031, 128);
				await pause(1_500);
				answer.prompt(1280, 2031, 128);
				await forever(answer.signal);
			}),
	},
	'chat-failed': {
		prepare: (fake) => {
			fake.data.models.push(
				buildModelFile(2, { name: 'Qwen2.5 1.5B Instruct', quantization: 'Q4_K_M', default: false }),
			);
			const route = answering(fake, async () => {
				throw new Failure({
					code: 'worker-crashed',
					message:
						'The engine stopped while it wrote this answer (signal SIGABRT) after 41 tokens. What it had written is kept.',
					next: ['Try again: the model is loaded afresh'],
					detail: 'GGML_ASSERT(n_head_kv > 0) failed\nexit signal SIGABRT',
				});
			});
			fake.data.models.push(
				buildModelFile(2, { name: 'Qwen2.5 1.5B Instruct', quantization: 'Q4_K_M', default: false }),
			);
			return route;
		},
	},
	'chat-interrupted': {
		prepare: (fake) => {
			const conversationId = asking(fake);
			addMessage(fake.data, conversationId, {
				role: 'assistant',
				status: 'interrupted',
				content: 'The code is right. 227.9 million km at 299,792 km/s takes 760 seconds,',
				generation: generationFacts({ stopReason: null, completionTokens: 24, droppedTurns: 2 }),
			});
			return `/chat/${conversationId}`;
		},
	},
	'chat-model-changed': {
		prepare: (fake) => {
			const { conversationId } = withHistory(fake);
			addMessage(fake.data, conversationId, { content: 'How long does a request to a rover take, then?' });
			addMessage(fake.data, conversationId, {
				role: 'assistant',
				content: 'Between 6 and 45 minutes there and back.',
				generation: generationFacts({ modelName: 'Qwen2.5 1.5B Instruct', quantization: 'Q4_K_M' }),
			});
			return `/chat/${conversationId}`;
		},
	},
	'chat-no-model': {
		prepare: (fake) => {
			const { conversationId } = withHistory(fake);
			fake.data.models = [];
			fake.data.states.clear();
			return `/chat/${conversationId}`;
		},
	},
	'chat-base-model': {
		prepare: (fake) => {
			withModel(fake);
			fake.data.models = [buildModelFile(1, { name: 'gemma 3 270m', quantization: 'Q4_K_M', chat: false })];
			fake.data.states.clear();
			return '/chat';
		},
	},
	'chat-database-notice': {
		prepare: (fake) => {
			fake.data.status = {
				...fake.data.status,
				notice: {
					message: 'The database was damaged and has been restored from the backup of 24 Nov 2026, 15:40.',
					next: ['The damaged file is kept as assay.db.damaged-1', 'Look at the newest conversations'],
				},
			};
			return `/chat/${withHistory(fake).conversationId}`;
		},
	},
};
