import { Failure } from '../contract/failure.ts';

/** Explains that a text is too long to be read as a whole; it is never cut. */
export function inputTooLong(tokens: number, contextSize: number): Failure {
	return new Failure({
		code: 'input-too-long',
		message: `The text has ${tokens.toLocaleString('en')} tokens; the model reads ${contextSize.toLocaleString('en')} at most.`,
		next: ['Cut the text into shorter ones', 'Choose a model with a longer context'],
	});
}

/** Explains that a client sent a token that the model doesn't have. */
export function tokenUnknown(token: number, vocabularySize: number): Failure {
	return new Failure({
		code: 'token-unknown',
		message: `The model has no token ${token}: its tokens are 0 to ${vocabularySize - 1}.`,
		next: ['Use the tokenizer of the same model', 'Send the text instead of tokens'],
	});
}
