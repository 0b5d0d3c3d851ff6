import { expect, test } from 'vitest';
import { Failure } from '../../../models/contract/failure.ts';
import { removeModel } from '../../../renderer/library/model-actions.ts';
import { buildModelFile } from '../../support/fixtures/model.ts';

/** Removes a file at `path`; `refused` means that the application, which resolves links, refused. */
async function removed(path: string, refused = false) {
	const asked: boolean[] = [];
	const toasts: string[] = [];
	const services = {
		models: {
			async remove(_id: number, deleteFile: boolean) {
				asked.push(deleteFile);
				if (deleteFile && refused) {
					throw new Failure({ code: 'file-not-ours', message: 'It is not ours.', next: [] });
				}
				return 1_000_000;
			},
		},
		toasts: {
			show: ({ text }: { text: string }) => void toasts.push(text),
			fail: (text: string) => void toasts.push(text),
		},
		connection: { lastHello: () => ({ dataFolder: '/home/ada/.assay' }) },
	};
	await removeModel(services as unknown as Parameters<typeof removeModel>[0], buildModelFile(1, { path }));
	return { asked, toasts };
}

test('a downloaded file is deleted, and the freed space is stated', async () => {
	const { asked, toasts } = await removed('/home/ada/.assay/models/tiny.gguf');
	expect(asked).toEqual([true]);
	expect(toasts.join()).toContain('1.00 MB freed');
});

test('a file outside the data folder, or only linked into it, stays', async () => {
	const outside = await removed('/home/ada/.assay-models/tiny.gguf');
	expect(outside.asked).toEqual([false]);
	const linked = await removed('/home/ada/.assay/models/link.gguf', true);
	expect(linked.asked).toEqual([true, false]);
	expect(linked.toasts.join()).toContain('Its file is still on the disk');
});
