import type { Score, Scorer } from '../../../contract/evaluation/scorer.ts';
import type { PromptSample } from '../../../contract/prompt/prompt.ts';
import { rightIf, type ScoreInput, scored, unscored } from '../marked.ts';
import { type Arguments, instructionChecks } from './checks.ts';
import { isBlank, strip } from './python.ts';

type Ifeval = Extract<Scorer, { kind: 'ifeval' }>;

interface Instruction {
	readonly id: string;
	readonly args: Arguments;
}

/** Marks a response by the instructions in its sample's metadata: all of them, or the share that is followed. */
export function scoreIfeval({ mode, level }: Ifeval, { sample, output }: ScoreInput): Score {
	const instructions = instructionsOf(sample);
	if (instructions.length === 0)
		return unscored('The sample has no instruction_id_list, so there is nothing to check.');
	const results = instructions.map((instruction) => ({
		...instruction,
		followed: followed(instruction, output, mode),
	}));
	const unknown = results.find((result) => result.followed === null);
	if (unknown !== undefined)
		return unscored(`The instruction ${unknown.id} is not known, or its arguments are missing.`);
	const broken = results.filter((result) => !result.followed).map(({ id }) => id);
	const words =
		broken.length === 0
			? `All ${results.length} instructions are followed.`
			: `${results.length - broken.length} of ${results.length} instructions are followed; not ${broken.join(', ')}.`;
	return level === 'prompt'
		? rightIf(broken.length === 0, words)
		: scored((results.length - broken.length) / results.length, words);
}

/** How many instructions a sample has: the weight of its share where all are pooled. */
export function instructionCount(sample: Pick<PromptSample, 'metadata'>): number {
	const { instruction_id_list: ids } = sample.metadata;
	return Array.isArray(ids) ? ids.length : 0;
}

function instructionsOf({ metadata }: PromptSample): Instruction[] {
	const { instruction_id_list: ids, kwargs } = metadata;
	if (!Array.isArray(ids)) return [];
	return ids.map((id, index) => {
		const args: unknown = Array.isArray(kwargs) ? kwargs[index] : null;
		return { id: String(id), args: typeof args === 'object' && args !== null ? (args as Arguments) : {} };
	});
}

/** null: an instruction that is not one of the 25, or lacks its arguments. An empty response follows none. */
function followed({ id, args }: Instruction, output: string, mode: Ifeval['mode']): boolean | null {
	const check = Object.hasOwn(instructionChecks, id) ? instructionChecks[id] : undefined;
	if (check === undefined) return null;
	const responses = mode === 'strict' ? [output] : looseVariants(output);
	let known = false;
	for (const response of responses) {
		const result = check(response, args);
		if (result !== null) known = true;
		if (result === true && !isBlank(response)) return true;
	}
	return known ? false : null;
}

/** The response; without its first line, last line, or both; and all of these without asterisks. */
function looseVariants(output: string): readonly string[] {
	const lines = output.split('\n');
	const cut = [
		output,
		...[lines.slice(1), lines.slice(0, -1), lines.slice(1, -1)].map((part) => strip(part.join('\n'))),
	];
	return [...cut, ...cut.map((text) => text.replaceAll('*', ''))];
}
