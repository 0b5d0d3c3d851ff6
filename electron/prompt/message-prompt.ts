import { Failure } from '../../models/contract/failure.ts';
import type { PromptTurn } from '../../models/contract/generation.ts';
import { list, type Said, said } from '../../models/contract/said.ts';
import type { MessagePrompt } from '../contract/conversation/schema.ts';
import { createMessageWriter, type MessageWriter } from './build-request.ts';
import { compilePrompt } from './compile-prompt.ts';

/** Why a prompt can't be applied to messages that a person writes. */
export type MessageObstacle =
	/** It shows columns that only samples have. */
	| { readonly kind: 'columns'; readonly names: readonly string[] }
	/** It shows choices, or is answered with the letter of one. */
	| { readonly kind: 'choices' }
	/** Nothing is generated: choices are rated. */
	| { readonly kind: 'likelihood' }
	/** The message would not be part of what the model gets. */
	| { readonly kind: 'no-input' };

type Applied = Pick<MessagePrompt, 'template' | 'example' | 'technique'>;

/** Returns why the prompt can't be applied to messages; null: it can. Throws the Failures of an invalid template. */
export function messageObstacle({ template, example, technique }: Applied): MessageObstacle | null {
	if (technique.kind === 'choice-likelihood') return { kind: 'likelihood' };
	const { variables } = compilePrompt({ system: '', template, example });
	if (technique.kind === 'choice-letter' || variables.includes('choices')) return { kind: 'choices' };
	const columns = variables.filter((name) => name !== 'input');
	if (columns.length > 0) return { kind: 'columns', names: columns };
	return variables.includes('input') ? null : { kind: 'no-input' };
}

/** Throws Failure `prompt-not-for-chat`, and those of an invalid template or example. */
export function assertApplies(prompt: MessagePrompt): void {
	const obstacle = messageObstacle(prompt);
	if (obstacle !== null) {
		throw new Failure({
			code: 'prompt-not-for-chat',
			message: said`The prompt “${prompt.name}” can’t be applied to messages: ${words(obstacle)}.`,
			next: [said`Choose a prompt whose only variable is {{input}}`, said`Evaluate it on a dataset instead`],
		});
	}
	writerOf(prompt);
}

function words(obstacle: MessageObstacle): Said {
	switch (obstacle.kind) {
		case 'columns':
			return said`it uses ${list(
				obstacle.names.map((name) => `{{${name}}}`),
				'comma',
			)}, which only a dataset has`;
		case 'choices':
			return said`it needs the choices of a sample`;
		case 'likelihood':
			return said`its technique generates no text`;
		case 'no-input':
			return said`it has no {{input}}, so the model would not get the message`;
	}
}

function writerOf({ template, example, technique, examples }: MessagePrompt): MessageWriter {
	return createMessageWriter({ version: { system: '', template, example }, technique, examples });
}

/** How a conversation's messages are given to the model. */
export interface AppliedPrompt {
	/** The examples, before the first message. */
	readonly before: readonly PromptTurn[];
	/** A message as the model gets it. */
	write(text: string): string;
}

/** Returns how messages are given to the model; without a prompt, as they are. */
export function applyPrompt(prompt: MessagePrompt | null | undefined): AppliedPrompt {
	if (prompt === null || prompt === undefined) return { before: [], write: (text) => text };
	const { turns, write } = writerOf(prompt);
	return { before: turns.map((turn) => ({ ...turn, keep: true as const })), write };
}
