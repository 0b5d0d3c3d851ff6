import { failureFacts } from '../../contract/failure.ts';
import {
	type FromTraining,
	type ToTraining,
	type TrainingOptions,
	type TrainingPlan,
	toTrainingSchema,
} from '../../contract/native/training-run.ts';
import { conditionsOf } from '../conditions.ts';
import { heartbeatIntervalMs, readHeartbeat } from '../heartbeat.ts';
import { openNativeLibrary } from '../libllama/open-library.ts';
import { NativeModel } from '../model.ts';
import { openTrainer } from '../train/trainer.ts';
import { encodeSamples } from './encode-samples.ts';
import { planOf } from './plan-training.ts';
import { type RunRequests, runTraining } from './run-training.ts';

function send(frame: FromTraining): void {
	if (process.connected) process.send?.(frame);
}

/** Sends the last frame; the process ends once it is sent. */
function finish(frame: FromTraining): void {
	const end = (): never => process.exit(0);
	if (process.connected && process.send !== undefined) process.send(frame, end);
	else end();
}

/** Performs one training run in this process, and ends it. */
export function serveTraining(options: TrainingOptions): void {
	const requests: RunRequests = { pause: false, finish: false };
	let hold: ((held: boolean) => void) | null = null;
	let held = false;
	const take = (frame: Exclude<ToTraining, { type: 'train' }>): void => {
		if (frame.type === 'hold') {
			held = frame.held;
			hold?.(held);
			return;
		}
		requests[frame.type] = true;
		// A held step would never end.
		held = false;
		hold?.(false);
	};
	process.on('message', (message) => take(toTrainingSchema.parse(message)));
	setInterval(() => send({ type: 'beat', beat: readHeartbeat() }), heartbeatIntervalMs);

	const work = async (): Promise<void> => {
		const library = openNativeLibrary('cpu');
		const model = await NativeModel.load(library, options.model, { vocabularyOnly: true, checkTensors: false });
		const { data, objective, settings, chatTemplate } = options;
		const samples = await encodeSamples(model, { data, objective, maxTokens: settings.maxTokens, chatTemplate });
		model.free();
		const plan: TrainingPlan = planOf(options, samples);
		const end = await runTraining(options, samples, openTrainer, requests, {
			started(step, steps, trainer) {
				hold = (stop) => (stop ? trainer.pause() : trainer.resume());
				hold(held);
				const conditions = conditionsOf(library, options.threads);
				send({
					type: 'started',
					plan: { ...plan, steps, memoryBytes: trainer.memory.total },
					step,
					conditions,
					warnings: [],
				});
			},
			point: (point) => send({ type: 'point', point }),
			validating: (step, done, total) => send({ type: 'validating', step, done, total }),
			checkpoint: (step, sizeBytes, ms) => send({ type: 'checkpoint', step, sizeBytes, ms }),
		});
		finish({ type: 'ended', ...end, peakResidentBytes: readHeartbeat().peakResidentBytes });
	};
	work().catch((error: unknown) => finish({ type: 'failed', failure: failureFacts(error) }));
}
