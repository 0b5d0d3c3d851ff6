import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { closeDatabase, connect, quickCheck } from '../../../electron/database/connect.ts';
import { all } from '../../../electron/database/sql.ts';
import { collectProgress, killWhenDone, startKillable } from '../../support/killable/start.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

interface Kept {
	readonly position: number;
	readonly step: string;
	readonly result: string;
	readonly measured_at: number;
}

/** Everything that was measured, as stored in the database. */
function kept(dataFolder: string): readonly Kept[] {
	const path = join(dataFolder, 'assay.db');
	expect(quickCheck(path)).toBe('ok');
	const database = connect(path);
	try {
		return all<Kept>(
			database,
			`SELECT c.position, m.step, m.result, m.measured_at FROM measurements m
			 JOIN comparison_candidates c ON c.id = m.candidate_id ORDER BY c.position, m.step`,
		);
	} finally {
		closeDatabase(database);
	}
}

/** The figures that do not depend on speed. */
function figures(rows: readonly Kept[]) {
	return rows.map(({ position, step, result }) => {
		const { chunks, textSha256, rows: answers, sha256 } = JSON.parse(result);
		const told = answers?.map(({ text, tokenIds }: { text: string; tokenIds: number[] }) => ({ text, tokenIds }));
		return { position, step, ...(step.startsWith('speed') ? {} : { chunks, textSha256, sha256, told }) };
	});
}

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
