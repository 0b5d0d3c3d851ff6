import { connectionOf, type WritableDatabase } from '../../electron/database/database.ts';

/** Fills the log with `count` entries, one a minute up to `now`: answers of three models, requests, loads, crashes. */
export function fillLog(database: WritableDatabase, count: number, now: number): void {
	const connection = connectionOf(database);
	connection.pragma('synchronous = OFF');
	connection.exec(`BEGIN;
		WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${count - 1})
		INSERT INTO events (at, kind, subject, result, outcome, detail)
		SELECT ${now} - (${count} - 1 - i) * 60000,
		  CASE i % 10 WHEN 0 THEN 'load' WHEN 1 THEN 'network' WHEN 2 THEN 'crash' ELSE 'answer' END,
		  CASE i % 10 WHEN 1 THEN 'host' || (i % 7) || '.example' ELSE 'Model ' || (i % 3) || ' Q4_1' END,
		  CASE i % 10 WHEN 2 THEN 'failed' ELSE 'fine' END,
		  CASE i % 10 WHEN 0 THEN 'loaded' WHEN 1 THEN '200' WHEN 2 THEN 'worker-crashed' ELSE 'end' END,
		  CASE i % 10 WHEN 1 THEN '{"purpose":"fetch ' || i || '","bytes":' || i || '}' ELSE '{"contextSize":4096}' END
		FROM n`);
	connection.exec(`
		INSERT INTO answer_figures (event_id, prompt_tokens, cached_tokens, completion_tokens, ttft_ms, prompt_ms, generation_ms)
		SELECT id, 100, 40, 51, 100 + id % 100, 80, 1000.0 * 50 / (20 + id % 41) FROM events WHERE kind = 'answer' AND id NOT IN (SELECT event_id FROM answer_figures);
		COMMIT`);
}
