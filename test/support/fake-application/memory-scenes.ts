import type { Page } from 'playwright-core';
import { buildFact } from '../fixtures/fact.ts';
import { addMessage, generationFacts } from './data.ts';
import type { FakeApplication } from './fake-application.ts';
import { day, type Scene, withHistory } from './scene.ts';

const at = (daysAgo: number): number => Date.UTC(2026, 10, 24, 15, 5) - daysAgo * day;

/** A conversation in which two facts were found. */
function withProposals(fake: FakeApplication): string {
	const { conversationId } = withHistory(fake);
	const content = 'I live in Porto now. I prefer short answers. Where do I see the Perseids?';
	const { id: messageId } = addMessage(fake.data, conversationId, { content });
	const answer = 'From a dark beach north of the city, after midnight.';
	addMessage(fake.data, conversationId, { role: 'assistant', content: answer, generation: generationFacts() });
	const source = { messageId, conversationId, title: 'Light minutes', quote: '' };
	const found = { state: 'proposed' as const, source, changedAt: at(0) };
	fake.data.facts = [
		buildFact(7, { ...found, text: 'I live in Porto now', supersedes: { id: 3, text: 'I live in Lisbon' } }),
		buildFact(8, { ...found, text: 'I prefer short answers' }),
		buildFact(3, { text: 'I live in Lisbon', changedAt: at(80) }),
	];
	return `/chat/${conversationId}`;
}

function withFacts(fake: FakeApplication): string {
	withProposals(fake);
	fake.data.folders.push({ id: 1, name: 'Thesis' });
	fake.data.facts.push(
		buildFact(1, { text: 'My name is Ada', origin: 'person', changedAt: at(90) }),
		buildFact(2, { text: 'Cite by number', scope: 'folder', folderId: 1, changedAt: at(30) }),
		buildFact(4, { text: 'Cite by author', scope: 'folder', changedAt: at(31) }),
		buildFact(5, { text: 'I am in Rome this week', changedAt: at(3), expiresAt: at(-4) }),
		buildFact(6, { text: 'I live in Braga', state: 'superseded', changedAt: at(120) }),
		buildFact(9, { text: 'I drink coffee', forgottenAt: at(1), goneAt: at(-29), changedAt: at(1) }),
	);
	return '/settings/facts';
}

async function choose(page: Page, label: string, option: string): Promise<void> {
	await page.getByRole('combobox', { name: label }).selectOption({ label: option });
	await page.waitForTimeout(350);
}

export const memoryScenes: Record<string, Scene> = {
	'chat-facts': { prepare: withProposals },
	'chat-fact-editing': {
		prepare: withProposals,
		async act(page) {
			await page.getByRole('list', { name: 'To remember' }).getByRole('button', { name: 'Edit' }).first().click();
			await page.waitForTimeout(300);
		},
	},
	'settings-facts': { prepare: withFacts },
	'settings-facts-empty': {
		prepare: (fake) => {
			withHistory(fake);
			return '/settings/facts';
		},
	},
	'settings-facts-forgotten': {
		prepare: withFacts,
		async act(page) {
			await choose(page, 'Which facts', 'Forgotten (1)');
			await page.getByRole('button', { name: 'Delete 1 fact for good' }).click();
			await page.waitForTimeout(350);
		},
	},
};
