import type { ConversationContext } from '../conversation/context.ts';
import { followAnswer, stopAnswer } from '../conversation/follow-answer.ts';
import { startTemporaryAnswer } from '../conversation/start-temporary.ts';
import type { Implementer } from './implementer.ts';

export function generationHandlers(os: Implementer, context: ConversationContext) {
	const { generations } = os;
	return {
		startTemporary: generations.startTemporary.handler(({ input }) => ({ id: startTemporaryAnswer(context, input) })),
		// A plain function that returns the stream: an unknown id fails the call, not the first reading.
		subscribe: generations.subscribe.handler(({ input, signal }) => followAnswer(context, input.id, signal)),
		stop: generations.stop.handler(async ({ input }) => ({ stopped: await stopAnswer(context, input.id) })),
	};
}
