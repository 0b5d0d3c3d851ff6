import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { closeDatabase, connect, quickCheck } from '../../../electron/database/connect.ts';
import { all } from '../../../electron/database/sql.ts';
import { collectProgress, killWhenDone, startKillable } from '../../support/killable/start.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function contents(dataFolder: string) {
	const path = join(dataFolder, 'assay.db');
	expect(quickCheck(path)).toBe('ok');
	const database = connect(path);
	try {
		const answers = all<{ output: string }>(
			database,
			`SELECT r.position, r.epoch, o.output, o.token_ids, s.value FROM eval_results r
			 JOIN eval_outputs o ON o.id = r.output_id
			 LEFT JOIN scores s ON s.result_id = r.id ORDER BY r.epoch, r.position`,
		);
		const shards = all<{ status: string; digest: string | null }>(
			database,
			'SELECT status, digest FROM eval_shards ORDER BY position',
		);
		return { answers, shards };
	} finally {
		closeDatabase(database);
	}
}

test('a host killed in the middle of shards resumes and ends with the same answers as one that was not', async () => {
	const whole = temporaryFolder();
	const child = startKillable('evaluation', whole);
	const reports = collectProgress(child);
	await once(child, 'exit');
	expect(reports.at(-1)).toMatchObject({ status: 'done', done: 120 });
	const expected = contents(whole);
	expect(expected.answers).toHaveLength(120);

	const dataFolder = temporaryFolder();
	await killWhenDone(startKillable('evaluation', dataFolder), 15);
	const first = contents(dataFolder);
	// Everything shown as done is stored; complete shards are scored, the current one is not.
	expect(first.answers.length).toBeGreaterThanOrEqual(15);
	expect(first.shards.some(({ status }) => status === 'waiting')).toBe(true);
	expect(expected.answers).toEqual(expect.arrayContaining([...first.answers]));

	const second = await killWhenDone(startKillable('evaluation', dataFolder), 70);
	expect(second[0]).toMatchObject({ found: 'paused' });
	const last = startKillable('evaluation', dataFolder);
	const rest = collectProgress(last);
	await once(last, 'exit');
	expect(rest[0]).toMatchObject({ found: 'paused' });
	expect(rest.at(-1)).toMatchObject({ status: 'done', done: 120 });
	expect(rest.at(-1)?.repeatable).not.toBe('no');
	expect(contents(dataFolder)).toEqual(expected);
}, 120_000);
