import type { CatalogueEntry, HubFile, HubModel, HubRepository } from '../../../electron/contract/library/hub.ts';
import { curatedModels } from '../../../models/hub/curated-models.ts';
import { bitsOf, sizeWordOf } from '../../../models/hub/quantization-names.ts';
import { buildDownload } from '../fixtures/download.ts';
import { fits, starterEntry } from './data.ts';
import type { FakeApplication } from './fake-application.ts';
import { day, type Scene, withHistory } from './scene.ts';

/** The curated list with estimated memory on this computer: everything but the largest fits. */
function curatedEntries(): CatalogueEntry[] {
	return curatedModels.map((entry) => {
		const sizeBytes = Math.round((entry.parameters * (bitsOf(entry.quantization) ?? 5)) / 8);
		const needed = sizeBytes * 1.4 + 400e6;
		return {
			...entry,
			sizeBytes,
			sizeExact: false,
			sha256: null,
			sources: ['huggingface.co'],
			installed: false,
			fit: { ...fits(needed), basis: 'size' },
		};
	});
}

function hubModel(repository: string, billions: number | null, changes: Partial<HubModel> = {}): HubModel {
	const needed = (billions ?? 0) * 1e9 * 0.85 + 400e6;
	return {
		repository,
		downloads: 48_120,
		likes: 120,
		updatedAt: Date.now() - 40 * day,
		license: 'apache-2.0',
		gated: false,
		parameters: billions === null ? null : Math.round(billions * 1e9),
		architecture: 'qwen2',
		contextLength: 32_768,
		fit: billions === null ? null : fits(needed),
		...changes,
	};
}

const results = (): HubModel[] => [
	hubModel('Qwen/Qwen2.5-1.5B-Instruct-GGUF', 1.54, { downloads: 1_204_331 }),
	hubModel('bartowski/Qwen2.5-7B-Instruct-GGUF', 7.62, { downloads: 310_402 }),
	hubModel('unsloth/Qwen2.5-VL-7B-Instruct-GGUF', 7.62, { architecture: 'qwen2vl', license: null, downloads: 90_118 }),
	hubModel('ada-lovelace-institute/Qwen2.5-32B-Instruct-long-context-experiment-GGUF', 32.8, { gated: true }),
	hubModel('someone/qwen2.5-instruct-merged', null, { license: 'other', downloads: 12 }),
];

function hubFile(quantization: string, gigabytes: number, changes: Partial<HubFile> = {}): HubFile {
	return {
		path: `qwen2.5-1.5b-instruct-${quantization.toLowerCase()}.gguf`,
		parts: 1,
		sizeBytes: Math.round(gigabytes * 1e9),
		sha256: null,
		verifiable: true,
		quantization,
		word: sizeWordOf(quantization),
		kind: 'model',
		recommended: false,
		modelFileId: null,
		fit: fits(Math.round(gigabytes * 1.3e9 + 300e6)),
		...changes,
	};
}

const repository = (): HubRepository => ({
	...hubModel('Qwen/Qwen2.5-1.5B-Instruct-GGUF', 1.54),
	revision: 'a'.repeat(40),
	chat: true,
	recommendation: 'Recommended: Q4_K_M, the usual balance of quality and size.',
	files: [
		hubFile('Q2_K', 0.753),
		hubFile('Q3_K_M', 0.924),
		hubFile('Q4_0', 1.066),
		hubFile('Q4_K_M', 1.117, { recommended: true }),
		hubFile('Q5_K_M', 1.285),
		hubFile('Q8_0', 1.895, { modelFileId: 1 }),
		hubFile('F16', 3.56, { parts: 2, path: 'qwen2.5-1.5b-instruct-fp16-00001-of-00002.gguf' }),
		hubFile('F16', 0.3, { kind: 'projector', path: 'mmproj-qwen2.5-f16.gguf' }),
	],
});

function withHub(fake: FakeApplication): string {
	withHistory(fake);
	fake.data.catalogue = [starterEntry(true), ...curatedEntries()];
	fake.data.hub = { models: results(), repositories: [repository()], failure: null };
	return '/models';
}

