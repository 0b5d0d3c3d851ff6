import { Failure } from '../contract/failure.ts';

/** Explains that not even the last message fits into the context. */
export function promptTooLong(tokens: number, room: number, contextSize: number): Failure {
	return new Failure({
		code: 'prompt-too-long',
		message: `This message needs ${tokens} tokens, and a context of ${contextSize} has room for ${room} beside the answer.`,
		next: ['Shorten the message', 'Load the model with a larger context'],
	});
}

/** Explains that a base model can't chat. */
export function noChatTemplate(name: string): Failure {
	return new Failure({
		code: 'no-chat-template',
		message: `${name} is a base model, not trained to chat: its file holds no chat template.`,
		next: ['Choose an instruction-tuned ("instruct" or "chat") version of the model'],
	});
}
