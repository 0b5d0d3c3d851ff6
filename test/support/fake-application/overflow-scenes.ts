import type { Page } from 'playwright-core';
import type { OverflowPolicy, OverflowUse, Summary } from '../../../electron/contract/conversation/overflow.ts';
import { buildLedger } from '../fixtures/ledger.ts';
import { addMessage, generationFacts, minute } from './data.ts';
import { type FakeApplication, noOptions } from './fake-application.ts';
import { type Scene, withHistory } from './scene.ts';

const words = [
	'Ada plans a talk about light and distance for 14 March, 45 minutes, for a class of sixteen-year-olds.',
	'Agreed: Mercury is left out; distances are given in light minutes, one digit. Mars is 3.1 to 22.3 minutes.',
	'Still open: a demonstration that needs no electricity, and whether the Moon belongs in the table.',
].join('\n\n');

const exchanges = [
	['Does the Moon belong in the table?', 'It is 1.3 light seconds away, so a row in light minutes would read 0.02.'],
	['What could I show without electricity?', 'A candle, a mirror and a stopwatch show why light needs a better clock.'],
	['How do I begin the talk?', 'With a question: how old is the light that you see now? Then ask for guesses.'],
] as const;

const summarised = {
	kinds: [
		{ kind: 'summary' as const, tokens: 148, cached: 148, buildMs: 1, readMs: 0 },
		{ kind: 'history' as const, tokens: 612, cached: 580, buildMs: 0, readMs: 9 },
	],
	leftOut: [
		{
			kind: 'history' as const,
			title: '24 older messages',
			reason: 'The summary takes their place (version 3)',
			tokens: null,
		},
	],
} as const;

/** A conversation that outgrew the context. */
function overflowing(fake: FakeApplication, policy: OverflowPolicy): string {
	const { conversationId: id, questionId } = withHistory(fake);
	fake.data.settings = { ...fake.data.settings, inspectorOpen: false };
	fake.data.options.set(id, { ...noOptions, overflow: policy });
	const answers = [...fake.data.messages.values()].filter(({ parentId }) => parentId === questionId);
	const untilId = answers.at(-1)?.id ?? questionId;
	const first = addMessage(fake.data, id, { content: exchanges[0][0] });
	const summary = { id: 3, number: 3, untilId, messages: 24 };
	const use: OverflowUse = {
		policy,
		firstSentId: first.id,
		leftOut: policy === 'summary' ? 0 : 24,
		summary: policy === 'summary' ? summary : null,
	};
	for (const [index, [question, answer]] of exchanges.entries()) {
		if (index > 0) addMessage(fake.data, id, { content: question });
		addMessage(fake.data, id, {
			role: 'assistant',
			content: answer,
			generation: generationFacts(),
			ledger: ledgerFor(use),
		});
	}
	if (policy !== 'summary') return `/chat/${id}`;
	const version = (number: number, changes: Partial<Summary>): Summary => ({
		id: number,
		conversationId: id,
		number,
		text: words,
		untilId,
		messages: 24,
		writtenBy: 'model',
		modelName: 'Qwen2.5 1.5B Instruct',
		createdAt: Date.now() - (4 - number) * 9 * minute,
		onBranch: true,
		...changes,
	});
	fake.data.summaries.set(id, {
		policy,
		versions: [
			version(3, {}),
			version(2, { writtenBy: 'person', modelName: '', text: `${words}\n\nThe class knows Galileo.` }),
			version(1, { text: words.slice(0, 101), messages: 12 }),
		],
		activeId: 3,
		making: null,
	});
	return `/chat/${id}`;
}

function ledgerFor(use: OverflowUse) {
	const { parts } = buildLedger();
	if (use.summary === null) {
		const past = { kind: 'past' as const, tokens: 96, cached: 0, buildMs: 4, readMs: 12 };
		return buildLedger({
			parts: parts.map((part) => (part.kind === 'documents' ? past : part)),
			leftOut: [
				{ kind: 'history', title: `${use.leftOut} older messages`, reason: 'The context is full', tokens: null },
			],
			overflow: use,
		});
	}
	return buildLedger({
		parts: parts.flatMap((part) =>
			part.kind === 'documents' ? [] : part.kind === 'history' ? [...summarised.kinds] : [part],
		),
		leftOut: [...summarised.leftOut],
		overflow: use,
	});
}

async function openSummary(page: Page): Promise<void> {
	await page
		.getByRole('region', { name: 'Where the context begins' })
		.getByRole('button', { name: 'Read or edit' })
		.click();
	await page.getByRole('dialog').getByRole('textbox').waitFor();
	await page.waitForTimeout(300);
}

export const overflowScenes: Record<string, Scene> = {
	'chat-overflow-drop': { prepare: (fake) => overflowing(fake, 'drop') },
	'chat-overflow-retrieve': { prepare: (fake) => overflowing(fake, 'retrieve') },
	'chat-overflow-summary': { prepare: (fake) => overflowing(fake, 'summary') },
	'chat-summary': { prepare: (fake) => overflowing(fake, 'summary'), act: openSummary },
	'chat-summary-making': {
		prepare: (fake) => overflowing(fake, 'summary'),
		async act(page) {
			await openSummary(page);
			await page.getByRole('dialog').getByRole('button', { name: 'Make again' }).click();
			await page.getByRole('progressbar', { name: 'Progress of the summary' }).waitFor();
		},
	},
	'chat-overflow-settings': {
		prepare(fake) {
			const route = overflowing(fake, 'summary');
			fake.data.settings = { ...fake.data.settings, inspectorOpen: true };
			return route;
		},
	},
};