const getTab = 'text=Get models';

async function search(page: Parameters<NonNullable<Scene['act']>>[0], text: string): Promise<void> {
	await page.click(getTab);
	await page.getByRole('textbox', { name: 'Search huggingface.co for models' }).fill(text);
	await page.keyboard.press('Enter');
}

const mb = 1_000_000;

export const hubScenes: Record<string, Scene> = {
	'get-models': { prepare: withHub, act: (page) => page.click(getTab) },
	'get-search': {
		prepare: withHub,
		async act(page) {
			await search(page, 'qwen');
			await page.getByRole('button', { name: 'Qwen2.5-1.5B-Instruct by Qwen' }).click();
			await page.getByText('Recommended: Q4_K_M').waitFor();
		},
	},
	'get-fit': {
		prepare: withHub,
		async act(page) {
			await search(page, 'qwen');
			await page
				.getByRole('button', { name: /^Tight: memory for|^Won’t fit: memory for/ })
				.first()
				.click();
			await page.getByText('of memory is free for models here').waitFor();
		},
	},
	'get-nothing': { prepare: withHub, act: (page) => search(page, 'zzz') },
	'get-failed': {
		prepare(fake) {
			const route = withHub(fake);
			fake.data.hub.failure = {
				code: 'hub-unreachable',
				message: 'Couldn’t reach huggingface.co: the name can’t be resolved; is this computer online?',
				next: [
					'Check the internet connection and try again',
					'Open https://huggingface.co in a browser to see whether it answers',
				],
				detail: 'huggingface.co: ENOTFOUND',
			};
			return route;
		},
		act: (page) => search(page, 'qwen'),
	},
	'get-blocked': {
		prepare(fake) {
			const route = withHub(fake);
			fake.data.settings = { ...fake.data.settings, networkBlocked: true };
			fake.data.status = { ...fake.data.status, networkBlocked: true };
			return route;
		},
		act: (page) => page.click(getTab),
	},
	'get-downloads': {
		prepare(fake) {
			const route = withHub(fake);
			const from = { catalogueId: null, source: 'huggingface.co', quantization: 'Q4_K_M' };
			fake.data.downloads.push(
				buildDownload({
					id: 'd1',
					...from,
					name: 'Qwen2.5 1.5B Instruct',
					receivedBytes: 412 * mb,
					totalBytes: 986 * mb,
					bytesPerSecond: 11.2 * mb,
					secondsLeft: 51,
				}),
				buildDownload({
					id: 'd2',
					...from,
					name: 'Llama 3.2 3B Instruct',
					state: 'waiting',
					retryAt: Date.now() + 42_000,
					receivedBytes: 700 * mb,
					totalBytes: 2_019 * mb,
					failure: {
						code: 'download-failed',
						message:
							'Llama 3.2 3B Instruct could not be fetched. huggingface.co: the connection was cut after 700,000,000 bytes.',
						next: [],
					},
				}),
				buildDownload({
					id: 'd3',
					...from,
					name: 'Gemma 3 4B',
					state: 'paused',
					receivedBytes: 90 * mb,
					totalBytes: 2_490 * mb,
				}),
				buildDownload({ id: 'd4', ...from, name: 'Qwen3 8B', state: 'queued', totalBytes: 5_030 * mb, files: 2 }),
				buildDownload({
					id: 'd5',
					...from,
					name: 'Phi-4 mini Instruct',
					state: 'done',
					verified: true,
					modelFileId: 1,
					receivedBytes: 2_490 * mb,
					totalBytes: 2_490 * mb,
				}),
				buildDownload({
					id: 'd6',
					...from,
					name: 'Granite 3.3 2B Instruct',
					state: 'failed',
					totalBytes: 1_545 * mb,
					failure: {
						code: 'disk-full',
						message: 'The disk has 1.1 GB free; this needs 1.5 GB and leaves 210 MB for everything else.',
						next: ['Free some space', 'Remove models that you no longer use'],
					},
				}),
			);
			return route;
		},
		act: (page) => page.click(getTab),
	},
};
