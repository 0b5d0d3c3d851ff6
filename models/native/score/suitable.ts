import { Failure } from '../../contract/failure.ts';
import type { NativeModel } from '../model.ts';

/** Throws Failure `model-unsuitable` for models that don't continue a text; llama.cpp's programs abort on them. */
export function checkSuitable(model: NativeModel): void {
	const { functions } = model.library;
	const what = functions.llama_model_has_encoder(model.pointer)
		? 'has an encoder'
		: functions.llama_vocab_get_add_eos(model.vocabulary)
			? 'ends every text with a token of its own'
			: null;
	if (what === null) return;
	throw new Failure({
		code: 'model-unsuitable',
		message: `${model.facts.path} ${what}, so the probability of a running text is not defined for it.`,
		next: ['Choose a model that generates text'],
	});
}
