import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserMissing, goTo } from '../support/browser.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

const call = JSON.stringify({ tool: 'calculator', arguments: { expression: '6 * 7' } });
const script = {
	contextSize: 4_096,
	answers: [
		{ when: '42', steps: [{ type: 'text', text: '{"answer": "It is **42**."}' }] },
		{ when: 'refused', steps: [{ type: 'text', text: '{"answer": "Then I guess."}' }] },
		{ steps: [{ type: 'text', text: call }] },
	],
};

describe.skipIf(browserMissing() !== null)('a model that calls tools', () => {
	let story: Story;
	beforeAll(async () => {
		story = await beginStory({ script });
		await story.addTinyModel();
		const { tools } = await story.client.tools.view();
		await story.client.tools.setTool({ id: tools.find(({ name }) => name === 'calculator')!.id, on: true });
	});
	afterAll(() => story.end());

	test('asks, is allowed by keyboard, goes on after a kill, and is refused with words', async () => {
		let { page } = story.watched;
		await page.goto(story.host.url);
		const composer = () => page.getByRole('textbox', { name: 'Message', exact: true });
		const allow = () => page.getByRole('button', { name: 'Allow once' });
		const step = () => page.getByRole('button', { name: /^calculator/ });
		await page.getByRole('button', { name: 'Tools: 1 is sent with each message' }).waitFor();
		await composer().fill('What is six times seven?');
		await composer().press('Enter');

		// Everything of the call is there before it runs; it can be reached from the message field.
		await allow().waitFor();
		await page.getByText('"expression": "6 * 7"').waitFor();
		await page.getByText('Waiting for your permission').waitFor();
		await expect
			.poll(() => page.locator('[aria-live]').allTextContents())
			.toContainEqual(expect.stringContaining('The model asks to call calculator'));
		for (let at = 0; at < 20; at += 1) {
			await page.keyboard.press('Shift+Tab');
			if (await allow().evaluate((button) => button === document.activeElement)) break;
		}
		await page.keyboard.press('Enter');
		await page.locator('article strong', { hasText: '42' }).waitFor();
		await expect.poll(() => composer().evaluate((field) => field === document.activeElement)).toBe(true);
		await step().click();
		await page.locator('article pre', { hasText: /^42$/ }).waitFor();

		// The next answer is asked about again, and the application dies meanwhile.
		await composer().fill('And again?');
		await composer().press('Enter');
		await allow().waitFor();
		const address = new URL(page.url()).hash.slice(1);
		await story.restart('killed');
		page = await story.openPage();
		await page.goto(story.host.url);
		await goTo(page, address);
		await page.getByText('Assay closed before any text of this answer was written').waitFor();
		await page.getByRole('button', { name: 'Continue answer' }).click();
		await page.getByRole('textbox', { name: 'Tell the model why you refuse' }).fill('No more numbers');
		await page.getByRole('button', { name: 'Refuse' }).click();
		await page.locator('article').getByText('Then I guess.').waitFor();
		await step().last().click();
		await page.locator('article pre', { hasText: 'No more numbers' }).waitFor();
		expect(story.faults()).toEqual(noFaults);
	});
});
