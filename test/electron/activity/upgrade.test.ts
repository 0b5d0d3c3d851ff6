import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { closeDatabase, connect } from '../../../electron/database/connect.ts';
import { connectionOf } from '../../../electron/database/database.ts';
import { defaultMigrationsFolder, migrate, readMigrations } from '../../../electron/database/migrations.ts';
import { all } from '../../../electron/database/sql.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const migrations = readMigrations(defaultMigrationsFolder);
const step = migrations.findIndex(({ name }) => name === 'activity');

test('an upgraded log has results, model names and the answers of the last 90 days', () => {
	const path = join(temporaryFolder(), 'assay.db');
	const database = connect(path);
	onTestFinished(() => closeDatabase(database));
	migrate(database, migrations.slice(0, step), 1);
	const now = Date.now();
	connectionOf(database).exec(`
		INSERT INTO model_files (id, path, name, size_bytes, modified_at, architecture, parameters, quantization, added_at)
		  VALUES (3, '/m', 'Tiny', 1, 1, 'llama', 1, 'Q4_1', 1);
		INSERT INTO events (at, kind, subject, outcome, detail) VALUES
		  (1, 'load', 'model-file:3', 'loaded', '{}'),
		  (2, 'crash', 'model-file:9', 'worker-crashed', '{"message":"It crashed."}'),
		  (3, 'network', 'hub.example', '200', '{}'),
		  (4, 'network', 'hub.example', 'refused: the network is switched off', '{}'),
		  (5, 'network', 'hub.example', '404', '{}'),
		  (6, 'download', 'Tiny', 'cancelled', '{}');
		INSERT INTO conversations (id, title, created_at, updated_at) VALUES (1, 'a', ${now - 5_000}, 1), (2, 'branch', ${now}, 1);
		INSERT INTO messages (id, conversation_id, role, status, content, created_at, completed_at) VALUES
		  (1, 1, 'assistant', 'complete', '', 1, ${now - 4_000}),
		  (2, 1, 'assistant', 'failed', '', 1, ${now - 3_000}),
		  (3, 2, 'assistant', 'complete', '', 1, ${now - 4_000}),
		  (4, 1, 'assistant', 'complete', '', 1, ${now - 91 * 86_400_000});
		INSERT INTO generations (message_id, model_file_id, model_name, quantization, temperature, top_k, top_p, min_p,
		  repeat_penalty, stop, seed, completion_tokens, stop_reason)
		  SELECT id, 3, 'Tiny', 'Q4_1', 0, 1, 1, 0, 1, '[]', 1, 7, CASE status WHEN 'complete' THEN 'end' END FROM messages`);
	migrate(database, migrations.slice(step, step + 1), 2);
	expect(
		all(database, 'SELECT kind, subject, result, model_file_id AS model FROM events WHERE at < 10 ORDER BY at'),
	).toEqual([
		{ kind: 'load', subject: 'Tiny Q4_1', result: 'fine', model: 3 },
		{ kind: 'crash', subject: 'A model that is gone', result: 'failed', model: null },
		{ kind: 'network', subject: 'hub.example', result: 'fine', model: null },
		{ kind: 'network', subject: 'hub.example', result: 'blocked', model: null },
		{ kind: 'network', subject: 'hub.example', result: 'failed', model: null },
		{ kind: 'download', subject: 'Tiny', result: 'stopped', model: null },
	]);
	const answers = `SELECT message_id AS message, conversation_id AS conversation, result, outcome, completion_tokens AS tokens
		FROM events JOIN answer_figures ON event_id = id ORDER BY message_id`;
	expect(all(database, answers)).toEqual([
		{ message: 1, conversation: 1, result: 'fine', outcome: 'end', tokens: 7 },
		{ message: 2, conversation: 1, result: 'failed', outcome: 'failed', tokens: 7 },
	]);
});
