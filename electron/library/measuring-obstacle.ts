import { cannotMeasure } from '../../models/contract/engine-names.ts';
import { Failure, type FailureFacts } from '../../models/contract/failure.ts';
import { said, sentences, wordsIn } from '../../models/contract/said.ts';
import type { ModelFile, ModelOptions } from '../contract/library/schema.ts';
import type { ModelLibrary } from './model-service.ts';

/**
 * Returns why nothing can be measured with a model; null if it can. A model is measured with the engine that its chats
 * use. `cApiFailure`: why the C API can't be called here, if that is known.
 */
export function measuringObstacle(
	{ name }: Pick<ModelFile, 'name'>,
	{ engine }: Pick<ModelOptions, 'engine'>,
	cApiFailure: FailureFacts | null,
): Failure | null {
	if (engine === 'node-llama-cpp') {
		return new Failure({
			code: 'engine-cannot-measure',
			message: said`${name} runs on node-llama-cpp, which can’t measure: ${cannotMeasure}.`,
			next: [
				said`Choose the automatic engine in the load settings of ${name}, or run: assay models settings "${name}" --engine auto`,
				said`Measure another model`,
			],
		});
	}
	if (cApiFailure === null) return null;
	return new Failure({
		code: 'engine-cannot-measure',
		message: sentences(
			said`Models run on node-llama-cpp here, which can’t measure: ${cannotMeasure}.`,
			wordsIn(cApiFailure, cApiFailure.message),
		),
		next: cApiFailure.next.map((step) => wordsIn(cApiFailure, step)),
		...(cApiFailure.detail === undefined ? {} : { detail: cApiFailure.detail }),
	});
}

/** Throws Failure `engine-cannot-measure` if one of the models can't be measured. */
export function requireMeasurable(
	library: Pick<ModelLibrary, 'measuringObstacle'>,
	modelFileIds: readonly number[],
): void {
	for (const id of modelFileIds) {
		const obstacle = library.measuringObstacle(id);
		if (obstacle !== null) throw obstacle;
	}
}
