import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { closeDatabase, connect, quickCheck } from '../../electron/database/connect.ts';
import { all } from '../../electron/database/sql.ts';
import { figures, type Kept, kept } from '../support/kept-measurements.ts';
import { reopen } from '../support/kill.ts';
import { collectProgress, startKillable } from '../support/killable/start.ts';
import type { Random } from './random.ts';

/** Everything that a run measured, in order. */
function outputsOf(dataFolder: string): readonly unknown[] {
	const database = connect(join(dataFolder, 'assay.db'));
	try {
		return all(
			database,
			`SELECT r.arm_id, r.epoch, r.position, r.status, r.answer, o.output, s.scorer, s.value FROM eval_results r
			 LEFT JOIN eval_outputs o ON o.id = r.output_id LEFT JOIN scores s ON s.result_id = r.id
			 ORDER BY r.arm_id, r.epoch, r.position, s.scorer`,
		);
	} finally {
		closeDatabase(database);
	}
}

/** Runs a long evaluation, killed `kills` times at random moments, until it is done; returns its outputs. */
export async function killedRun(dataFolder: string, random: Random, kills: number): Promise<readonly unknown[]> {
	for (let killed = 0; killed < kills; killed += 1) {
		const child = startKillable('evaluation', dataFolder);
		const exit = once(child, 'exit');
		const reports = collectProgress(child);
		while (reports.length === 0 && child.exitCode === null) await sleep(5);
		await sleep(random.below(900));
		child.kill('SIGKILL');
		await exit;
		if (quickCheck(join(dataFolder, 'assay.db')) !== 'ok') throw new Error('the database is damaged');
		if (reports.at(-1)?.status === 'done') return outputsOf(dataFolder);
	}
	await once(startKillable('evaluation', dataFolder), 'exit');
	return outputsOf(dataFolder);
}

/**
 * Kills an import into a new dataset at a random moment. Returns what went wrong: half an import, or one that was
 * acknowledged and is gone.
 */
export async function killedImport(folder: string, random: Random, rows: number): Promise<readonly string[]> {
	const dataFolder = join(folder, 'data');
	const file = join(folder, 'rows.jsonl');
	const row = (n: number): string =>
		JSON.stringify({ id: `r${n}`, question: `What is ${n}? ${'x'.repeat(99)}`, answer: `${n}` });
	writeFileSync(file, Array.from({ length: rows }, (_, n) => row(n)).join('\n'));
	const child = startKillable('dataset-import', dataFolder, '0', file);
	const exit = once(child, 'exit');
	let acknowledged = false;
	let begun = false;
	child.on('message', ({ job }: { job?: { kind: string; state: string } }) => {
		if (job?.kind !== 'dataset-import') return;
		begun = true;
		if (job.state === 'done') acknowledged = true;
	});
	while (!begun && child.exitCode === null) await sleep(2);
	const killAt = performance.now() + random.below(400);
	while (performance.now() < killAt && !acknowledged) await sleep(1);
	child.kill('SIGKILL');
	await exit;
	const faults: string[] = [];
	if (quickCheck(join(dataFolder, 'assay.db')) !== 'ok') faults.push('the database is damaged');
	const { client } = await reopen(dataFolder);
	const datasets = (await client.datasets.list({})).datasets.filter(({ starterId }) => starterId === null);
	const counts = datasets.map(({ latest }) => latest.samples);
	const whole = counts.length === 1 && counts[0] === rows;
	if (!whole && (acknowledged || counts.length > 0)) {
		faults.push(
			`${acknowledged ? 'acknowledged' : 'unacknowledged'}, and there are ${JSON.stringify(counts)} of ${rows} samples`,
		);
	}
	return faults;
}

/**
 * Compares the files of a model, killed `kills` times at random moments, until it is done. Returns the figures that do not
 * depend on speed; throws if a measurement that was there is gone or was made again.
 */
export async function killedComparison(
	dataFolder: string,
	text: string,
	random: Random,
	kills: number,
): Promise<readonly object[]> {
	let before: readonly Kept[] = [];
	for (let killed = 0; killed < kills; killed += 1) {
		const child = startKillable('comparison', dataFolder, text);
		const exit = once(child, 'exit');
		const reports = collectProgress(child);
		while (reports.length === 0 && child.exitCode === null) await sleep(5);
		await sleep(random.below(3_000));
		child.kill('SIGKILL');
		await exit;
		const now = kept(dataFolder);
		const done = reports.at(-1)?.done ?? 0;
		if (now.length < done) throw new Error(`${done} measurements were reported, ${now.length} are there`);
		for (const one of before) {
			if (!now.some((other) => isDeepStrictEqual(other, one)))
				throw new Error(`${one.step} of ${one.position} is gone`);
		}
		before = now;
		if (reports.at(-1)?.status === 'done') return figures(now);
	}
	await once(startKillable('comparison', dataFolder, text), 'exit');
	return figures(kept(dataFolder));
}
