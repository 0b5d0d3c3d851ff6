import { type Application, createApplication } from '../../electron/application/application.ts';
import type { Job } from '../../electron/contract/jobs/schema.ts';
import type { Script } from '../../models/worker/engine-script.ts';
import { type ScriptedSessions, scriptedSessions } from '../support/evaluation.ts';
import { scriptedApplicationModels } from '../support/scripted-models.ts';

/** When the data folder was written. Tests open it a day later by their own clock. */
export const writtenAt = Date.UTC(2026, 10, 24, 12);
export const dayMs = 86_400_000;

export interface Frozen {
	readonly application: Application;
	readonly client: Application['client'];
	readonly sessions: ScriptedSessions;
	/** Resolves when the answer is complete. */
	answered(generationId: number): Promise<void>;
	/** Resolves when the run is neither waiting nor running. */
	settled(runId: number): Promise<void>;
	ended(job: Job): Promise<Job>;
}

export interface FrozenOptions {
	readonly from: number;
	readonly script?: Script;
}

/**
 * Opens the application on a data folder with one scripted model, a clock of its own and measurements that add up
 * numbers.
 */
export async function openFrozen(dataFolder: string, { from, script = {} }: FrozenOptions): Promise<Frozen> {
	let time = from;
	const sessions = scriptedSessions((row, { text }) => {
		const sum = /(\d+) \+ 1/.exec(text);
		if (sum === null) return { text: `Nothing to add (${row.seed})` };
		const [, number] = sum;
		if (number === '7')
			return { failure: { code: 'prompt-too-long', message: 'It is too long.', next: ['Shorten it'] } };
		return { text: `That makes ${Number(number) + (Number(number) % 5 === 3 ? 2 : 1)}.` };
	});
	const application = await createApplication({
		dataFolder,
		host: 'cli',
		version: '0.0.0',
		log: () => {},
		openSession: sessions.open,
		clock() {
			time += 1;
			return time;
		},
		models: scriptedApplicationModels({ script, sha256: () => 'b'.repeat(64) }),
	});
	const { client } = application;
	return {
		application,
		client,
		sessions,
		async answered(id) {
			for await (const update of await client.generations.subscribe({ id })) if (update.type === 'end') return;
		},
		async settled(id) {
			for (;;) {
				const { status } = await client.evaluations.get({ id });
				if (status !== 'waiting' && status !== 'running') return;
				await new Promise((resolve) => setTimeout(resolve, 5));
			}
		},
		async ended(job) {
			for (;;) {
				const now = await client.jobs.get({ jobId: job.id });
				if (now.endedAt !== null) return now;
				await new Promise((resolve) => setTimeout(resolve, 5));
			}
		},
	};
}
