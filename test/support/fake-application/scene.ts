import type { Page } from 'playwright-core';
import { buildLoadedState, buildModelFile } from '../fixtures/model.ts';
import { addConversation, addMessage, generationFacts, minute, starterEntry } from './data.ts';
import type { FakeApplication } from './fake-application.ts';
import { lightMinutes, otherTitles, question } from './scene-texts.ts';

/** One state of one screen. */
export interface Scene {
	/** Sets up the fake and returns the route to show, as a fragment of the address. */
	prepare(fake: FakeApplication): string;
	/** What the user does next. */
	act?(page: Page): Promise<void>;
}

export const day = 24 * 60 * minute;

export function withModel(fake: FakeApplication): void {
	fake.data.models = [buildModelFile(1)];
	fake.data.catalogue = [starterEntry(true)];
	fake.data.states.set(1, buildLoadedState(1));
}

/**
 * Adds a library, some history, and the conversation of the mock page; returns its id and that of its last question.
 */
export function withHistory(fake: FakeApplication): { conversationId: number; questionId: number } {
	withModel(fake);
	const now = Date.now();
	otherTitles.forEach(([title, daysAgo], index) => {
		const { id } = addConversation(fake.data, title, now - daysAgo * day - index * 37 * minute);
		addMessage(fake.data, id, { content: title });
		addMessage(fake.data, id, { role: 'assistant', content: 'Short answer.', generation: generationFacts() });
	});
	const { id } = addConversation(fake.data, 'Light minutes to the inner planets', now);
	const asked = addMessage(fake.data, id, { content: question });
	for (const content of ['Roughly 3 to 13 light minutes.', lightMinutes]) {
		addMessage(fake.data, id, {
			role: 'assistant',
			parentId: asked.id,
			content,
			reasoning:
				'Light covers 299,792 km each second, so about 18 million km each minute. Divide the mean distance by that.',
			reasoningMs: 930,
			generation: generationFacts(),
		});
	}
	return { conversationId: id, questionId: asked.id };
}

export function asking(fake: FakeApplication): number {
	const { conversationId } = withHistory(fake);
	addMessage(fake.data, conversationId, {
		content: 'Your table says 14.2 for Mars, but the code prints 12.7. Which is right?',
	});
	return conversationId;
}

export function answering(fake: FakeApplication, script: FakeApplication['script']): string {
	const conversationId = asking(fake);
	fake.script = script;
	fake.begin(conversationId, fake.data.heads.get(conversationId)!);
	return `/chat/${conversationId}`;
}

export const forever = (signal: AbortSignal) =>
	new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
