import type { Score, Scorer } from '../../../contract/evaluation/scorer.ts';
import { rightIf, type ScoreInput, scored, unscored } from '../score-outcome.ts';
import { instructionChecks } from './checks.ts';
import { type Instruction, instructionsOf } from './instructions.ts';
import { isBlank, strip } from './python-text.ts';

type Ifeval = Extract<Scorer, { kind: 'ifeval' }>;

/** Scores a response by the instructions in its sample's metadata: all of them, or the share that it follows. */
export async function scoreIfeval({ mode, level }: Ifeval, { sample, output }: ScoreInput): Promise<Score> {
	const instructions = instructionsOf(sample);
	if (instructions.length === 0)
		return unscored('The sample has no instruction_id_list, so there is nothing to check.');
	const results = await Promise.all(
		instructions.map(async (instruction) => ({
			...instruction,
			followed: await followed(instruction, output, mode),
		})),
	);
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

/** null: the instruction is not one of the 25, or lacks its arguments. An empty response follows none. */
async function followed({ id, args }: Instruction, output: string, mode: Ifeval['mode']): Promise<boolean | null> {
	const check = Object.hasOwn(instructionChecks, id) ? instructionChecks[id] : undefined;
	if (check === undefined) return null;
	const responses = mode === 'strict' ? [output] : looseVariants(output);
	let known = false;
	for (const response of responses) {
		const result = await check(response, args);
		if (result !== null) known = true;
		if (result === true && !isBlank(response)) return true;
	}
	return known ? false : null;
}

/** The response in full, and without its first line, last line or both; each of these also without asterisks. */
function looseVariants(output: string): readonly string[] {
	const lines = output.split('\n');
	const cut = [
		output,
		...[lines.slice(1), lines.slice(0, -1), lines.slice(1, -1)].map((part) => strip(part.join('\n'))),
	];
	return [...cut, ...cut.map((text) => text.replaceAll('*', ''))];
}
