import type { PromptSample } from '../../../contract/prompt/schema.ts';

// Separate from the checks, so that counting instructions does not load them.

export interface Instruction {
	readonly id: string;
	readonly args: Arguments;
}

/** Reads the instructions in a sample's metadata, in the format of IFEval's dataset. */
export function instructionsOf({ metadata }: PromptSample): Instruction[] {
	const { instruction_id_list: ids, kwargs } = metadata;
	if (!Array.isArray(ids)) return [];
	return ids.map((id, index) => {
		const args: unknown = Array.isArray(kwargs) ? kwargs[index] : null;
		return { id: String(id), args: typeof args === 'object' && args !== null ? (args as Arguments) : {} };
	});
}

/** The number of instructions in a sample: the weight of its share when all are pooled. */
export function instructionCount(sample: Pick<PromptSample, 'metadata'>): number {
	const { instruction_id_list: ids } = sample.metadata;
	return Array.isArray(ids) ? ids.length : 0;
}

/** Arguments of an instruction, as in the dataset. */
type Arguments = Readonly<Record<string, unknown>>;

/** Whether a response follows an instruction; null if the arguments do not say what to check. */
export type Check = (response: string, args: Arguments) => boolean | null | Promise<boolean>;

export function numberOf(args: Arguments, name: string): number | null {
	const value = args[name];
	return typeof value === 'number' && Number.isFinite(value) && value !== 0 ? value : null;
}

export function textOf(args: Arguments, name: string): string | null {
	const value = args[name];
	return typeof value === 'string' && value !== '' ? value : null;
}

export function textsOf(args: Arguments, name: string): readonly string[] | null {
	const value = args[name];
	return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string') ? value : null;
}

/** Applies 'less than' or 'at least', the two relations of IFEval; null for a missing number or another relation. */
export function compareCount(count: number, args: Arguments, wanted: string, relation = 'relation'): boolean | null {
	const limit = numberOf(args, wanted);
	const word = textOf(args, relation);
	if (limit === null) return null;
	if (word === 'less than') return count < limit;
	return word === 'at least' ? count >= limit : null;
}
