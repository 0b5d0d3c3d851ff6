import { join } from 'node:path';
import { expect } from 'vitest';
import { closeDatabase, connect, quickCheck } from '../../electron/database/connect.ts';
import { all } from '../../electron/database/sql.ts';

/** A measurement of a comparison, as stored. */
export interface Kept {
	readonly position: number;
	readonly step: string;
	readonly result: string;
	readonly measured_at: number;
}

/** Everything that was measured, as stored in the database. */
export function kept(dataFolder: string): readonly Kept[] {
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
export function figures(rows: readonly Kept[]) {
	return rows.map(({ position, step, result }) => {
		const { chunks, textSha256, rows: answers, sha256 } = JSON.parse(result);
		const told = answers?.map(({ text, tokenIds }: { text: string; tokenIds: number[] }) => ({ text, tokenIds }));
		return { position, step, ...(step.startsWith('speed') ? {} : { chunks, textSha256, sha256, told }) };
	});
}
