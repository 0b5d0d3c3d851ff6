import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gatherSamples } from '../../../electron/adaptation/gather-samples.ts';
import { failureOf } from '../../support/failure.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const gather = (...paths: string[]) =>
	gatherSamples({} as never, { data: { kind: 'texts', paths }, objective: 'text' });

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

test('texts that are too large together are refused before any is read; what is no text does not count', async () => {
	const [one, other] = [temporaryFolder(), temporaryFolder()];
	writeFileSync(join(one, 'a.txt'), Buffer.alloc(33_000_000, `${'a'.repeat(3999)}\n`));
	writeFileSync(join(one, 'b.bin'), Buffer.alloc(33_000_000));
	writeFileSync(join(other, 'c.txt'), Buffer.alloc(33_000_000, 'c'));
	// A file that is in two folders counts once.
	expect((await gather(one, one, join(one, 'a.txt'))).length).toBeGreaterThan(8000);
	expect(await failureOf(() => gather(one, other))).toMatchObject({ code: 'training-texts-too-large' });
	expect(await failureOf(() => gather(join(one, 'b.bin')))).toMatchObject({ code: 'training-text-unreadable' });
});
