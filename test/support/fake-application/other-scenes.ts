import { buildActivityEntry } from '../fixtures/activity.ts';
import { buildDownload } from '../fixtures/download.ts';
import { starterEntry } from './data.ts';
import { type Scene, withHistory } from './scene.ts';

export const otherScenes: Record<string, Scene> = {
	welcome: { prepare: () => '/chat' },
	'welcome-downloading': {
		prepare: (fake) => {
			fake.data.downloads.push(
				buildDownload({
					state: 'running',
					receivedBytes: 62_000_000,
					bytesPerSecond: 8.4e6,
					secondsLeft: 5,
					source: 'huggingface.co',
				}),
			);
			fake.data.activity.entries.push(buildActivityEntry({ id: 1, kind: 'network', subject: 'huggingface.co' }));
			return '/chat';
		},
	},
	'welcome-failed': {
		prepare: (fake) => {
			fake.data.downloads.push(
				buildDownload({
					state: 'failed',
					failure: {
						code: 'download-failed',
						message:
							'No source could be reached: huggingface.co (no answer within 10 s), registry.example (name not found).',
						next: ['Check the connection and try again', 'Use a GGUF file that you already have'],
						detail: 'huggingface.co: ETIMEDOUT\nregistry.example: ENOTFOUND',
					},
				}),
			);
			return '/chat';
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
