import { Failure } from '../contract/failure.ts';
import { said } from '../contract/said.ts';

const count = (tokens: number): string => tokens.toLocaleString('en-US');

/**
 * Explains that not even the last message fits into the context. A larger context is suggested only if the model was
 * trained for one; `trained` is null if its file does not say.
 */
export function promptTooLong(tokens: number, room: number, contextSize: number, trained: number | null): Failure {
	const larger = trained !== null && contextSize < trained;
	return new Failure({
		code: 'prompt-too-long',
		message: said`This message is ${count(tokens - room)} tokens too long: it needs ${count(tokens)}, and the context of ${count(contextSize)} leaves ${count(room)} for it.`,
		next: [
			said`Shorten the message or its attachments`,
			larger ? said`Load the model with a larger context` : said`Choose a model with a larger context`,
		],
	});
}

/** Explains that a base model can't chat. */
export function noChatTemplate(name: string): Failure {
	return new Failure({
		code: 'no-chat-template',
		message: said`${name} has no chat template: it is a base model, not trained to chat.`,
		next: [
			said`Choose a chat template for it: Models, or assay models template`,
			said`Write with it instead: New page, or assay complete`,
			said`Choose an instruction-tuned (“instruct” or “chat”) version of the model`,
		],
	});
}
