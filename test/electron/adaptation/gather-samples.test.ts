import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gatherSamples } from '../../../electron/adaptation/gather-samples.ts';
import { failureOf } from '../../support/failure.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const gather = (path: string) =>
	gatherSamples({} as never, { data: { kind: 'texts', paths: [path] }, objective: 'text' });

async function piecesOf(text: string): Promise<string[]> {
	const path = join(temporaryFolder(), 'text.txt');
	writeFileSync(path, text);
	return (await gather(path)).map(({ content }) => ('text' in content ? content.text : ''));
}

test('texts are cut between paragraphs, long paragraphs between lines, and nothing is lost', async () => {
	const short = `${'a'.repeat(2500)}\n \n${'b'.repeat(2500)}\n\n`;
	const long = Array.from({ length: 300 }, (_, line) => `${line} ${'c'.repeat(30)}\n`).join('');
	const text = `${short}${long}\n${'d'.repeat(9000)}`;
	const pieces = await piecesOf(text);
	expect(pieces.join('')).toBe(text);
	expect(pieces[0]).toBe(`${'a'.repeat(2500)}\n \n`);
	expect(pieces.every((piece) => piece.length <= 4000)).toBe(true);
	expect(pieces.filter((piece) => piece.includes('c')).every((piece) => piece.endsWith('\n'))).toBe(true);
});

test('a megabyte of empty lines is cut at once', async () => {
	const began = performance.now();
	expect(await piecesOf(`a${'\n '.repeat(500_000)}b`)).toHaveLength(2);
	expect(performance.now() - began).toBeLessThan(5_000);
});

test('a folder of too many texts is refused; what is no text in it does not count', async () => {
	const folder = temporaryFolder();
	writeFileSync(join(folder, 'a.txt'), Buffer.alloc(33_000_000, `${'a'.repeat(3999)}\n`));
	writeFileSync(join(folder, 'b.bin'), Buffer.alloc(33_000_000));
	expect((await gather(folder)).length).toBeGreaterThan(8000);
	writeFileSync(join(folder, 'c.txt'), Buffer.alloc(33_000_000, 'c'));
	expect(await failureOf(() => gather(folder))).toMatchObject({ code: 'training-text-unreadable' });
});
