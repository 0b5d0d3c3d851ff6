import { expect, test } from 'vitest';
import { run } from '../../../../electron/database/sql.ts';
import { setUp, sums } from '../setup.ts';

test('a long list has the newest runs and every baseline, and the older ones in pages', async () => {
	const { evaluations, config, ended, database } = setUp(sums(1));
	const { id } = await ended((await evaluations.start(config())).id);
	evaluations.setBaseline(id, true);
	for (let copy = 0; copy < 1_009; copy += 1) {
		run(
			database,
			`INSERT INTO eval_runs (name, config, manifest, manifest_hash, status, dataset_version_id, created_at)
			 SELECT name, config, manifest, manifest_hash, 'done', dataset_version_id, created_at FROM eval_runs WHERE id = :id`,
			{ id },
		);
	}
	run(
		database,
		`INSERT INTO eval_arms (run_id, position, prompt_version_id, model_file_id, technique, parameters)
		 SELECT r.id, a.position, a.prompt_version_id, a.model_file_id, a.technique, a.parameters
		 FROM eval_runs r, eval_arms a WHERE r.id <> :id`,
		{ id },
	);
	run(
		database,
		"INSERT INTO eval_shards (arm_id, position, status) SELECT id, 0, 'done' FROM eval_arms a WHERE run_id <> :id",
		{ id },
	);
	const idsOf = ({ runs }: { runs: readonly { id: number }[] }) => runs.map((one) => one.id);
	const newest = evaluations.list();
	expect([newest.runs[0]?.id, newest.next, newest.runs.length]).toEqual([id + 1_009, id + 510, 501]);
	expect(newest.runs.at(-1)).toMatchObject({ id, baseline: true });
	const older = evaluations.list({ before: newest.next });
	expect([older.runs.length, older.next]).toEqual([500, id + 10]);
	const oldest = evaluations.list({ before: older.next });
	expect([idsOf(oldest).at(-1), oldest.runs.length, oldest.next]).toEqual([id, 10, null]);
	expect(new Set([newest, older, oldest].flatMap(idsOf)).size).toBe(1_010);
});
