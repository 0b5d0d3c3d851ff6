import { Failure } from '../contract/failure.ts';
import { amount, figure, said } from '../contract/said.ts';

/** Explains that a text is too long to be read as a whole; it is never cut. */
export function inputTooLong(tokens: number, contextSize: number): Failure {
	return new Failure({
		code: 'input-too-long',
		message: said`The text has ${amount(tokens, 'token')}; the model reads ${figure(contextSize)} at most.`,
		next: [said`Split the text into shorter parts`, said`Choose a model with a longer context`],
	});
}

/** Explains that a client sent a token that the model doesn't have. */
export function tokenUnknown(token: number, vocabularySize: number): Failure {
	return new Failure({
		code: 'token-unknown',
		message: said`The model has no token ${String(token)}: its tokens are 0 to ${String(vocabularySize - 1)}.`,
		next: [said`Use the tokenizer of the same model`, said`Send the text instead of tokens`],
	});
}
