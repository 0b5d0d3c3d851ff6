import type { Page } from 'playwright-core';
import { addConversation, addMessage, minute } from './data.ts';
import type { FakeApplication } from './fake-application.ts';
import { day, type Scene, withHistory } from './scene.ts';

const wide = (page: Page) => page.viewportSize()!.width >= 820;

/** Adds history with pins, folders, tags, an archive and a trash; returns the id of the open conversation. */
function withOrder(fake: FakeApplication): number {
	const { conversationId } = withHistory(fake);
	const { data } = fake;
	const now = Date.now();
	const add = (title: string, daysAgo: number, place: Parameters<FakeApplication['change']>[1] = {}) => {
		const { id } = addConversation(data, title, now - daysAgo * day - 43 * minute);
		addMessage(data, id, { content: title });
		addMessage(data, id, { role: 'assistant', content: 'Short answer.' });
		fake.change(id, place);
		return id;
	};
	data.folders = [
		{ id: 9_001, name: 'Thesis' },
		{ id: 9_002, name: 'Household' },
		{ id: 9_003, name: 'Ticket triage' },
	];
	data.tags = [
		{ id: 9_101, name: 'astronomy' },
		{ id: 9_102, name: 'to check' },
	];
	fake.change(conversationId, { tagIds: [9_101, 9_102] });
	add('Questions for the landlord', 3, { pinnedAt: now - day });
	add('Verbs with two objects', 4, { pinnedAt: now - 2 * day });
	const drafted = add('Chapter 3: what the figures say', 2, { folderId: 9_001 });
	add('Sources on tidal locking', 6, { folderId: 9_001, tagIds: [9_101] });
	add('Rewrite of the abstract', 9, { folderId: 9_001 });
	add('Oven door does not close', 20, { folderId: 9_002 });
	add('Names for a boat', 40, { archivedAt: now });
	add('Old cover letter', 400, { archivedAt: now });
	add('Poem about a kettle', 5, { deletedAt: now - 2 * day });
	add('Regex that never worked', 12, { deletedAt: now - 11 * day });
	add('Trip to Oslo, first plan with a title that is much longer than there is room for', 40, {
		deletedAt: now - 29 * day,
	});
	data.drafts.set(drafted, 'Say it in fewer words');
	return conversationId;
}

const opened = (fake: FakeApplication) => `/chat/${withOrder(fake)}`;

async function showList(page: Page): Promise<void> {
	if (!wide(page)) await page.getByRole('button', { name: 'Show conversations' }).click();
	await page.getByRole('list', { name: 'Conversations' }).waitFor();
}

const row = (page: Page, title: string) =>
	page.getByRole('list', { name: 'Conversations' }).getByRole('link', { name: title });

/** Organising the list, and the trash. */
export const organiseScenes: Record<string, Scene> = {
	organised: {
		prepare: opened,
		async act(page) {
			await showList(page);
			await page.getByRole('button', { name: /^Thesis/ }).click();
			await row(page, 'Sources on tidal locking').waitFor();
			await page.waitForTimeout(300);
		},
	},
	'organise-selection': {
		prepare: opened,
		async act(page) {
			await showList(page);
			await row(page, 'Questions for the landlord').click({ modifiers: ['Control'] });
			await row(page, 'Verbs with two objects').click({ modifiers: ['Control'] });
			await page.getByText('2 selected').waitFor();
			await page.waitForTimeout(300);
		},
	},
	'organise-menu': {
		prepare: opened,
		async act(page) {
			await showList(page);
			await row(page, 'Questions for the landlord').click({ button: 'right' });
			await page.getByRole('menuitem', { name: 'Move to folder' }).hover();
			await page.getByRole('menuitem', { name: 'Household' }).waitFor();
			await page.waitForTimeout(300);
		},
	},
	'organise-tags': {
		prepare: opened,
		async act(page) {
			await page.getByRole('button', { name: 'Conversation actions' }).click();
			await page.getByRole('menuitem', { name: 'Tags' }).hover();
			await page.getByRole('menuitemcheckbox', { name: 'astronomy' }).waitFor();
			await page.waitForTimeout(300);
		},
	},
	'organise-new-folder': {
		prepare: opened,
		async act(page) {
			await showList(page);
			await page.getByRole('button', { name: 'New folder' }).click();
			await page.getByRole('textbox', { name: 'Name' }).fill('Recipes');
			await page.waitForTimeout(300);
		},
	},
	'organise-archive': {
		prepare: opened,
		async act(page) {
			await showList(page);
			await page.getByRole('button', { name: /^Archive/ }).click();
			await row(page, 'Old cover letter').waitFor();
			await page.waitForTimeout(300);
		},
	},
	'organise-tag': {
		prepare: opened,
		async act(page) {
			await page.getByRole('button', { name: 'astronomy' }).click();
			await row(page, 'Sources on tidal locking').waitFor();
			await page.waitForTimeout(300);
		},
	},
	trash: {
		prepare(fake) {
			withOrder(fake);
			return '/trash';
		},
		async act(page) {
			await page.getByRole('checkbox', { name: 'Select Poem about a kettle' }).click();
			await page.waitForTimeout(200);
		},
	},
	'trash-empty': {
		prepare(fake) {
			withHistory(fake);
			return '/trash';
		},
	},
	'trash-emptying': {
		prepare(fake) {
			withOrder(fake);
			fake.data.backups.push({
				path: '/backups/1.db',
				kind: 'daily',
				createdAt: Date.now() - day,
				sizeBytes: 1_240_000,
			});
			return '/trash';
		},
		async act(page) {
			await page.getByRole('button', { name: 'Empty now' }).click();
			await page.getByText('3 conversations with').waitFor();
			await page.waitForTimeout(350);
		},
	},
	'trash-conversation': {
		prepare(fake) {
			const id = withOrder(fake);
			fake.change(id, { deletedAt: Date.now() });
			return `/chat/${id}`;
		},
	},
};
