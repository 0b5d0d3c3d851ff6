import { expect, test } from 'vitest';
import { applyPrompt } from '../../../electron/prompt/message-prompt.ts';
import { createPrompt } from '../../../electron/prompt/prompts.ts';
import { setUp } from './setup.ts';

const rows = [
	{
		key: 'a',
		input: 'My card is lost',
		target: 'account',
		choices: ['account', 'billing'],
		variables: { mood: 'sad' },
	},
	{ key: 'c', input: 'Where is my parcel?', target: 'shipping', split: 'examples', variables: { why: 'A parcel.' } },
	{ key: 'd', input: 'I was charged twice', target: 'billing', split: 'examples', variables: { why: 'A charge.' } },
];

const fewShot = { kind: 'few-shot', shots: 2, pick: 'first', answer: '{{why}} So {{target}}' };

/** Runs one prompt with one technique and returns the arm as a chat can use it, and what the run gave the model. */
async function used(content: { system?: string; template: string; example?: string }, technique: object, more = {}) {
	const { context, evaluations, config, database, events, ended } = setUp(rows);
	const { latest } = createPrompt(
		{ database, events, clock: () => 1 },
		{ system: '', example: '', description: '', note: '', name: 'Ticket B', ...content },
	);
	const { id } = await evaluations.start(config({ promptVersionIds: [latest.id], techniques: [technique], ...more }));
	const [arm] = (await ended(id)).arms;
	const use = evaluations.chatUse(arm?.id ?? 0);
	const [answer] = evaluations.row([arm?.id ?? 0], 0, 0).answers;
	return { use, turns: answer?.turns ?? [], latest, context };
}

test.each([
	['few-shot', { system: 'Sort tickets.', template: 'Ticket: {{input}}\nTopic:' }, fewShot],
	[
		'examples in the system prompt',
		{ system: 'As here:\n{{examples}}', template: '{{input}}', example: '{{input}} {{target}}' },
		fewShot,
	],
	['chain of thought', { template: 'Q: {{input}}' }, { kind: 'chain-of-thought' }],
	['the question alone', { template: '{{input}}' }, { kind: 'zero-shot' }],
])('a chat gives a message what the run gave the sample: %s', async (_, content, technique) => {
	const { use, turns, latest } = await used(content, technique, { contextSize: 1024 });
	expect(use).toMatchObject({ differences: [], temperature: null, contextSize: 1024 });
	expect(use.prompt).toMatchObject({ name: 'Ticket B', number: 1, versionId: latest.id });
	const { before, write } = applyPrompt(use.prompt);
	expect([
		...(use.systemPrompt === '' ? [] : [{ role: 'system', content: use.systemPrompt }]),
		...before.map(({ role, content: text }) => ({ role, content: text })),
		{ role: 'user', content: write('My card is lost') },
	]).toEqual(turns);
});

test('self-consistency is used as one answer at its temperature, and that is said', async () => {
	const technique = { kind: 'self-consistency', k: 3, temperature: 0.9 };
	const { use } = await used({ template: '{{input}}' }, technique);
	expect(use).toMatchObject({ temperature: 0.9, differences: [{ kind: 'votes', k: 3 }] });
	expect(use.prompt?.technique.kind).toBe('chain-of-thought');
});

test.each([
	[{ kind: 'columns', names: ['mood'] }, { template: '{{mood}}: {{input}}' }, { kind: 'zero-shot' }],
	[{ kind: 'choices' }, { template: '{{input}}' }, { kind: 'choice-letter' }],
	[{ kind: 'likelihood' }, { template: '{{input}}' }, { kind: 'choice-likelihood' }],
	[{ kind: 'system' }, { system: 'Be {{mood}}.', template: '{{input}}' }, { kind: 'zero-shot' }],
])('what a chat can’t do is said, and no prompt is used: %o', async (difference, content, technique) => {
	const choice = technique.kind.startsWith('choice') ? { scorers: [{ kind: 'choice' }] } : {};
	const { use } = await used(content, technique, choice);
	expect(use).toMatchObject({ prompt: null, systemPrompt: '', differences: [difference] });
});
