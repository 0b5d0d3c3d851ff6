import type { MessageFeedback } from '../../../electron/contract/feedback/schema.ts';
import { addConversation, addMessage, generationFacts, minute } from './data.ts';
import type { FakeApplication } from './fake-application.ts';
import { entry, nothingSaid } from './feedback-handlers.ts';
import { day, type Scene, withHistory } from './scene.ts';

const prompts: readonly [prompt: string, answer: string, said: Partial<MessageFeedback>, quantization?: string][] = [
	[
		'How many light minutes is it to Mars when it is closest?',
		'About 14.2 light minutes.',
		{
			rating: 'down',
			tags: ['wrong-fact'],
			comment: 'That is the mean distance.',
			correction: 'About 3.0 light minutes.',
		},
	],
	[
		'Write a haiku about the sea in winter',
		'Grey waves fold and rest,\nsalt wind over empty sand,\ngulls write on the cold.',
		{ rating: 'up' },
		'F16',
	],
	[
		'Summarise the minutes in three points',
		'The meeting opened at nine. Then …',
		{ rating: 'down', tags: ['too-long', 'did-not-follow'] },
	],
	['Translate “guten Rutsch” into English', 'Happy New Year.', { rating: 'up', tags: ['idiomatic'] }, 'F16'],
	['Which of the two is the safer default?', 'The second.', { correction: 'The first: it fails closed.' }],
	['Explain a hash map to a child', 'Imagine a wall of numbered boxes …', { rating: 'up' }, 'F16'],
	['Is 391 a prime number?', 'Yes, 391 is a prime number.', { rating: 'down', tags: ['wrong-fact'] }],
	['Name three rivers in Spain', 'Ebro, Tajo, Guadalquivir.', { rating: 'up' }],
	['Turn this list into JSON', '{"items": ["a", "b"]}', { rating: 'up' }, 'F16'],
	['Fix the off-by-one error in this loop', 'for (let i = 0; i <= n; i++)', { rating: 'down', tags: ['wrong-fact'] }],
	['How do I say thank you in Finnish?', 'Kiitos.', { rating: 'up' }],
];

/** Answers of two quantisations, most of them rated; the selected one comes first. */
function withFeedback(fake: FakeApplication): void {
	withHistory(fake);
	const now = Date.now();
	prompts.forEach(([prompt, answer, said, quantization = 'Q4_1'], index) => {
		const { id } = addConversation(fake.data, prompt, now - index * 9 * 60 * minute);
		addMessage(fake.data, id, { content: prompt });
		const { id: messageId } = addMessage(fake.data, id, {
			role: 'assistant',
			content: answer,
			createdAt: now - index * 9 * 60 * minute,
			generation: generationFacts({ quantization }),
		});
		fake.data.feedback.set(messageId, { messageId, ...nothingSaid, earlier: index === 0 ? 1 : 0, ...said });
		if (index === 0) {
			fake.data.history.set(messageId, [
				entry({ id: 2, rating: 'down', tags: ['wrong-fact'], comment: 'That is the mean distance.' }),
				entry({ id: 1, rating: 'up', comment: 'Clear', createdAt: now - day, supersededAt: now }),
			]);
		}
	});
}

function withSuggestion(fake: FakeApplication): number {
	const { id } = addConversation(fake.data, 'A prime number', Date.now());
	addMessage(fake.data, id, { content: 'Is 391 a prime number?' });
	const answer = addMessage(fake.data, id, {
		role: 'assistant',
		content: 'Yes, 391 is a prime number: it has no divisors but 1 and itself.',
		generation: generationFacts(),
	});
	addMessage(fake.data, id, { content: 'No, that is wrong. 391 is 17 times 23.' });
	addMessage(fake.data, id, {
		role: 'assistant',
		content: 'You are right: 17 × 23 = 391, so 391 is not a prime number.',
		generation: generationFacts(),
	});
	fake.data.feedback.set(answer.id, {
		messageId: answer.id,
		...nothingSaid,
		signals: [
			{
				id: answer.id,
				signal: 'contradicted',
				source: 'suggested',
				evidence: 'No, that is wrong.',
				createdAt: Date.now(),
			},
		],
	});
	return id;
}

const feedback = (fake: FakeApplication) => {
	withFeedback(fake);
	return '/feedback';
};

export const feedbackScenes: Record<string, Scene> = {
	feedback: { prepare: feedback },
	'feedback-answer': {
		prepare: feedback,
		async act(page) {
			await page.getByRole('button', { name: /Mars/ }).click();
			await page.waitForTimeout(350);
		},
	},
	'feedback-export': {
		prepare: feedback,
		async act(page) {
			await page.getByRole('button', { name: 'Export' }).click();
			await page.waitForTimeout(300);
		},
	},
	'feedback-nothing-fits': {
		prepare: feedback,
		async act(page) {
			await page.getByRole('searchbox', { name: 'Search prompts' }).fill('zanzibar');
			await page.getByText('No results').waitFor();
		},
	},
	'feedback-empty': {
		prepare: (fake) => {
			withHistory(fake);
			return '/feedback';
		},
	},
	'feedback-to-confirm': {
		prepare: (fake) => {
			withFeedback(fake);
			withSuggestion(fake);
			return '/feedback';
		},
		async act(page) {
			await page.getByText('To review').click();
			await page.getByRole('button', { name: /391/ }).first().waitFor();
			await page.waitForTimeout(200);
		},
	},
	'chat-suggestion': {
		prepare: (fake) => {
			withHistory(fake);
			return `/chat/${withSuggestion(fake)}`;
		},
	},
	'chat-why': {
		prepare: (fake) => `/chat/${withHistory(fake).conversationId}`,
		async act(page) {
			await page.getByRole('button', { name: 'Bad answer' }).last().click();
			await page.getByRole('button', { name: 'Why?' }).click();
			await page.getByRole('button', { name: 'Too long' }).click();
			await page.waitForTimeout(300);
		},
	},
	'chat-history': {
		prepare(fake) {
			const { conversationId } = withHistory(fake);
			const messageId = fake.data.heads.get(conversationId) ?? 0;
			fake.data.feedback.set(messageId, {
				messageId,
				...nothingSaid,
				rating: 'down',
				tags: ['wrong-fact'],
				earlier: 1,
			});
			fake.data.history.set(messageId, [
				entry({ id: 2, rating: 'down', tags: ['wrong-fact'] }),
				entry({ id: 1, rating: 'up', comment: 'Clear', createdAt: Date.now() - day, supersededAt: Date.now() }),
			]);
			return `/chat/${conversationId}`;
		},
		async act(page) {
			await page.getByRole('button', { name: 'More answer actions' }).last().click();
			await page.getByRole('menuitem', { name: 'Rating history…' }).click();
			await page.getByText('Rated good').waitFor();
			await page.waitForTimeout(200);
		},
	},
	'chat-correction': {
		prepare: (fake) => `/chat/${withHistory(fake).conversationId}`,
		async act(page) {
			await page.getByRole('button', { name: 'More answer actions' }).last().click();
			await page.getByRole('menuitem', { name: /^Correct answer/ }).click();
			await page.waitForTimeout(300);
		},
	},
};
