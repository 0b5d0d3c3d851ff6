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
