import { failureOf } from '../connection/failure.ts';
import { openNewRun } from '../evaluation/open-new-run.ts';
import type { Services } from '../services.ts';

/** What a conversation's system prompt becomes as a prompt: the person's message is the sample's input. */
const template = '{{input}}';

/**
 * From chat to Evaluate: the prompt that says this system prompt already, else a new one named after where it came from,
 * and the form of a new run with it.
 */
export async function evaluateSystemPrompt(services: Services, system: string, title: string): Promise<void> {
	const { prompts, toasts } = services;
	try {
		await prompts.refresh();
		const known = prompts.state
			.getState()
			.prompts.find(({ latest }) => latest.system === system && latest.template === template && latest.example === '');
		const prompt = known ?? (await prompts.create(freeName(services, title), { system, template, example: '' }));
		if (known === undefined) toasts.show({ text: `Kept as the prompt “${prompt.name}”` });
		openNewRun(services, { promptVersionId: prompt.latest.id });
	} catch (error) {
		toasts.fail(failureOf(error).message);
	}
}

/** The title, with a number behind it where a prompt has that name. */
function freeName({ prompts }: Pick<Services, 'prompts'>, title: string): string {
	const name = title.trim().slice(0, 180) || 'From chat';
	const taken = new Set(prompts.state.getState().prompts.map((prompt) => prompt.name.toLowerCase()));
	for (let number = 1; ; number += 1) {
		const tried = number === 1 ? name : `${name} ${number}`;
		if (!taken.has(tried.toLowerCase())) return tried;
	}
}
