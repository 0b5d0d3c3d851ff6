import { expect, test } from 'vitest';
import type { TextEncoding } from '../../../../electron/contract/text-encoding.ts';
import type { Connection } from '../../../../renderer/connection/connection.ts';
import { createAttachmentStore } from '../../../../renderer/conversation/composer/attachment-store.ts';

/** A client that refuses texts unless an encoding is given. */
function refusingClient(asked: (TextEncoding | undefined)[]): Connection['client'] {
	const add = async ({ file, encoding }: { file: File; encoding?: TextEncoding }) => {
		asked.push(encoding);
		if (encoding === undefined) throw { code: 'text-encoding-unknown', message: 'Not in UTF-8.', next: ['Read it so'] };
		return { id: 7, name: file.name, mediaType: 'text/plain', sizeBytes: 5, pages: null, characters: 5, createdAt: 1 };
	};
	return { attachments: { add } } as unknown as Connection['client'];
}

test('a refused text can be read again in an encoding, and is then attached', async () => {
	const asked: (TextEncoding | undefined)[] = [];
	const store = createAttachmentStore({ client: refusingClient(asked) });
	await store.add('new', [new File([new Uint8Array([0x63, 0x61, 0x66, 0xe9])], 'notes.txt')]);
	const [refused] = store.state.getState().new ?? [];
	expect(refused).toMatchObject({ status: 'failed', failure: { code: 'text-encoding-unknown' } });
	await store.readAs('new', refused?.key ?? '', 'windows-1252');
	expect(asked).toEqual([undefined, 'windows-1252']);
	expect(store.ready('new')).toMatchObject([{ name: 'notes.txt' }]);
});

test('a dismissed file can’t be read again', async () => {
	const asked: (TextEncoding | undefined)[] = [];
	const store = createAttachmentStore({ client: refusingClient(asked) });
	await store.add('new', [new File(['x'], 'notes.txt')]);
	const [refused] = store.state.getState().new ?? [];
	await store.remove('new', refused?.key ?? '');
	await store.readAs('new', refused?.key ?? '', 'windows-1252');
	expect(asked).toEqual([undefined]);
});

test('a list of the files that is older than them changes none', async () => {
	const lists: PromiseWithResolvers<{ attachments: unknown[] }>[] = [];
	const stored: { id: number }[] = [];
	const client = {
		attachments: {
			waiting: () => {
				lists.push(Promise.withResolvers());
				return lists.at(-1)!.promise;
			},
			add: async ({ file }: { file: File }) => {
				stored.push({ id: stored.length + 1, ...{ name: file.name } });
				return stored.at(-1);
			},
			remove: async () => {},
		},
	} as unknown as Connection['client'];
	const store = createAttachmentStore({ client });
	const names = () => store.ready('new').map(({ name }) => name);
	await store.add('new', [new File(['x'], 'sent.txt'), new File(['x'], 'kept.txt')]);
	const showing = store.show('new');
	store.clear('new', store.ready('new').slice(0, 1));
	await store.add('new', [new File(['x'], 'added.txt')]);
	lists.at(-1)!.resolve({ attachments: stored.slice(0, 2) });
	await showing;
	expect(names()).toEqual(['kept.txt', 'added.txt']);

	// A newer list counts: one was removed in another window, and one was added there.
	const again = store.show('new');
	lists.at(-1)!.resolve({ attachments: [stored[2], { id: 9, name: 'elsewhere.txt' }] });
	await again;
	expect(names()).toEqual(['added.txt', 'elsewhere.txt']);
});
