import { Failure } from '../../../models/contract/failure.ts';

/** Somebody unloaded the model, or ended the application, while others waited for it. */
export function loadCancelled(): Failure {
	return new Failure({
		code: 'load-cancelled',
		message: 'Loading the model was cancelled.',
		next: ['Load the model again'],
	});
}

export function modelBusy(): Failure {
	return new Failure({
		code: 'model-busy',
		message: 'The model is answering right now.',
		next: ['Stop the answer, then unload the model', 'Wait until it has ended'],
	});
}
