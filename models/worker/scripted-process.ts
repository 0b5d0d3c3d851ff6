import type { Engine } from '../engine.ts';
import type { EngineHooks } from './engine-hooks.ts';
import { scriptSchema } from './engine-script.ts';
import { type Crash, createScriptedEngine, playStep } from './scripted-engine.ts';
import { writeToStderrNow } from './stderr.ts';

const crashForReal: Crash = ({ how, lastWords }) => {
	if (lastWords !== undefined) writeToStderrNow(lastWords);
	if ('exitCode' in how) process.exit(how.exitCode);
	process.kill(process.pid, how.signal);
	// The signal arrives within microseconds; nothing may be written before it does.
	for (;;);
};

/** Opens the scripted engine in a separate process, where crashes are real. `json` is a Script. */
export async function openScriptedEngine(json: string, hooks: EngineHooks): Promise<Engine> {
	const script = scriptSchema.parse(JSON.parse(json));
	hooks.progress({ stage: 'weights', fraction: 0 });
	for (const step of script.load ?? []) {
		if (step.type !== 'text') await playStep(step, undefined, crashForReal);
	}
	hooks.progress({ stage: 'weights', fraction: 1 });
	return createScriptedEngine(script, crashForReal);
}
