import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Failure } from '../../contract/failure.ts';
import { trainingPointSchema } from '../../contract/native/training-run.ts';
import { said } from '../../contract/said.ts';
import { isPartName, writeWhole } from '../output-file.ts';

/**
 * Everything about a run that is not in the trainer's own checkpoint. Written last: it names the files that belong to
 * it, so a process that is killed between two files leaves the state before.
 */
const runStateSchema = z.object({
	version: z.literal(1),
	/** Hash of the options: a state continues only the run that it belongs to. */
	options: z.string(),
	step: z.int(),
	/** File names in the run's folder. */
	checkpoint: z.string(),
	tokens: z.int(),
	trainedMs: z.number(),
	/** The step with the lowest validation loss; null: not validated yet. */
	best: z.object({ step: z.int(), loss: z.number(), adapter: z.string() }).nullable(),
	/** The last step, if it is still to be validated: a run may be paused in between. */
	unvalidated: trainingPointSchema.nullable().default(null),
	/** Validations since then. */
	stale: z.int(),
	/** Log-probabilities of pairs under the base, by the index of the pair. */
	references: z.record(z.string(), z.object({ chosen: z.number(), rejected: z.number() })),
});

export type RunState = z.infer<typeof runStateSchema>;

const stateName = 'state.json';

/** Returns the state in a run's folder; null: the run starts. Throws Failure `training-checkpoint-unsuitable`. */
export async function readRunState(folder: string, options: string): Promise<RunState | null> {
	const text = await readFile(join(folder, stateName), 'utf8').catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return null;
		throw error;
	});
	if (text === null) return null;
	let state: RunState | null = null;
	try {
		state = runStateSchema.parse(JSON.parse(text));
	} catch {
		// Said below.
	}
	if (state !== null && state.options === options) return state;
	throw new Failure({
		code: 'training-checkpoint-unsuitable',
		message:
			state === null
				? said`The checkpoint of this training is damaged.`
				: said`The checkpoint of this training belongs to other settings, samples or weights.`,
		next: [said`Start the training again`],
		detail: folder,
	});
}

/** Removes what a process that was ended left half written. */
export async function removeParts(folder: string): Promise<void> {
	for (const name of await readdir(folder)) if (isPartName(name)) await rm(join(folder, name), { force: true });
}

/** Writes the state, then removes the files that no state needs any more. */
export async function writeRunState(folder: string, state: RunState): Promise<void> {
	await writeWhole(
		join(folder, stateName),
		(part) => writeFile(part, JSON.stringify(state)),
		async () => {},
	);
	const needed = new Set([state.checkpoint, state.best?.adapter]);
	for (const name of await readdir(folder)) {
		if (/^(?:checkpoint-\d+\.bin|best-\d+\.gguf)$/.test(name) && !needed.has(name)) {
			await rm(join(folder, name), { force: true });
		}
	}
}
