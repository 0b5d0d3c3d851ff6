import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { figures, type Kept, kept } from '../../support/kept-measurements.ts';
import { collectProgress, killWhenDone, startKillable } from '../../support/killable/start.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('a host killed in the middle of a comparison resumes and ends with the same figures as one that was not', async () => {
	const text = join(temporaryFolder(), 'prose.txt');
	writeFileSync(text, 'the cat and the dog went to the sea and said so. '.repeat(60));
	const whole = temporaryFolder();
	const child = startKillable('comparison', whole, text);
	const reports = collectProgress(child);
	await once(child, 'exit');
	const total = 2 + 3 * (1 + 1 + 2);
	expect(reports.at(-1)).toMatchObject({ status: 'done', done: total });
	const expected = figures(kept(whole));
	expect(expected).toHaveLength(total);

	const dataFolder = temporaryFolder();
	let before: readonly Kept[] = [];
	// While quantising, while measuring quality, while answering, and while measuring speed.
	for (const done of [1, 3, 6, 10]) {
		const seen = await killWhenDone(startKillable('comparison', dataFolder, text), done);
		if (before.length > 0) expect(seen[0]).toMatchObject({ found: 'paused', done: before.length });
		const now = kept(dataFolder);
		expect(now.length).toBeGreaterThanOrEqual(done);
		// Everything reported as done is stored, and earlier measurements were not repeated.
		expect(now).toEqual(expect.arrayContaining([...before]));
		before = now;
	}
	const last = startKillable('comparison', dataFolder, text);
	const rest = collectProgress(last);
	await once(last, 'exit');
	expect(rest[0]).toMatchObject({ found: 'paused', done: before.length });
	expect(rest.at(-1)).toMatchObject({ status: 'done', done: total });
	const end = kept(dataFolder);
	expect(end).toEqual(expect.arrayContaining([...before]));
	expect(figures(end)).toEqual(expected);
}, 300_000);
