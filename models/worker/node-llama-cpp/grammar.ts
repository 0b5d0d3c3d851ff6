import type { LlamaGrammarEvaluationState, LlamaModel } from 'node-llama-cpp';
import { grammarInvalid } from '../../native/grammar-failures.ts';

/** Creates the state of a GBNF grammar for one answer. Throws Failure `grammar-invalid`. */
export async function createGrammar(model: LlamaModel, grammar: string): Promise<LlamaGrammarEvaluationState> {
	const nodeLlamaCpp = await import('node-llama-cpp');
	try {
		const parsed = await model.llama.createGrammar({ grammar });
		return new nodeLlamaCpp.LlamaGrammarEvaluationState({ model, grammar: parsed });
	} catch (error) {
		throw grammarInvalid(error instanceof Error ? error.message : String(error));
	}
}
