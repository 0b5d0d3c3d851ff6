import type { Implementer } from '../../../electron/api/implementer.ts';
import type { Storage } from '../../../electron/contract/activity/schema.ts';
import { Failure } from '../../../models/contract/failure.ts';
import type { FakeApplication } from './fake-application.ts';

const dataFolder = '/home/ada/.local/share/assay';

/** Handlers of `backups`, `storage` and `diagnostics` for the screens, without a disk. */
export function dataHandlers(fake: FakeApplication, os: Implementer) {
	const { data } = fake;
	const contents = { schema: 5, conversations: 412, messages: 8_120, newestAt: Date.UTC(2026, 10, 24, 15, 5) };
	const storage = usage();
	return {
		backups: {
			list: os.backups.list.handler(() => ({ folder: `${dataFolder}/backups`, backups: data.backups })),
			create: os.backups.create.handler(() => {
				const backup = {
					path: `${dataFolder}/backups/${fake.nextId()}.db`,
					kind: 'daily' as const,
					createdAt: Date.now(),
					sizeBytes: 1_240_000,
				};
				data.backups.unshift(backup);
				return backup;
			}),
			verify: os.backups.verify.handler(({ input: { path } }) =>
				path.includes('damaged')
					? { path, ok: false, fault: 'database disk image is malformed', sizeBytes: 900_000, contents: null }
					: { path, ok: true, fault: null, sizeBytes: 1_240_000, contents },
			),
			restore: os.backups.restore.handler(({ input: { path } }) => {
				throw new Failure({
					code: 'backup-missing',
					message: `There is no file at ${path}.`,
					next: ['Check the path', 'Or choose a backup from the list'],
				});
			}),
			remove: os.backups.remove.handler(({ input: { path } }) => {
				data.backups = data.backups.filter((one) => one.path !== path);
				return { freedBytes: 1_240_000 };
			}),
		},
		storage: {
			usage: os.storage.usage.handler(() => storage),
			free: os.storage.free.handler(({ input: { what } }) => {
				const part = storage.parts.find(({ name }) => name === (what === 'old-backups' ? 'backups' : what))!;
				const freedBytes = part.freeableBytes;
				part.bytes -= freedBytes;
				part.freeableBytes = 0;
				storage.totalBytes -= freedBytes;
				return { freedBytes, storage };
			}),
		},
		diagnostics: {
			collect: os.diagnostics.collect.handler(() => ({
				fileName: 'assay-diagnostics-2026-11-24T15-05.json',
				madeAt: Date.UTC(2026, 10, 24, 15, 5),
				parts: [
					{
						name: 'computer.json',
						description: 'Versions, processor, memory, graphics, and every check of “Run check”',
						text: JSON.stringify({ assay: '0.1.0', node: '24.21.0', cpu: { model: 'AMD EPYC', cores: 2 } }, null, 2),
					},
					{
						name: 'activity.json',
						description: 'Answers, loads, crashes, downloads and network requests: models, hosts, times, outcomes',
						text: '[]',
					},
					{
						name: 'log.txt',
						description: 'The end of the program’s own log, which never contains your text',
						text: 'Nothing has been logged since the start.',
					},
				],
			})),
		},
	};
}

function usage(): Storage {
	const part = (name: Storage['parts'][number]['name'], bytes: number, files: number, freeableBytes = 0) => ({
		name,
		bytes,
		files,
		freeableBytes,
		path: dataFolder,
	});
	const parts = [
		part('models', 351_475_456, 2),
		part('unfinished-downloads', 62_000_000, 1, 62_000_000),
		part('database', 41_300_000, 3, 6_200_000),
		part('backups', 22_400_000, 9, 19_800_000),
		part('set-aside', 18_100_000, 1, 18_100_000),
		part('logs', 310_000, 1, 310_000),
		part('other', 12_000, 3),
	];
	return {
		dataFolder,
		parts,
		totalBytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
		elsewhere: { files: 1, bytes: 2_019_377_696 },
		disk: { freeBytes: 48_200_000_000, totalBytes: 256_000_000_000 },
	};
}
