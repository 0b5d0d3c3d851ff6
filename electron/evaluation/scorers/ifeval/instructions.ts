import type { PromptSample } from '../../../contract/prompt/prompt.ts';
import type { Arguments } from './arguments.ts';

// Apart from the checks: what only counts instructions need not load what tells languages (0.2 s and 30 MB).

export interface Instruction {
	readonly id: string;
	readonly args: Arguments;
}

/** The instructions in a sample's metadata, in the form of IFEval's data set. */
export function instructionsOf({ metadata }: PromptSample): Instruction[] {
	const { instruction_id_list: ids, kwargs } = metadata;
	if (!Array.isArray(ids)) return [];
	return ids.map((id, index) => {
		const args: unknown = Array.isArray(kwargs) ? kwargs[index] : null;
		return { id: String(id), args: typeof args === 'object' && args !== null ? (args as Arguments) : {} };
	});
}

/** How many instructions a sample has: the weight of its share where all are pooled. */
export function instructionCount(sample: Pick<PromptSample, 'metadata'>): number {
	const { instruction_id_list: ids } = sample.metadata;
	return Array.isArray(ids) ? ids.length : 0;
}
