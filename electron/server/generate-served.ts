import { Failure } from '../../models/contract/failure.ts';
import type { GenerateRequest, GenerationResult, Turn } from '../../models/contract/generation.ts';
import type { Engine } from '../../models/engine.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import type { ServerContext } from './context.ts';

export interface ServedRequest extends GenerateRequest {
	readonly model: ModelFile;
}

/** What happens to a request, in order. `progress` says what is waited for, in a few words. */
export type ServedEvent =
	| { readonly type: 'progress'; readonly words: string }
	/** Before the first text. */
	| { readonly type: 'prompt'; readonly promptTokens: number; readonly opensReasoning: boolean }
	| { readonly type: 'text'; readonly text: string }
	| { readonly type: 'done'; readonly result: GenerationResult };

/**
 * Loads the model if necessary and generates one answer, in the same queue and with the same prefix cache as chat; for
 * measurements it counts as a chat answer. Throws a Failure: what loading throws, `prompt-too-long`, `worker-crashed`, ….
 */
export async function* generateServed(
	{ library, beginAnswer }: Pick<ServerContext, 'library' | 'beginAnswer'>,
	{ model, ...request }: ServedRequest,
	signal: AbortSignal,
): AsyncGenerator<ServedEvent> {
	const end = beginAnswer();
	try {
		if (library.loaded(model.id) === null) yield { type: 'progress', words: 'loading the model' };
		const engine = await library.acquire(model.id, {}, { signal });
		await requireRoom(engine, request.turns);
		for await (const event of engine.generate(request, signal)) {
			switch (event.type) {
				case 'queued':
					yield { type: 'progress', words: 'waiting for other answers' };
					break;
				case 'prompt': {
					const { processed, total, droppedTurns, opensReasoning } = event;
					if (droppedTurns > 0) throw tooLong(total, engine.capabilities().contextSize);
					yield { type: 'progress', words: `prompt ${processed}/${total}` };
					yield { type: 'prompt', promptTokens: total, opensReasoning };
					break;
				}
				case 'tokens':
					yield { type: 'text', text: event.text };
					break;
				case 'done':
					yield { type: 'done', result: event.result };
					break;
				case 'failed':
					throw new Failure(event.failure);
			}
		}
	} finally {
		end();
	}
}

/** Tokens that a chat template adds to a turn, at most, and to the whole. */
const templateTokens = { turn: 32, whole: 512 };

/** A client is told when its messages don't fit: they are never cut silently. Throws Failure `prompt-too-long`. */
async function requireRoom(engine: Engine, turns: readonly Turn[]): Promise<void> {
	// Tokens and texts to continue were counted before.
	if (turns.length === 0) return;
	const { contextSize } = engine.capabilities();
	// A token has at least one byte, so few bytes need no counting, which would delay the first token.
	const most = turns.reduce((sum, { content }) => sum + Buffer.byteLength(content) + templateTokens.turn, 0);
	if (most + templateTokens.whole < contextSize) return;
	const { total, droppedTurns, excess } = await engine.countTokens({ turns: [...turns], texts: [] });
	if (droppedTurns > 0 || excess > 0) throw tooLong(total, contextSize);
}

function tooLong(promptTokens: number, contextSize: number): Failure {
	return new Failure({
		code: 'prompt-too-long',
		message: `The messages have ${promptTokens} tokens; the context has ${contextSize}.`,
		next: ['Send fewer or shorter messages', 'Give the model a larger context in Assay, under Models'],
	});
}
