import { followGrammar } from '../../models/native/grammar-sampler.ts';
import { openNativeLibrary } from '../../models/native/libllama/open-library.ts';
import { NativeModel } from '../../models/native/model.ts';
import { starterModelPath } from './starter-model.ts';

export interface GrammarMatcher {
	/** Whether llama.cpp's own grammar engine lets the starter's tokens of this text pass, and then an end. */
	matches(grammar: string, text: string): boolean;
	free(): void;
}

/** Asks llama.cpp's grammar engine, with the starter's vocabulary and no weights. */
export async function grammarMatcher(): Promise<GrammarMatcher> {
	const library = openNativeLibrary('cpu');
	const model = await NativeModel.open(library, await starterModelPath(), {
		checkTensors: false,
		vocabularyOnly: true,
	});
	if (model === null) throw new Error('the starter has no vocabulary');
	const [end] = model.tokenize(Buffer.from('<|im_end|>'), false, true);
	return {
		matches(grammar, text) {
			const follower = followGrammar(model, grammar);
			try {
				for (const token of model.tokenize(Buffer.from(text), false, false)) {
					if (!follower.allows(token)) return false;
					follower.accept(token);
				}
				return follower.allows(end!);
			} finally {
				follower.free();
			}
		},
		free: () => model.free(),
	};
}
