import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { TrainerOptionsInput, TrainingSample } from '../../../../models/contract/native/training.ts';
import { randomSource } from '../../../../models/native/train/random.ts';
import { openGgmlTrainer } from '../../../../models/native/train/trainer.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { type TinyArchitecture, writeTinyArchitecture } from '../../../support/tiny-architectures.ts';
import { tinyVocabularySize } from '../../../support/tiny-gguf.ts';

type Overrides = Partial<Omit<TrainerOptionsInput, 'lora' | 'optimizer'>> & {
	readonly lora?: Partial<TrainerOptionsInput['lora']>;
	readonly optimizer?: Partial<TrainerOptionsInput['optimizer']>;
};

/** Options of a training on a tiny model whose steps leave the values as they are, unless a learning rate is given. */
export function tinyOptions(model: string, { lora, optimizer, ...rest }: Overrides = {}): TrainerOptionsInput {
	return {
		model,
		lora: { rank: 4, alpha: 8, ...lora },
		optimizer: { learningRate: 1e-30, schedule: 'constant', totalSteps: 100, clip: null, ...optimizer },
		objective: { kind: 'supervised' },
		threads: 1,
		tokensPerPass: 64,
		...rest,
	};
}

/** Writes a tiny model into a folder of the test. */
export function tinyModel(name: TinyArchitecture = 'llama', seed = 1): string {
	return writeTinyArchitecture(join(temporaryFolder(), `${name}.gguf`), name, { seed });
}

export type OpenedTrainer = Awaited<ReturnType<typeof openGgmlTrainer>>;

/** Opens a training that is closed with the test. */
export async function openTiny(options: TrainerOptionsInput, rows: number | null = null): Promise<OpenedTrainer> {
	const trainer = await openGgmlTrainer(options, rows);
	onTestFinished(() => trainer.dispose());
	return trainer;
}

/** Gives B values, because with B = 0 the gradient of A is 0. */
export function fillB({ values }: OpenedTrainer, seed = 7, size = 0.1): void {
	const random = randomSource(seed, 1);
	for (let at = 0; at < values.b.values.length; at += 1) values.b.values[at] = (2 * random() - 1) * size;
}

/** Makes a sample of random tokens, all of which count, or those from `from` on. */
export function randomSample(seed: number, length: number, from = 1): TrainingSample {
	const random = randomSource(seed, 2);
	const tokens = Int32Array.from({ length }, () => Math.floor(random() * tinyVocabularySize));
	return { tokens, weights: Float32Array.from({ length }, (_, at) => (at >= from ? 1 : 0)) };
}
