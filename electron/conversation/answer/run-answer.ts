import { type FailureFacts, failureFacts } from '../../../models/contract/failure.ts';
import type { ConversationContext } from '../context.ts';
import { setGenerationEngine } from '../store/generations.ts';
import { createChunkWriter } from './chunk-writer.ts';
import { finishAnswer } from './finish-answer.ts';
import type { LiveAnswer } from './live-answer.ts';
import { type AnswerRequest, writeAnswer } from './write-answer.ts';

/** Has the answer written and stores how it ended. Never rejects: whatever goes wrong becomes the answer's failure. */
export async function runAnswer(context: ConversationContext, answer: LiveAnswer, asked: AnswerRequest): Promise<void> {
	const unsaved: FailureFacts[] = [];
	const chunks = createChunkWriter(context.database, answer.ids.messageId, (error) => {
		context.log(`conversation: text of answer ${answer.ids.messageId} could not be saved: ${String(error)}`);
		unsaved.push(failureFacts(error));
		answer.stop();
	});
	const outcome = await writeAnswer(context, answer, asked, {
		engine: (engine) => setGenerationEngine(context.database, answer.ids.generationId, engine.capabilities()),
		text: (text) => chunks.add(text),
	});
	chunks.stop();
	const [failure] = unsaved;
	finishAnswer(context, answer, failure === undefined ? outcome : { ...outcome, status: 'failed', failure });
}
