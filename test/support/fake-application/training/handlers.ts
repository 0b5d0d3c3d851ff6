import type { Implementer } from '../../../../electron/api/implementer.ts';
import type { TrainingRun } from '../../../../electron/contract/adaptation/schema.ts';
import { Failure } from '../../../../models/contract/failure.ts';
import type { FakeApplication } from '../fake-application.ts';
import { buildTrainingCheck, buildTrainingPoints } from './data.ts';

/** Training runs of the fake application. */
export function trainingHandlers(fake: FakeApplication, { training }: Implementer) {
	const { data } = fake;
	function find(id: number): TrainingRun {
		const found = data.trainings.find((one) => one.id === id);
		if (found !== undefined) return found;
		throw new Failure({ code: 'training-unknown', message: `There is no training run ${id}.`, next: [] });
	}
	function change(id: number, facts: Partial<TrainingRun>): TrainingRun {
		const run = { ...find(id), ...facts };
		data.trainings = data.trainings.map((one) => (one.id === id ? run : one));
		fake.emit({ type: 'training-changed', runId: id, change: 'status' });
		return run;
	}
	return {
		check: training.check.handler(() => data.trainingCheck ?? buildTrainingCheck()),
		start: training.start.handler(({ input }) => {
			const [newest] = data.trainings;
			if (newest === undefined) throw new Error('no scene has a training to start');
			const run: TrainingRun = { ...newest, id: newest.id + 1, name: input.name || newest.name, config: input };
			data.trainings = [run, ...data.trainings];
			fake.emit({ type: 'training-changed', runId: run.id, change: 'status' });
			return run;
		}),
		list: training.list.handler(() => ({ runs: data.trainings })),
		get: training.get.handler(({ input }) => find(input.id)),
		points: training.points.handler(({ input }) => {
			const points = buildTrainingPoints(find(input.id)).filter(({ step }) => step > input.after);
			return { points, last: points.at(-1)?.step ?? input.after };
		}),
		rename: training.rename.handler(({ input }) => change(input.id, { name: input.name })),
		pause: training.pause.handler(({ input }) => change(input.id, { status: 'paused' })),
		resume: training.resume.handler(({ input }) => change(input.id, { status: 'running', failure: null })),
		stop: training.stop.handler(({ input }) => change(input.id, { status: 'done', outcome: 'stopped' })),
		remove: training.remove.handler(({ input }) => {
			find(input.id);
			data.trainings = data.trainings.filter(({ id }) => id !== input.id);
			fake.emit({ type: 'training-changed', runId: input.id, change: 'status' });
			return {};
		}),
		compare: training.compare.handler(({ input }) => find(input.id)),
		use: training.use.handler(({ input }) => find(input.id)),
		export: training.export.handler(({ input }) => {
			data.exportedTraining = { format: input.format, folder: input.folder };
			return { files: [`${input.folder}/train.jsonl`], train: 196, validation: 22 };
		}),
	};
}
