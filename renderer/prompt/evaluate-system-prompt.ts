import { toFailure } from '../connection/failure.ts';
import { openNewRun } from '../evaluation/run-actions.ts';
import type { Services } from '../services.ts';

/** What a conversation's system prompt becomes as a prompt: the person's message is the sample's input. */
const template = '{{input}}';

/** Characters of a system prompt that name what is kept of it. */
const maxNamed = 48;

/**
 * From chat to Evaluate: the prompt that says this system prompt already, else a new one, and the form of a new run with
 * it. It is called by its own first words: the conversation's title says what was asked once, not how it is answered.
 */
export async function evaluateSystemPrompt(services: Services, system: string): Promise<void> {
	const { prompts, toasts } = services;
	try {
		await prompts.refresh();
		const known = prompts.state
			.getState()
			.prompts.find(({ latest }) => latest.system === system && latest.template === template && latest.example === '');
		const prompt =
			known ?? (await prompts.create(freeName(services, suggestPromptName(system)), { system, template, example: '' }));
		if (known === undefined) toasts.show({ text: `Kept as the prompt “${prompt.name}”` });
		openNewRun(services, { promptVersionId: prompt.latest.id });
	} catch (error) {
		toasts.fail(toFailure(error).message);
	}
}

/** Its first sentence or line, cut between words: "Answer with exactly one word". */
export function suggestPromptName(system: string): string {
	const [first = ''] = system.trim().split(/(?<=\p{L}{2}[.!?…])\s|\n/u);
	const plain = first
		.replace(/\s+/g, ' ')
		.replace(/[.:,;]+$/, '')
		.trim();
	if (plain.length <= maxNamed) return plain || 'From chat';
	const cut = plain.slice(0, maxNamed + 1).replace(/\s+\S*$/, '');
	return `${cut.slice(0, maxNamed).toWellFormed()}…`;
}

/** The name, with a number behind it where a prompt has it already. */
function freeName({ prompts }: Pick<Services, 'prompts'>, name: string): string {
	const taken = new Set(prompts.state.getState().prompts.map((prompt) => prompt.name.toLowerCase()));
	for (let number = 1; ; number += 1) {
		const tried = number === 1 ? name : `${name} ${number}`;
		if (!taken.has(tried.toLowerCase())) return tried;
	}
}
