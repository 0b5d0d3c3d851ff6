import type { TrainingObjective } from '../../contract/native/training.ts';
import type { Pointer } from '../libllama/structs.ts';
import { buildLogits, type Model } from './forward.ts';
import type { Tape } from './tape.ts';

/** Added to a probability: the logarithm of 0 is not a number of F32. */
const smallest = 1e-37;

/** Most logits that are in memory at once. */
const logitsAtOnce = 16 * 1024 * 1024;

/**
 * Returns how many rows' logits are computed at once, at most. It never depends on what memory allows to keep: a run
 * continues with the same bits only in parts of the same sizes.
 */
export function rowsAtOnce({ shape: { vocabulary } }: Model): number {
	return Math.max(16, Math.floor(logitsAtOnce / vocabulary));
}

/** The losses of some rows. */
export type Head = {
	/** log p of each row's target, [1, rows]. */
	readonly logProbabilities: Pointer;
	/** KL(teacher ‖ student) of each row; null without a teacher. */
	readonly divergences: Pointer | null;
	/**
	 * Makes the gradient of each row's loss by its logits, [vocabulary, rows]. Overwrites the probabilities, so call it
	 * last, and once.
	 */
	readonly towards: () => Pointer;
};

/**
 * Builds the losses of rows from their normed hidden values, and those of the teacher.
 *
 * @param targets I32 [1, rows].
 */
export function buildHead(
	tape: Tape,
	model: Model,
	normed: Pointer,
	targets: Pointer,
	rows: number,
	objective: TrainingObjective,
	theirs: { readonly model: Model; readonly normed: Pointer } | null,
): Head {
	const { ggml: g, context } = tape;
	const { vocabulary } = model.shape;
	// ggml's clamp would make NaN a 1, and so a loss of 0.
	const log = (node: Pointer): Pointer => g.ggml_log(context, g.ggml_scale_bias(context, node, 1, smallest));
	const logits = buildLogits(tape, model, normed, rows);
	const p = g.ggml_soft_max_ext(context, logits, null, 1, 0);
	const byToken = g.ggml_reshape_4d(context, p, 1, vocabulary, rows, 1);
	const picked = g.ggml_get_rows(context, byToken, targets);
	const towardsTarget = (): Pointer => {
		const changed = g.ggml_set_rows(context, byToken, g.ggml_scale_bias(context, picked, 1, -1), targets);
		return g.ggml_reshape_4d(context, changed, vocabulary, rows, 1, 1);
	};
	const logProbabilities = g.ggml_reshape_4d(context, log(picked), 1, rows, 1, 1);
	if (theirs === null || objective.kind !== 'distillation') {
		return { logProbabilities, divergences: null, towards: towardsTarget };
	}
	const { temperature, share } = objective;
	let theirLogits = buildLogits(tape, theirs.model, theirs.normed, rows);
	const theirVocabulary = theirs.model.shape.vocabulary;
	if (theirVocabulary > vocabulary) {
		const view = g.ggml_view_2d(context, theirLogits, vocabulary, rows, theirVocabulary * 4, 0);
		theirLogits = g.ggml_cont(context, view);
	}
	const softened = (node: Pointer): Pointer => g.ggml_soft_max_ext(context, node, null, 1 / temperature, 0);
	const [q, own] = [softened(theirLogits), softened(logits)];
	const divergences = g.ggml_sum_rows(context, g.ggml_mul(context, q, g.ggml_sub(context, log(q), log(own))));
	return {
		logProbabilities,
		divergences,
		towards: () => {
			const soft = g.ggml_scale(context, g.ggml_sub(context, own, q), share * temperature);
			return share === 1 ? soft : g.ggml_add(context, soft, g.ggml_scale(context, towardsTarget(), 1 - share));
		},
	};
}
