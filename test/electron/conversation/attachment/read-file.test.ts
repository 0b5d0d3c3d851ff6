import { afterAll, describe, expect, test } from 'vitest';
import { createReadingPool, readAttachmentFile } from '../../../../electron/conversation/attachment/read-file.ts';
import { failureOf } from '../../../support/failure.ts';
import { pdfBytes } from '../../../support/pdf-bytes.ts';

const pool = createReadingPool();
afterAll(() => pool.close());

const file = (name: string, ...parts: (string | Uint8Array<ArrayBuffer>)[]) => new File(parts, name);

/** Encodes the text as UTF-16 with a byte order mark. */
function utf16(text: string, bigEndian: boolean): Uint8Array<ArrayBuffer> {
	const bytes = new Uint8Array(Buffer.from(`\uFEFF${text}`, 'utf16le'));
	if (bigEndian) Buffer.from(bytes.buffer).swap16();
	return bytes;
}

describe('the text of a file', () => {
	test('text is unchanged, and its type follows the file name', async () => {
		expect(await readAttachmentFile(file('notes.md', '# Notes\n\nÜber 日本 👍\n'), { pool })).toEqual({
			name: 'notes.md',
			mediaType: 'text/markdown',
			sizeBytes: 27,
			pages: null,
			text: '# Notes\n\nÜber 日本 👍\n',
		});
		expect((await readAttachmentFile(file('table.CSV', 'a,b\n1,2'), { pool })).mediaType).toBe('text/csv');
		expect((await readAttachmentFile(file('main.rs', 'fn main() {}'))).mediaType).toBe('text/plain');
	});

	test.each([
		['little-endian UTF-16', utf16('naïve', false)],
		['big-endian UTF-16', utf16('naïve', true)],
		['UTF-8 with a byte order mark', new Uint8Array([0xef, 0xbb, 0xbf, ...Buffer.from('naïve')])],
	])('text in %s is decoded', async (_, bytes) => {
		expect((await readAttachmentFile(file('word.txt', bytes), { pool })).text).toBe('naïve');
	});

	test('text in an older encoding is refused with the offer to read it as Windows-1252, and then read so', async () => {
		const given = file('word.txt', new Uint8Array(Buffer.from('na\xefve \x80', 'latin1')));
		const failure = await failureOf(() => readAttachmentFile(given, { pool }));
		expect(failure).toMatchObject({
			code: 'text-encoding-unknown',
			message: expect.stringContaining('word.txt is not in UTF-8'),
			next: [expect.stringContaining('--attach-encoding windows-1252'), expect.stringContaining('UTF-8')],
		});
		expect((await readAttachmentFile(given, { pool, encoding: 'windows-1252' })).text).toBe('naïve €');
	});

	test('a file that is no text is refused in any encoding', async () => {
		const given = file('data.bin', new Uint8Array([1, 0, 2, 0xff]));
		const failure = await failureOf(() => readAttachmentFile(given, { pool, encoding: 'windows-1252' }));
		expect(failure.code).toBe('attachment-not-text');
	});

	test('line ends are unified and characters that break storage are replaced', async () => {
		expect((await readAttachmentFile(file('lines.txt', 'a\r\nb\rc\n'), { pool })).text).toBe('a\nb\nc\n');
	});

	test('a PDF yields its text page by page', async () => {
		const read = await readAttachmentFile(
			file('report.pdf', new Uint8Array(pdfBytes(['First page.\nSecond line.', 'Last page.']))),
		);
		expect(read).toMatchObject({
			mediaType: 'application/pdf',
			pages: 2,
			text: 'First page.\nSecond line.\n\n\fLast page.',
		});
	});

	test('the name is the last part of a path, on one line', async () => {
		expect((await readAttachmentFile(file('C:\\Users\\ada\\a\nb.txt', 'x'), { pool })).name).toBe('a b.txt');
		expect((await readAttachmentFile(file('../../etc/passwd', 'x'), { pool })).name).toBe('passwd');
	});
});

describe('a file that cannot be attached gives a reason and a next step', () => {
	const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);
	test.each([
		['attachment-not-text', 'photo.png is a PNG image', file('photo.png', png)],
		['attachment-not-text', 'a language model', file('model.gguf', 'GGUF\u0003\0\0\0')],
		['attachment-not-text', 'not a text file', file('data.bin', new Uint8Array([1, 2, 3, 0xff, 4, 5]))],
		['attachment-empty', 'has no text', file('empty.txt', ' \n')],
		['attachment-too-long', '4,000,001 characters', file('long.txt', 'a'.repeat(4_000_001))],
		['attachment-too-large', 'has 16.0 MB', file('large.txt', 'a'.repeat(16_000_001))],
		['pdf-unreadable', 'can’t be read as a PDF', file('broken.pdf', '%PDF-1.7 and nothing more')],
		['pdf-without-text', 'has 1 page but no text', file('scan.pdf', new Uint8Array(pdfBytes([''])))],
		['pdf-locked', 'locked with a password', file('locked.pdf', new Uint8Array(pdfBytes(['x'], { encrypt: true })))],
	])('%s: %s', async (code, words, given) => {
		const failure = await failureOf(() => readAttachmentFile(given, { pool }));
		expect(failure).toMatchObject({ code, message: expect.stringContaining(words) });
		expect(failure.next.length).toBeGreaterThan(0);
	});

	test('a damaged PDF is read as far as possible or refused, and harms nothing else', async () => {
		const whole = pdfBytes(['First page.', 'Second page.', 'Third page.']);
		let state = 7;
		const random = (below: number): number => {
			state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
			return state % below;
		};
		const codes = ['pdf-unreadable', 'pdf-without-text', 'pdf-locked', 'attachment-empty', 'attachment-too-complex'];
		for (let round = 0; round < 12; round += 1) {
			const bytes = new Uint8Array(whole.subarray(0, round % 3 === 0 ? 20 + random(whole.length - 20) : whole.length));
			for (let hit = 0; hit < 1 + round * 3; hit += 1) bytes[10 + random(bytes.length - 10)] = random(256);
			const outcome = await readAttachmentFile(file('damaged.pdf', bytes), { pool }).then(
				({ text }) => text,
				(error: unknown) => error,
			);
			if (typeof outcome !== 'string') expect(codes).toContain((outcome as { code?: string }).code);
		}
	});

	test('an aborted read rejects with the signal’s reason', async () => {
		const controller = new AbortController();
		const reading = readAttachmentFile(file('notes.txt', 'x'.repeat(3_000_000)), { signal: controller.signal });
		controller.abort(new Error('given up'));
		await expect(reading).rejects.toThrow('given up');
	});
});
