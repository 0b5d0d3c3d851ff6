import { expect, test } from 'vitest';
import { recoverWork } from '../../../electron/application/recover-work.ts';
import { run } from '../../../electron/database/sql.ts';
import { createDatabase } from '../../support/database.ts';

test('a process that was killed leaves answers, runs and comparisons, which the next one tells of once', () => {
	const { database } = createDatabase();
	expect(recoverWork(database, 5)).toBe(null);
	run(database, `INSERT INTO conversations (id, title, created_at, updated_at) VALUES (7, 'A', 1, 1)`);
	for (const status of ['streaming', 'complete', 'streaming']) {
		run(
			database,
			`INSERT INTO messages (conversation_id, role, status, content, created_at)
			 VALUES (7, 'assistant', :status, 'so far', 1)`,
			{ status },
		);
	}
	run(database, `INSERT INTO datasets (id, name, created_at, updated_at) VALUES (1, 'd', 1, 1)`);
	run(database, 'INSERT INTO dataset_versions (id, dataset_id, number, created_at) VALUES (1, 1, 1, 1)');
	for (const status of ['running', 'waiting', 'paused', 'done']) {
		run(
			database,
			`INSERT INTO eval_runs (name, config, manifest, manifest_hash, status, dataset_version_id, created_at)
			 VALUES ('r', '{}', '{}', 'hash', :status, 1, 1)`,
			{ status },
		);
	}
	for (const status of ['running', 'paused']) {
		run(
			database,
			`INSERT INTO comparisons (title, status, context_size, prompt_tokens, generated_tokens, repetitions, threads,
			   kl_limit, created_at)
			 VALUES ('c', :status, 512, 1, 1, 1, 1, 0.1, 1)`,
			{ status },
		);
	}
	expect(recoverWork(database, 6)).toEqual({
		at: 6,
		answers: 2,
		answer: { conversationId: 7, messageId: 3 },
		runs: 3,
	});
	for (const table of ['eval_runs', 'comparisons']) {
		run(database, `UPDATE ${table} SET status = 'paused' WHERE status IN ('running', 'waiting')`);
	}
	expect(recoverWork(database, 7)).toBe(null);
});
