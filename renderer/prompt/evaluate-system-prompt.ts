import type { MessagePrompt } from '../../electron/contract/conversation/schema.ts';
import { toFailure } from '../connection/failure.ts';
import { openNewRun } from '../evaluation/run-actions.ts';
import { t } from '../messages/t.ts';
import type { Services } from '../services.ts';
import { rememberProvisional } from './provisional-prompt.ts';

/** Template for a conversation's system prompt: the user's message is the sample's input. */
const template = '{{input}}';

/** Longest prompt name taken from a system prompt, in characters. */
const maxNamed = 48;

/**
 * Goes from chat to Evaluate: finds the prompt with this system prompt, or creates one, and opens the form of a new run
 * with it. A created one stays only if a run uses it. The prompt is named after its own first words, because a conversation's title tells what was asked once, not
 * how it is answered.
 */
export async function evaluateSystemPrompt(
	services: Services,
	system: string,
	applied: MessagePrompt | null,
): Promise<void> {
	const { prompts, toasts } = services;
	// The prompt that is applied to messages was evaluated before: this is the version to go on with.
	if (applied !== null) return openNewRun(services, { promptVersionId: applied.versionId });
	try {
		await prompts.refresh();
		const known = prompts.state
			.getState()
			.prompts.find(({ latest }) => latest.system === system && latest.template === template && latest.example === '');
		const prompt =
			known ?? (await prompts.create(freeName(services, suggestPromptName(system)), { system, template, example: '' }));
		openNewRun(services, { promptVersionId: prompt.latest.id });
		if (known === undefined) {
			rememberProvisional(sessionStorage, { promptId: prompt.id, versionId: prompt.latest.id });
		}
	} catch (error) {
		toasts.fail(toFailure(error).message);
	}
}

/** Suggests the first sentence or line as the name, cut between words: "Answer with exactly one word". */
export function suggestPromptName(system: string): string {
	const [first = ''] = system.trim().split(/(?<=\p{L}{2}[.!?…])\s|\n/u);
	const plain = first
		.replace(/\s+/g, ' ')
		.replace(/[.:,;]+$/, '')
		.trim();
	if (plain.length <= maxNamed) return plain || t('From chat');
	const cut = plain.slice(0, maxNamed + 1).replace(/\s+\S*$/, '');
	return `${cut.slice(0, maxNamed).toWellFormed()}…`;
}

/** Returns the name, with a number appended if a prompt already has it. */
function freeName({ prompts }: Pick<Services, 'prompts'>, name: string): string {
	const taken = new Set(prompts.state.getState().prompts.map((prompt) => prompt.name.toLowerCase()));
	for (let number = 1; ; number += 1) {
		const tried = number === 1 ? name : `${name} ${number}`;
		if (!taken.has(tried.toLowerCase())) return tried;
	}
}
