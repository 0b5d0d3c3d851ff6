import { basename } from 'node:path';
import { Failure, type FailureFacts, failureFacts } from '../../contract/failure.ts';
import type {
	TrainingOptions,
	TrainingPlan,
	TrainingPlanTask,
	TrainingSettings,
} from '../../contract/native/training-run.ts';
import { said } from '../../contract/said.ts';
import { readGguf } from '../../gguf/read-gguf.ts';
import type { NativeLibrary } from '../libllama/open-library.ts';
import { NativeModel } from '../model.ts';
import { estimateMemory } from '../train/trainer.ts';
import { type EncodedSamples, encodeSamples } from './encode-samples.ts';
import { planSteps } from './plan-steps.ts';
import { trainerOptionsOf } from './run-training.ts';

/** As in the schema of settings. */
const leastTokensOfSample = 8;

/** Shortest samples and passes that a run is made smaller to, tokens. */
const leastTokens = 64;

/**
 * Says what the samples are in tokens, how many steps they make, what memory that takes, and whether the model can be
 * trained. Samples end at the model's context. Makes the passes, then the samples, smaller until the run fits into
 * `memoryLimit`. Throws Failure `no-chat-template` and those of a file that can't be read.
 */
export async function planTraining(library: NativeLibrary, task: TrainingPlanTask): Promise<TrainingPlan> {
	const model = await NativeModel.load(library, task.model, { vocabularyOnly: true, checkTensors: false });
	try {
		const { data, objective, chatTemplate } = task;
		const encode = (settings: TrainingSettings): Promise<EncodedSamples> =>
			encodeSamples(model, { data, objective, maxTokens: settings.maxTokens, chatTemplate });
		// The trainer refuses a longer sample, in the middle of a run.
		const { contextLength } = (await readGguf(task.model)).facts;
		let settings = {
			...task.settings,
			maxTokens: Math.min(task.settings.maxTokens, Math.max(leastTokensOfSample, contextLength ?? Infinity)),
		};
		let samples = await encode(settings);
		for (;;) {
			const plan = planOf({ ...task, settings }, samples);
			if (plan.obstacle !== null || samples.train.length === 0) return plan;
			try {
				const options = { ...task, settings, folder: '.', name: '' };
				const steps = planSteps(settings, samples.train.length);
				const memory = await estimateMemory(trainerOptionsOf(options, steps, samples.train, task.memoryLimit));
				return { ...plan, memoryBytes: memory.total };
			} catch (error) {
				if (!(error instanceof Failure)) throw error;
				const smaller = makeSmaller(settings, error.code);
				if (smaller === null) return { ...plan, obstacle: error.facts() };
				if (smaller.maxTokens !== settings.maxTokens) samples = await encode(smaller);
				settings = smaller;
			}
		}
	} finally {
		model.free();
	}
}

/** Settings that need less; null: nothing can be made smaller, or that would not help. */
function makeSmaller(settings: TrainingSettings, code: string): TrainingSettings | null {
	// The teacher's words can be learned without its distributions.
	if (code === 'training-teacher-unsuitable' && settings.distillShare > 0) return { ...settings, distillShare: 0 };
	if (code !== 'training-memory-limit') return null;
	const { packTokens, maxTokens } = settings;
	if (packTokens > maxTokens) return { ...settings, packTokens: Math.max(maxTokens, packTokens >> 1) };
	if (maxTokens <= leastTokens) return null;
	const half = Math.max(leastTokens, maxTokens >> 1);
	return { ...settings, maxTokens: half, packTokens: Math.min(packTokens, half) };
}

/** The plan of samples that are encoded already, without its memory. */
export function planOf(
	{ model, settings }: Pick<TrainingOptions, 'model' | 'settings'>,
	{ train, validation, cut, leftOut, refused, refusal, longest, median }: EncodedSamples,
): TrainingPlan {
	return {
		samples: { train: train.length, validation: validation.length },
		tokens: train.reduce((sum, { tokens }) => sum + tokens, 0),
		validationTokens: validation.reduce((sum, { tokens }) => sum + tokens, 0),
		scoredTokens: train.reduce((sum, { scored }) => sum + scored, 0),
		...{ longest, median, cut: [...cut], leftOut: [...leftOut], refused: [...refused], settings },
		steps: train.length === 0 ? 0 : planSteps(settings, train.length).steps,
		memoryBytes: null,
		obstacle: train.length === 0 && refusal !== null ? allRefused(model, refusal) : null,
	};
}

function allRefused(model: string, refusal: Failure): FailureFacts {
	return failureFacts(
		new Failure({
			code: 'training-refused',
			message: said`The chat template of ${basename(model)} refuses every sample: ${refusal.message}`,
			next: [said`Choose another model`, said`Choose another chat template for it in Models`],
		}),
	);
}
