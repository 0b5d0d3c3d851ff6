import type { Trainings } from '../adaptation/trainings.ts';
import type { Implementer } from './implementer.ts';

export function trainingHandlers({ training: calls }: Implementer, trainings: Trainings) {
	return {
		check: calls.check.handler(({ input, signal }) => trainings.check(input, signal)),
		start: calls.start.handler(({ input, signal }) => trainings.start(input, signal)),
		list: calls.list.handler(() => ({ runs: [...trainings.list()] })),
		get: calls.get.handler(({ input }) => trainings.get(input.id)),
		points: calls.points.handler(({ input }) => trainings.points(input.id, input.after)),
		rename: calls.rename.handler(({ input }) => trainings.rename(input.id, input.name)),
		pause: calls.pause.handler(({ input }) => trainings.pause(input.id)),
		resume: calls.resume.handler(({ input }) => trainings.resume(input.id)),
		stop: calls.stop.handler(({ input }) => trainings.stop(input.id)),
		remove: calls.remove.handler(async ({ input }) => {
			await trainings.remove(input.id);
			return {};
		}),
		compare: calls.compare.handler(({ input }) => trainings.compare(input.id, input.datasetIds)),
		use: calls.use.handler(({ input }) => trainings.use(input.id)),
		export: calls.export.handler(({ input: { format, folder, ...config } }) =>
			trainings.export(config, { format, folder }),
		),
	};
}
