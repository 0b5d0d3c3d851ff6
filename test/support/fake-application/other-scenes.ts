import { modelFile, starterEntry } from './data.ts';
import { fakeDownload } from './hub-handlers.ts';
import { type Scene, withHistory, withModel } from './scene.ts';

export const otherScenes: Record<string, Scene> = {
	welcome: { prepare: () => '/chat' },
	'welcome-downloading': {
		prepare: (fake) => {
			fake.data.downloads.push(
				fakeDownload({
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
	},
	'welcome-failed': {
		prepare: (fake) => {
			fake.data.downloads.push(
				fakeDownload({
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
	},
	models: {
		prepare: (fake) => {
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
	},
	'models-empty': {
		prepare: (fake) => {
			withHistory(fake);
			fake.data.models = [];
			fake.data.states.clear();
			fake.data.catalogue = [starterEntry(false)];
			return '/models';
		},
	},
};
