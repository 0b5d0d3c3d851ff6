import { Failure } from '../../../models/contract/failure.ts';
import { said, type Words } from '../../../models/contract/said.ts';

/**
 * Returns the Failure `embedding-model-missing`: without its embedding model, a search by meaning would use words alone or
 * miss passages. `remedy`: how to get one, unless it is another in the settings of the collection.
 */
export function embeddingModelMissing(
	message: Words,
	remedy = said`Choose another embedding model in the settings of the collection`,
): Failure {
	return new Failure({
		code: 'embedding-model-missing',
		message,
		next: [said`Search by words only`, remedy],
	});
}
