import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import type { ModelService } from '../library/model-service.ts';

/**
 * Chooses the model that answers: the requested one, else the conversation's own if it still exists, else the default.
 * Throws Failure `no-model`, `model-unknown`, or the failure of the file.
 */
export function chooseModel(
	models: ModelService,
	asked: number | null | undefined,
	conversations: number | null | undefined,
): ModelFile {
	const file =
		asked === null || asked === undefined
			? (ownModel(models, conversations) ?? models.defaultModelFile())
			: models.modelFile(asked);
	if (file === null) {
		throw new Failure({
			code: 'no-model',
			message: said`No model is installed yet, so your message was not sent.`,
			next: [said`Download the starter model (98 MB)`, said`Add a GGUF file that you have`],
		});
	}
	if (file.problem !== null) throw new Failure(file.problem);
	return file;
}

/** null if it has left the library since: a conversation may outlive its first model. */
function ownModel(models: ModelService, id: number | null | undefined): ModelFile | null {
	if (id === null || id === undefined) return null;
	try {
		return models.modelFile(id);
	} catch (error) {
		if (error instanceof Failure && error.code === 'model-unknown') return null;
		throw error;
	}
}
