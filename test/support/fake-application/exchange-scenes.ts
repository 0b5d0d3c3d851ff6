import type { Page } from 'playwright-core';
import type { FakeApplication } from './fake-application.ts';
import { type Scene, withHistory } from './scene.ts';

async function command(page: Page, name: string): Promise<void> {
	await page.keyboard.press('Control+KeyK');
	await page.getByRole('combobox').fill(name);
	await page.getByRole('option', { name }).first().click();
	await page.getByRole('dialog').waitFor();
	await page.waitForTimeout(300);
}

async function chooseFile(page: Page): Promise<void> {
	await command(page, 'Import conversations');
	await page
		.getByLabel('Files to import')
		.setInputFiles({ name: 'conversations.json', mimeType: 'application/json', buffer: Buffer.from('[]') });
	await page.waitForTimeout(500);
}

async function startImport(page: Page): Promise<void> {
	await chooseFile(page);
	await page.getByRole('button', { name: /^Import 315/ }).click();
	await page.waitForTimeout(400);
}

const prepare = (fake: FakeApplication) => `/chat/${withHistory(fake).conversationId}`;

export const exchangeScenes: Record<string, Scene> = {
	'import-choose': { prepare, act: (page) => command(page, 'Import conversations') },
	'import-preview': {
		prepare,
		async act(page) {
			await chooseFile(page);
			await page.getByRole('button', { name: /can’t be imported/ }).click();
			await page.waitForTimeout(200);
		},
	},
	'import-nothing-new': {
		prepare(fake) {
			const { report } = fake.data.exchange;
			const samples = report.samples.map((sample) => ({ ...sample, outcome: 'known' as const }));
			const none = { conversations: 0, extended: 0, messages: 0, oldest: null };
			fake.data.exchange.report = { ...report, ...none, known: 333, samples };
			return prepare(fake);
		},
		act: chooseFile,
	},
	'import-progress': {
		prepare(fake) {
			fake.data.exchange.held = ['import'];
			return prepare(fake);
		},
		act: startImport,
	},
	'import-background': {
		prepare(fake) {
			fake.data.exchange.held = ['import'];
			return prepare(fake);
		},
		async act(page) {
			await startImport(page);
			await page.getByRole('button', { name: 'Run in background' }).click();
			await page.waitForTimeout(300);
		},
	},
	'import-report': { prepare, act: startImport },
	'import-failed': {
		prepare(fake) {
			fake.data.exchange.failure = {
				code: 'import-unreadable',
				message: 'The file recipes.json is not a conversation export that Assay can read.',
				next: [
					'Choose a file saved with “Export as JSON”',
					'Or one of ChatGPT (the .zip or conversations.json), Open WebUI, LM Studio (*.conversation.json) or Jan (messages.jsonl)',
				],
				detail: 'not a conversation from a program that Assay knows',
			};
			return prepare(fake);
		},
		act: chooseFile,
	},
	'export-choose': { prepare, act: (page) => command(page, 'Export this conversation') },
	'export-progress': {
		prepare(fake) {
			fake.data.exchange.held = ['export'];
			return prepare(fake);
		},
		async act(page) {
			await command(page, 'Export all conversations');
			await page.getByRole('radio', { name: 'JSON' }).check();
			await page.getByRole('button', { name: 'Export all' }).click();
			await page.waitForTimeout(300);
		},
	},
};
