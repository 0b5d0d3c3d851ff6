import { createContext, Script } from 'node:vm';

/** Work was stopped at its time limit. */
export class TimeLimitReached extends Error {
	override readonly name = 'TimeLimitReached';
}

const clocked = { place: createContext({ run: null }), script: new Script('run()') };

/**
 * Runs `work` on this thread for at most `ms`. V8 stops a script at a time limit, including functions from outside and
 * regular expressions; nothing else does. Throws TimeLimitReached. One at a time: `work` must not call it again.
 */
export function withinTime<T>(ms: number, work: () => T): T {
	const { place, script } = clocked;
	place.run = work;
	try {
		return script.runInContext(place, { timeout: ms }) as T;
	} catch (error) {
		// Created in the script's own realm, so it is not an instance of this realm's Error.
		if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
		throw new TimeLimitReached(`stopped after ${ms} ms`);
	} finally {
		place.run = null;
	}
}
