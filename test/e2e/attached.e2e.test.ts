import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultSampling } from '../../models/contract/default-sampling.ts';
import { browserMissing } from '../support/browser.ts';
import { pdfBytes } from '../support/pdf-bytes.ts';
import { starterModelPath } from '../support/starter-model.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

describe.skipIf(browserMissing() !== null)('a question about a PDF, with the real model', () => {
	let story: Story;
	let page: Page;

	beforeAll(async () => {
		story = await beginStory({ timeout: 40_000 });
		({ page } = story.watched);
	});
	afterAll(() => story?.end());

	test('is counted to the token before it is sent, and answered from the PDF', async () => {
		const sampling = { ...defaultSampling, temperature: 0, repeatPenalty: 1, maxTokens: 24 };
		await story.client.settings.set({ sampling });
		const { id } = await story.client.models.add({ path: await starterModelPath() });
		await story.client.models.load({ id, contextSize: 2_048 });
		await page.goto(story.host.url);
		const composer = page.getByRole('textbox', { name: 'Message' });
		await composer.fill('What is the name of the harbour master?');
		const buffer = pdfBytes(['The name of the harbour master is Maria Lopez.']);
		await page.locator('[data-attach]').setInputFiles([{ name: 'staff.pdf', mimeType: 'application/pdf', buffer }]);
		const chip = page.getByRole('list', { name: 'Attachments' }).getByRole('button', { name: /^staff.pdf/ });
		await expect.poll(() => chip.textContent(), { timeout: 20_000 }).toMatch(/staff\.pdf\d+ tokens/);
		const counted = await page.getByRole('button', { name: /^Context:/ }).textContent();
		await composer.press('Enter');
		const answer = page.getByRole('article', { name: 'Answer', exact: true });
		await answer.waitFor();
		expect(await answer.textContent()).toContain('Lopez');
		const [conversation] = (await story.client.conversations.list({})).conversations;
		const { messages } = await story.client.conversations.get({ id: conversation?.id ?? 0 });
		expect(counted).toContain(` ${messages.at(-1)?.generation?.promptTokens} / 2,048`);
		expect(story.faults()).toEqual(noFaults);
	});
});
