import type { Comparisons } from '../comparison/comparisons.ts';
import type { Sweeps } from '../comparison/sweeps.ts';
import type { Implementer } from './implementer.ts';

export function comparisonHandlers({ comparisons: calls }: Implementer, comparisons: Comparisons) {
	return {
		list: calls.list.handler(() => ({ comparisons: [...comparisons.list()] })),
		get: calls.get.handler(({ input }) => comparisons.get(input.id)),
		figures: calls.figures.handler(() => ({ files: [...comparisons.figures()] })),
		texts: calls.texts.handler(() => ({ texts: [...comparisons.texts()] })),
		estimate: calls.estimate.handler(({ input }) => comparisons.estimate(input)),
		start: calls.start.handler(({ input }) => comparisons.start(input)),
		pause: calls.pause.handler(({ input }) => comparisons.pause(input.id)),
		resume: calls.resume.handler(({ input }) => comparisons.resume(input.id)),
		remove: calls.remove.handler(async ({ input }) => {
			await comparisons.remove(input.id);
			return {};
		}),
		export: calls.export.handler(({ input }) => comparisons.export(input.id, input.format)),
		import: calls.import.handler(({ input }) => comparisons.import(input.text)),
		presets: calls.presets.handler(async ({ input }) => ({ presets: [...(await comparisons.presets(input))] })),
		room: calls.room.handler(({ input }) => comparisons.room(input.id)),
		grow: calls.grow.handler(({ input }) => comparisons.extend(input)),
		drop: calls.drop.handler(({ input }) => comparisons.drop(input)),
		again: calls.again.handler(({ input }) => comparisons.again(input.id)),
		manifest: calls.manifest.handler(({ input }) => comparisons.manifest(input.id)),
		beside: calls.beside.handler(({ input }) => comparisons.sideBySide(input.id, input.otherId)),
	};
}

/** Handlers for sweeps over a model's load settings. */
export function sweepHandlers({ sweeps }: Implementer, service: Sweeps) {
	return {
		choices: sweeps.choices.handler(() => service.choices()),
		estimate: sweeps.estimate.handler(({ input }) => service.estimate(input)),
		start: sweeps.start.handler(({ input }) => service.start(input)),
		get: sweeps.get.handler(({ input }) => service.get(input.id)),
	};
}
