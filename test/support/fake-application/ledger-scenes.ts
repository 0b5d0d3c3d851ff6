import type { Page } from 'playwright-core';
import { buildLedger, buildSentSource, buildSource } from '../fixtures/ledger.ts';
import { addMessage, generationFacts } from './data.ts';
import type { FakeApplication } from './fake-application.ts';
import { noOptions } from './fake-application.ts';
import { type Scene, withHistory } from './scene.ts';

const answer = [
	'Opposition is when Mars is closest: light then needs about 3.1 minutes [1]. At its farthest it is 22.3 minutes [2].',
	'The survey calls this “the longest wait in the inner solar system” [2], but gives no mean.',
].join('\n\n');

const passages = [
	'At opposition, Mars comes within 55.7 million km. Light crosses this distance in about 3.1 minutes.',
	'Around conjunction the distance grows to 401 million km, and light needs 22.3 minutes one way.',
];

const before = 'The distance between two planets changes all the time, because both move around the Sun. ';

/** A conversation with two collections and an answer that names its sources. */
function withSources(fake: FakeApplication): string {
	const { conversationId } = withHistory(fake);
	fake.data.shelf = {
		collections: [
			{ id: 1, name: 'Inner planets', documents: 3 },
			{ id: 2, name: 'Instrument manuals', documents: 41 },
		],
		documents: [
			{ id: 1, collectionId: 1, title: 'Survey of mean distances.pdf', text: `${before}${passages.join('\n')}` },
			{ id: 2, collectionId: 1, title: 'Notes on opposition.md', text: passages[0] ?? '' },
		],
	};
	fake.data.options.set(conversationId, { ...noOptions, documents: [{ collectionId: 1 }] });
	const place = { title: 'Survey of mean distances.pdf', documentId: 1 };
	const start = before.length;
	const first = { ...place, page: 12, heading: ['Mars', 'Opposition'], start, end: start + (passages[0]?.length ?? 0) };
	const second = { ...place, page: 14, start: first.end + 1, end: first.end + 1 + (passages[1]?.length ?? 0) };
	fake.data.sources.set(1, buildSentSource(1, passages[0] ?? '', first));
	fake.data.sources.set(2, buildSentSource(2, passages[1] ?? '', second));
	addMessage(fake.data, conversationId, { content: 'How long does light take from Mars at its closest and farthest?' });
	const quote = 'the longest wait in the inner solar system';
	const at = answer.indexOf(quote);
	addMessage(fake.data, conversationId, {
		role: 'assistant',
		content: answer,
		generation: generationFacts(),
		ledger: buildLedger({
			sources: [buildSource(1, first), buildSource(2, second)],
			knownSources: 2,
			unfoundQuotes: [{ start: at, end: at + quote.length }],
			leftOut: [
				{
					kind: 'documents',
					title: 'Survey of mean distances.pdf, p. 31',
					reason: 'Passages may take 1,024 tokens here, and better ones used them up',
					tokens: 212,
				},
				{ kind: 'history', title: '4 older messages', reason: 'The context is full', tokens: null },
			],
		}),
	});
	return `/chat/${conversationId}`;
}

async function openLedger(page: Page): Promise<void> {
	await page.getByRole('button', { name: /1 quote is not in any source/ }).click();
	await page.getByRole('region', { name: 'Prompt of this answer' }).waitFor();
	await page.waitForTimeout(300);
}

export const ledgerScenes: Record<string, Scene> = {
	'chat-sources': { prepare: withSources },
	'chat-ledger': { prepare: withSources, act: openLedger },
	'chat-source': {
		prepare: withSources,
		async act(page) {
			await page.getByRole('button', { name: 'Open source 2' }).first().click();
			await page.getByText('Light crosses this distance').last().waitFor();
			await page.waitForTimeout(300);
		},
	},
	'chat-sent-prompt': {
		prepare: withSources,
		async act(page) {
			await openLedger(page);
			await page.getByRole('button', { name: 'Read the prompt' }).click();
			await page.getByRole('dialog').getByText('Be brief.').waitFor();
			await page.waitForTimeout(300);
		},
	},
	'composer-documents': {
		prepare: withSources,
		async act(page) {
			await page.getByRole('textbox', { name: 'Message' }).pressSequentially('Compare this with #');
			await page.getByRole('listbox', { name: 'Documents' }).waitFor();
			await page.waitForTimeout(400);
		},
	},
};
