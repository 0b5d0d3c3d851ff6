import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
	browserMissing,
	goTo,
	launchBrowser,
	rendererFolder,
	type WatchedPage,
	watchedPage,
} from '../support/browser.ts';
import { addConversation, addMessage, generationFacts } from '../support/fake-application/data.ts';
import { type FakeHost, serveFake } from '../support/fake-application/host.ts';
import { pause } from '../support/fake-application/live.ts';
import { codeAnswer, mathsAnswer } from '../support/fake-application/markdown-scenes.ts';
import { buildLoadedState, buildModelFile } from '../support/fixtures/model.ts';

describe.skipIf(browserMissing() !== null)('rendering a model’s Markdown', () => {
	let browser: Browser;
	let host: FakeHost;
	let watched: WatchedPage;
	let page: Page;
	beforeAll(async () => {
		browser = await launchBrowser();
	});
	afterAll(() => browser.close());
	beforeEach(async () => {
		host = await serveFake(rendererFolder);
		host.fake.data.models = [buildModelFile(1)];
		host.fake.data.states.set(1, buildLoadedState(1));
		watched = await watchedPage(browser);
		page = watched.page;
	});
	afterEach(async () => {
		await page.context().close();
		await host.close();
		expect({ problems: watched.problems, foreignRequests: watched.foreignRequests }).toEqual({
			problems: [],
			foreignRequests: [],
		});
	});

	async function show(content: string): Promise<void> {
		const { id } = addConversation(host.fake.data, 'One answer', Date.now());
		addMessage(host.fake.data, id, { content: 'A question' });
		addMessage(host.fake.data, id, { role: 'assistant', content, generation: generationFacts() });
		await page.goto(host.url);
		await goTo(page, `/chat/${id}`);
		await page.getByRole('article', { name: 'Answer' }).waitFor();
	}

	const composer = () => page.getByRole('textbox', { name: 'Message' });

	test('formulas are rendered and readable by screen readers, and prices stay prices', async () => {
		await show(mathsAnswer);
		await page.locator('.katex').first().waitFor();
		expect(await page.locator('.md .katex').count()).toBe(10);
		expect(await page.locator('.md .katex-display').count()).toBe(2);
		expect(await page.locator('.md .maths-source').count()).toBe(0);
		expect(await page.locator('.katex-mathml math').count()).toBe(10);
		expect(await page.getByText('it costs $5 or $10').count()).toBe(1);
		// The fonts ship with the page; fallback fonts would fail this check.
		expect(await page.evaluate(() => document.fonts.check('16px KaTeX_Math'))).toBe(true);
	});

	test('a formula wider than the window scrolls by itself, and the page does not', async () => {
		await page.setViewportSize({ width: 720, height: 480 });
		await show(`$$${'x_1 + '.repeat(60)}x_n$$\n\nand $\\underbrace{${'y + '.repeat(80)}z}_{n}$ inline`);
		await page.locator('.katex').first().waitFor();
		expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
		const scrolls = await page.locator('.md .maths').evaluateAll((all) =>
			all.map((each) => ({
				wider: each.scrollWidth > each.clientWidth,
				focusable: (each as HTMLElement).tabIndex === 0,
			})),
		);
		expect(scrolls).toEqual([
			{ wider: true, focusable: true },
			{ wider: true, focusable: true },
		]);
	});

	test('a half-written formula shows its source, then becomes the formula', async () => {
		let go = () => {};
		host.fake.script = async (answer) => {
			answer.write('So:\n\n$$\n\\frac{a}', 5);
			await new Promise<void>((resolve) => {
				go = resolve;
			});
			answer.write('{b}\n$$\n\nand $', 4);
			await pause(60);
			answer.write('x^2$ too.', 4);
			await pause(60);
		};
		await page.goto(host.url);
		await composer().fill('Go');
		await composer().press('Enter');
		await page.locator('.maths-source').waitFor();
		expect(await page.locator('.maths-source').textContent()).toContain('\\frac{a}');
		go();
		await page.getByRole('button', { name: 'Answer again' }).waitFor();
		await expect.poll(() => page.locator('.md .katex').count()).toBe(2);
		expect(await page.locator('.maths-source').count()).toBe(0);
	});

	test('tasks are marked, code names its language, diagrams stay code, images are only named', async () => {
		await show(codeAnswer);
		await page.getByRole('img', { name: 'Done:' }).waitFor();
		expect(await page.getByRole('img', { name: 'To do:' }).count()).toBe(1);
		expect(await page.locator('figure figcaption').allTextContents()).toEqual(['typescriptCopy', 'mermaidCopy']);
		expect(await page.locator('figure').nth(1).textContent()).toContain('A[Conversation] --> B[Feedback]');
		expect(await page.locator('article img').count()).toBe(0);
		expect(await page.getByRole('link', { name: 'a chart of it' }).getAttribute('href')).toBe(
			'https://example.org/chart.png',
		);
		expect(await page.locator('.md sub').textContent()).toBe('2');
		expect(await page.locator('.md kbd').count()).toBe(2);
	});

	test('long lines of code scroll, wrap on request, and stay wrapped after a reload', async () => {
		await show(codeAnswer);
		const wider = () =>
			page
				.locator('figure .scroller')
				.first()
				.evaluate((box) => box.scrollWidth > box.clientWidth + 1);
		expect(await wider()).toBe(true);
		await page.getByRole('button', { name: 'Wrap long lines' }).click();
		expect(await wider()).toBe(false);
		await expect.poll(() => host.fake.data.settings.wrapCode).toBe(true);
		await page.reload();
		await page.locator('figure').first().waitFor();
		await expect.poll(wider).toBe(false);
	});

	test('reasoning shows its duration as soon as the answer begins', async () => {
		host.fake.script = async (answer) => {
			answer.think('Let me see. ', 3);
			await pause(300);
			answer.write('It is', 2);
			await new Promise<void>((resolve) => answer.signal.addEventListener('abort', () => resolve(), { once: true }));
		};
		await page.goto(host.url);
		await composer().fill('Think');
		await composer().press('Enter');
		await page.getByText('It is').waitFor();
		const words = await page.getByRole('button', { name: /Reasoning/ }).textContent();
		expect(words).toMatch(/0\.[3-9] s|[1-9]/);
		await page.keyboard.press('Escape');
	});

	test('a screen reader gets a fast answer at the speed of speech, and the remaining length at the end', async () => {
		host.fake.script = async (answer) => {
			for (let n = 0; n < 120; n += 1) {
				answer.write(`This is sentence number ${n} of the answer. `, 9);
				await pause(40);
			}
		};
		await page.goto(host.url);
		await page.evaluate(() => {
			const heard: { at: number; text: string }[] = [];
			(globalThis as { heard?: typeof heard }).heard = heard;
			new MutationObserver(() => {
				const text = document.querySelector('p[aria-live="polite"]')?.textContent ?? '';
				if (text !== '' && heard.at(-1)?.text !== text) heard.push({ at: performance.now(), text });
			}).observe(document.body, { subtree: true, childList: true, characterData: true });
		});
		await composer().fill('Write much');
		await composer().press('Enter');
		await page.getByRole('button', { name: 'Answer again' }).waitFor({ timeout: 20_000 });
		await page.waitForTimeout(100);
		const heard = await page.evaluate(() => (globalThis as { heard?: { at: number; text: string }[] }).heard!);
		expect(heard[0]?.text).toContain('This is sentence number 0');
		expect(heard.at(-1)?.text).toMatch(/^[\d,]+ more words\. Answer finished\.$/);
		heard.slice(1, -1).forEach(({ at }, index) => {
			expect(at - heard[index]!.at).toBeGreaterThan(1_400);
		});
		expect(heard.length).toBeLessThan(8);

		// Who reads on in another conversation doesn't meet the end of this answer there.
		await page.getByRole('button', { name: 'New conversation', exact: true }).click();
		await expect.poll(() => page.locator('p[aria-live="polite"].sr-only').textContent()).toBe('');
	});

	test('a conversation of 2,000 messages keeps few of them in the page, and one key reaches either end', async () => {
		const { id } = addConversation(host.fake.data, 'Very long', Date.now());
		for (let n = 0; n < 1_000; n += 1) {
			addMessage(host.fake.data, id, { content: `Question ${n}` });
			addMessage(host.fake.data, id, {
				role: 'assistant',
				content: `Answer ${n}. ${'Some more words. '.repeat(n % 40)}`,
				generation: generationFacts(),
			});
		}
		await page.goto(host.url);
		await goTo(page, `/chat/${id}`);
		await page.getByText('Answer 999.').waitFor();
		const region = page.getByRole('region', { name: 'Messages' });
		const distance = () => region.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
		await expect.poll(distance).toBeLessThan(2);
		expect(await page.locator('[data-index]').count()).toBeLessThan(40);
		await region.focus();
		await page.keyboard.press('Home');
		await page.getByText('Question 0', { exact: true }).waitFor();
		expect(await page.locator('[data-index]').count()).toBeLessThan(40);
		await page.keyboard.press('End');
		await page.getByText('Answer 999.').waitFor();
		await expect.poll(distance).toBeLessThan(2);
		// Scrolling through unmeasured stretches keeps the text being read in view.
		await page.getByRole('button', { name: 'Go to the newest message' }).waitFor({ state: 'detached' });
		await region.hover();
		for (let step = 0; step < 12; step += 1) {
			await page.mouse.wheel(0, -400);
			await pause(50);
		}
		const before = await firstSeen();
		await pause(400);
		expect(await firstSeen()).toEqual(before);

		function firstSeen() {
			return region.evaluate((box) => {
				const top = box.getBoundingClientRect().top;
				const first = [...box.querySelectorAll('[data-index]')].find(
					(row) => row.getBoundingClientRect().bottom > top + 20,
				);
				return { index: first?.getAttribute('data-index'), top: Math.round(first?.getBoundingClientRect().top ?? 0) };
			});
		}
	});

	describe('a link', () => {
		const address = 'https://trusted.example@xn--80ak6aa92e.com/a?b=c#d';
		const opened = async () =>
			page.evaluate(() => (globalThis as unknown as { opened: unknown[][] }).opened.map(([url]) => String(url)));

		beforeEach(async () => {
			await page.addInitScript(() => {
				const opened: unknown[][] = [];
				Object.assign(globalThis, { opened });
				window.open = (...args) => {
					opened.push(args);
					return null;
				};
			});
			await show(`See [your bank](${address}).`);
		});

		test('opens after a question that shows the whole address, its host in punycode', async () => {
			await page.getByRole('link', { name: 'your bank' }).click();
			const question = page.getByRole('dialog', { name: 'Open this address?' });
			await question.waitFor();
			expect(await question.textContent()).toContain(address);
			expect(await question.locator('b').textContent()).toBe('xn--80ak6aa92e.com');
			expect(await question.textContent()).toContain('letters of other scripts');
			expect(await opened()).toEqual([]);
			await question.getByRole('button', { name: 'Open in a new tab' }).click();
			await question.waitFor({ state: 'detached' });
			expect(await opened()).toEqual([address]);
		});

		test('opens nothing if the question is closed, by the middle button, or with Ctrl', async () => {
			const link = page.getByRole('link', { name: 'your bank' });
			for (const how of [{}, { button: 'middle' as const }, { modifiers: ['Control' as const] }]) {
				await link.click(how);
				await page.getByRole('dialog').waitFor();
				await page.keyboard.press('Escape');
				await page.getByRole('dialog').waitFor({ state: 'detached' });
			}
			expect(await link.evaluate((element) => element === document.activeElement)).toBe(true);
			expect(await opened()).toEqual([]);
			expect(page.context().pages()).toHaveLength(1);
		});

		test('does nothing when a script clicks it, or the button of the question', async () => {
			const link = page.getByRole('link', { name: 'your bank' });
			await link.evaluate((element) => (element as HTMLElement).click());
			expect(await page.getByRole('dialog').count()).toBe(0);
			await link.click();
			const open = page.getByRole('button', { name: 'Open in a new tab' });
			await open.evaluate((element) => (element as HTMLElement).click());
			expect(await opened()).toEqual([]);
			expect(page.context().pages()).toHaveLength(1);
		});
	});
});
