import { leadingTokensLeftOut, reservedAnswerTokens } from '../../models/prompt/context-overflow.ts';
import type { PageTokens } from '../contract/writing/schema.ts';
import { chooseModel } from '../conversation/choose-model.ts';
import { estimateTokens } from '../conversation/count-tokens.ts';
import type { WritingContext } from './context.ts';

/** Assumed context of a model that is not loaded, in tokens: what 'auto' chooses if memory allows. */
const usualContextSize = 8_192;

/**
 * Counts the tokens of a page around the cursor. Loads nothing: unless the model is in memory, the numbers are
 * estimates. Throws Failure `no-model`, `model-unknown`.
 */
export async function countPageTokens(
	{ models, log }: WritingContext,
	{
		modelFileId,
		before,
		after,
	}: { readonly modelFileId: number | null; readonly before: string; readonly after: string },
): Promise<PageTokens> {
	const model = chooseModel(models, null, modelFileId);
	const engine = models.loaded(model.id);
	let counted: { before: number; total: number } | null = null;
	if (engine !== null) {
		try {
			const tokens = (await engine.tokenize(before)).length;
			const whole = after === '' ? tokens : (await engine.tokenize(before + after)).length;
			counted = { before: tokens, total: whole };
		} catch (error) {
			// For example, the model was unloaded meanwhile.
			log(`writing: the page was estimated, not counted: ${String(error)}`);
		}
	}
	const contextSize =
		engine?.capabilities().contextSize ?? Math.min(usualContextSize, model.contextLength ?? usualContextSize);
	const room = reservedAnswerTokens(contextSize);
	const numbers = counted ?? { before: estimateTokens(before), total: estimateTokens(before + after) };
	return {
		exact: counted !== null,
		contextSize,
		answerRoom: room,
		total: numbers.total,
		before: numbers.before,
		// The start token takes one.
		sent: numbers.before - leadingTokensLeftOut(numbers.before, contextSize - room - 1),
	};
}
