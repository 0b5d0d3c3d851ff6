import { z } from 'zod';
import { defineTool } from '../tool.ts';
import { modelField } from './model-input.ts';

export const scoreChoices = defineTool({
	name: 'score_choices',
	title: 'Score choices',
	description:
		'Returns how likely a local model finds each of some answers to a question: exact log-probabilities, nothing is generated. For classification and multiple choice.',
	scope: 'inference',
	input: z.object({
		model: modelField,
		question: z.string().max(1_000_000),
		choices: z.array(z.string().min(1).max(100_000)).min(2).max(100),
		system: z.string().max(1_000_000).default(''),
		raw: z.boolean().default(false).describe('Continue the question as plain text, without the chat template'),
	}),
	output: z.object({
		model: z.string(),
		best: z.string().describe('The most likely choice'),
		best_per_byte: z.string().describe('The most likely one where length does not count'),
		choices: z.array(
			z.object({
				text: z.string(),
				log_likelihood: z.number().describe('Nats'),
				tokens: z.int(),
				probability: z.number().describe('Share among these choices'),
			}),
		),
	}),
	annotations: { readOnlyHint: true, openWorldHint: false },
	async run({ model, question, choices, system, raw }, { client, signal, report }) {
		report(0, null, 'Scoring');
		const scored = await client.server.scoreChoices(
			{ ...(model === '' ? {} : { model }), question, choices, systemPrompt: system, raw },
			{ signal },
		);
		return {
			model: scored.modelName,
			best: choices[scored.best] ?? '',
			best_per_byte: choices[scored.bestPerByte] ?? '',
			choices: scored.choices.map(({ text, logLikelihood, tokens, probability }) => ({
				text,
				log_likelihood: logLikelihood,
				tokens,
				probability,
			})),
		};
	},
});
