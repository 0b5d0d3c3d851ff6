import type { Page } from 'playwright-core';
import { addAttachment } from './composer-handlers.ts';
import { addMessage, generationFacts } from './data.ts';
import type { FakeApplication } from './fake-application.ts';
import { type Scene, withHistory } from './scene.ts';

const composer = (page: Page) => page.getByRole('textbox', { name: 'Message' });

const csv = `planet,distance_million_km,light_minutes\n${'Mercury,57.9,3.2\nVenus,108.2,6.0\nEarth,149.6,8.3\n'.repeat(20)}`;

/** The conversation of the mock page with attached files that wait to be sent. */
function withFiles(fake: FakeApplication): { conversationId: number; questionId: number } {
	const history = withHistory(fake);
	const { conversationId } = history;
	addAttachment(fake, conversationId, 'planets.csv', csv);
	addAttachment(fake, conversationId, 'light_minutes.py', 'C_KM_S = 299_792.458\n'.repeat(12));
	addAttachment(
		fake,
		conversationId,
		'A survey of mean distances in the inner solar system, second edition.pdf',
		'x'.repeat(2_600),
		{
			mediaType: 'application/pdf',
			pages: 12,
			sizeBytes: 1_840_000,
		},
	);
	return history;
}

/** Long enough that the oldest messages no longer fit. */
function withLongHistory(fake: FakeApplication): string {
	const { conversationId } = withHistory(fake);
	for (const [at, question] of ['And the outer planets?', 'How about Pluto?', 'Is it a planet?'].entries()) {
		addMessage(fake.data, conversationId, { content: question });
		addMessage(fake.data, conversationId, {
			role: 'assistant',
			content: `${'It depends on what is meant by distance, because orbits are ellipses. '.repeat(80)}(${at + 1})`,
			generation: generationFacts(),
		});
	}
	return `/chat/${conversationId}`;
}

/** A PDF that is longer than the context. */
function withLongPdf(fake: FakeApplication): string {
	const { conversationId } = withHistory(fake);
	const pages = Array.from(
		{ length: 12 },
		(_, page) => `Page ${page + 1}. ${'Mean distances in the solar system. '.repeat(60)}`,
	);
	addAttachment(fake, conversationId, 'Survey of mean distances.pdf', pages.join('\n\n\f'), {
		mediaType: 'application/pdf',
		pages: 12,
		sizeBytes: 1_840_000,
	});
	return `/chat/${conversationId}`;
}

export const composerScenes: Record<string, Scene> = {
	'composer-files': {
		prepare: (fake) => `/chat/${withFiles(fake).conversationId}`,
		async act(page) {
			await composer(page).fill('Which of these distances is wrong?');
			await page
				.locator('[data-attach]')
				.setInputFiles([
					{ name: 'photo.png', mimeType: 'image/png', buffer: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0]) },
				]);
			await page.getByText(/is a PNG image/).waitFor();
			await page.waitForTimeout(500);
		},
	},
	'composer-reading': {
		prepare(fake) {
			fake.data.reading = new Promise(() => {});
			return `/chat/${withHistory(fake).conversationId}`;
		},
		async act(page) {
			await page
				.locator('[data-attach]')
				.setInputFiles([
					{ name: 'proceedings.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(2_400_000, 'a') },
				]);
			await page.getByText('reading 2.40 MB').waitFor();
		},
	},
	'composer-preview': {
		prepare: (fake) => `/chat/${withFiles(fake).conversationId}`,
		async act(page) {
			await page.getByRole('button', { name: /^planets.csv/ }).click();
			await page.getByRole('dialog').getByText('Mercury').waitFor();
			await page.waitForTimeout(300);
		},
	},
	'composer-sent': {
		prepare(fake) {
			const { conversationId } = withHistory(fake);
			const own = addMessage(fake.data, conversationId, { content: 'Which of these distances is wrong?' });
			own.attachments.push(addAttachment(fake, undefined, 'planets.csv', csv));
			addMessage(fake.data, conversationId, {
				role: 'assistant',
				content: 'None of them.',
				generation: generationFacts(),
			});
			const bare = addMessage(fake.data, conversationId, { content: '' });
			bare.attachments.push(addAttachment(fake, undefined, 'Pasted text.txt', 'x'.repeat(5_000)));
			return `/chat/${conversationId}`;
		},
	},
	'composer-context': {
		prepare: (fake) => `/chat/${withFiles(fake).conversationId}`,
		async act(page) {
			await composer(page).fill('Which of these distances is wrong?');
			await page.waitForTimeout(500);
			await page.getByRole('button', { name: /^Context:/ }).click();
			await page.getByRole('dialog').waitFor();
			await page.waitForTimeout(300);
		},
	},
	'composer-dropped': {
		prepare: withLongHistory,
		async act(page) {
			await composer(page).fill('Then which bodies are planets?');
			await page
				.getByText(/won’t be sent/)
				.first()
				.waitFor();
			await page.getByRole('button', { name: /^Context:/ }).click();
			await page.waitForTimeout(400);
		},
	},
	'composer-too-long': {
		prepare: (fake) => `/chat/${withHistory(fake).conversationId}`,
		async act(page) {
			await composer(page).fill('A long message. '.repeat(1_200));
			await page
				.getByText(/too long/)
				.first()
				.waitFor();
			await page.waitForTimeout(300);
		},
	},
	'composer-file-too-long': {
		prepare: withLongPdf,
		async act(page) {
			await composer(page).fill('Which survey is the newest?');
			await page.getByRole('button', { name: 'Choose pages…' }).waitFor();
			await page.waitForTimeout(300);
		},
	},
	'composer-choose-pages': {
		prepare: withLongPdf,
		async act(page) {
			await page.getByRole('button', { name: 'Choose pages…' }).click();
			await page.getByRole('textbox', { name: /^Pages/ }).fill('2-3, 7');
			await page.waitForTimeout(300);
		},
	},
	'composer-edit-files': {
		prepare(fake) {
			const { conversationId } = withHistory(fake);
			const own = addMessage(fake.data, conversationId, { content: 'Which of these distances is wrong?' });
			own.attachments.push(addAttachment(fake, undefined, 'planets.csv', csv));
			own.attachments.push(addAttachment(fake, undefined, 'survey.txt', 'A survey of distances. '.repeat(900)));
			return `/chat/${conversationId}`;
		},
		async act(page) {
			await page.getByRole('button', { name: 'Edit and send again' }).last().click();
			await page.getByRole('button', { name: 'Remove file' }).waitFor();
			await page.waitForTimeout(300);
		},
	},
	'composer-estimate': {
		prepare(fake) {
			const route = `/chat/${withHistory(fake).conversationId}`;
			fake.data.states.set(1, { state: 'unloaded', modelFileId: 1, failure: null });
			return route;
		},
		async act(page) {
			await composer(page).fill('How far is Jupiter?');
			await page.waitForTimeout(500);
			await page.getByRole('button', { name: /^Context:/ }).click();
			await page.waitForTimeout(300);
		},
	},
	'composer-drop': {
		prepare: (fake) => `/chat/${withHistory(fake).conversationId}`,
		act: (page) =>
			page.evaluate(() => {
				const data = new DataTransfer();
				data.items.add(new File(['x'], 'x.txt'));
				window.dispatchEvent(new DragEvent('dragenter', { dataTransfer: data, bubbles: true, cancelable: true }));
			}),
	},
};
