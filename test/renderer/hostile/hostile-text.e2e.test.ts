import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
	browserMissing,
	goTo,
	launchBrowser,
	type PageOptions,
	rendererFolder,
	type WatchedPage,
	watchedPage,
} from '../../support/browser.ts';
import { addConversation, addMessage, generationFacts } from '../../support/fake-application/data.ts';
import type { FakeApplication } from '../../support/fake-application/fake-application.ts';
import { serveFake } from '../../support/fake-application/host.ts';
import { buildActivityEntry } from '../../support/fixtures/activity.ts';
import { buildLoadedState, buildModelFile } from '../../support/fixtures/model.ts';
import { faultsOfPage } from './faults.ts';
import { allPayloads, payloads } from './payloads/index.ts';

/** No faults, problems reported by the page, or requests to other hosts. */
const clean = { faults: [], problems: [], foreignRequests: [] };

function withModel(fake: FakeApplication): void {
	fake.data.models = [buildModelFile(1)];
	fake.data.states.set(1, buildLoadedState(1));
}

/** High enough for dozens of messages at once: drawing takes time, checking does not. */
const tall = { width: 900, height: 4_000 };

/** Opens a fake application in a page, runs the test and closes both. */
async function onPage(
	browser: Browser,
	options: PageOptions,
	prepare: (fake: FakeApplication) => string,
	work: (page: Page, fake: FakeApplication) => Promise<string[]>,
): Promise<{ faults: string[]; problems: string[]; foreignRequests: string[] }> {
	const host = await serveFake(rendererFolder);
	withModel(host.fake);
	const route = prepare(host.fake);
	const watched: WatchedPage = await watchedPage(browser, options);
	const { page, problems, foreignRequests } = watched;
	page.on('dialog', (dialog) => {
		problems.push(`dialog: ${dialog.message()}`);
		void dialog.dismiss();
	});
	page.on('popup', (popup) => problems.push(`opened: ${popup.url()}`));
	page.on('framenavigated', (frame) => {
		if (frame !== page.mainFrame()) problems.push(`a frame: ${frame.url()}`);
	});
	try {
		await page.goto(host.url);
		await goTo(page, route);
		const faults = await work(page, host.fake);
		return { faults, problems, foreignRequests };
	} finally {
		await page.context().close();
		await host.close();
	}
}

/** Runs in the page: scrolls through the messages from the end to the start, and back for any that it missed. */
async function lookThrough(faultsHere: () => string[], count: number): Promise<{ faults: string[]; seen: number }> {
	const box = document.querySelector<HTMLElement>('section[aria-label="Messages"]')!;
	const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
	const faults = new Set<string>();
	const seen = new Set<string>();
	async function look(): Promise<void> {
		await frame();
		for (const fold of box.querySelectorAll<HTMLElement>('button[aria-expanded="false"]:not([aria-haspopup])'))
			fold.click();
		await frame();
		for (const fault of faultsHere()) faults.add(fault);
		for (const row of box.querySelectorAll('[data-index]')) seen.add(row.getAttribute('data-index')!);
	}
	for (let step = 0, atTop = 0; atTop < 2 && step < 150; step += 1) {
		await look();
		atTop = box.scrollTop <= 0 ? atTop + 1 : 0;
		box.scrollTop -= box.clientHeight * 0.6;
	}
	// Messages much higher or lower than estimated were skipped; their heights are known now.
	for (let step = 0; seen.size < count && step < 150; step += 1) {
		box.scrollTop += box.clientHeight * 0.5;
		await look();
	}
	return { faults: [...faults], seen: seen.size };
}

describe('the list of payloads', () => {
	test('holds at least 300 different ones, of every kind', () => {
		expect(new Set(allPayloads).size).toBe(allPayloads.length);
		expect(allPayloads.length).toBeGreaterThanOrEqual(300);
		for (const [kind, list] of Object.entries(payloads))
			expect({ kind, enough: list.length >= 30 }).toEqual({ kind, enough: true });
	});
});

describe.skipIf(browserMissing() !== null)('text that tries to act as markup or code', () => {
	let browser: Browser;
	beforeAll(async () => {
		browser = await launchBrowser();
	});
	afterAll(() => browser.close());

	// All payloads without the content policy, because the page must be safe without it; some with it, as users have
	// it.
	describe.each([
		{ bypassCSP: true, every: 1 },
		{ bypassCSP: false, every: 7 },
	])('with %j', ({ every, ...options }) => {
		test.concurrent.each(Object.keys(payloads) as (keyof typeof payloads)[])(
			'%s, in user messages, answers, reasoning, corrections and failures: none runs, fetches or leaves its place',
			async (kind) => {
				const list = payloads[kind].filter((_, index) => index % every === 0);
				const prepare = (fake: FakeApplication) => {
					const { id } = addConversation(fake.data, `Payloads of ${kind}`, Date.now());
					for (const [index, text] of list.entries()) {
						addMessage(fake.data, id, { content: text });
						const failed = index % 7 === 6;
						addMessage(fake.data, id, {
							role: 'assistant',
							status: failed ? 'failed' : 'complete',
							content: index % 2 === 0 ? text : `Before ${text} after.`,
							reasoning: text,
							reasoningMs: 10,
							failure: failed ? { code: 'worker-crashed', message: text, next: [text], detail: text } : null,
							generation: generationFacts({ modelName: text.slice(0, 200), quantization: text.slice(0, 60) }),
						});
					}
					return `/chat/${id}`;
				};
				const found = await onPage(browser, { ...options, ...tall }, prepare, async (page, fake) => {
					await page.getByRole('article', { name: 'Answer' }).first().waitFor();
					// Grammars and fonts of formulas load on first use.
					await page.waitForTimeout(400);
					const [conversation] = fake.data.conversations.values();
					const shown = fake.thread(conversation!.id).messages.length;
					const { faults, seen }: Awaited<ReturnType<typeof lookThrough>> = await page.evaluate(
						`(${lookThrough})(${faultsOfPage}, ${shown})`,
					);
					return seen === shown ? faults : [...faults, `only ${seen} of ${shown} messages were seen`];
				});
				expect(found).toEqual(clean);
			},
		);
	});

	test('as titles and names, in every place that shows them', async () => {
		const prepare = (fake: FakeApplication) => {
			fake.data.models = allPayloads.map((name, index) =>
				buildModelFile(index + 1, {
					name,
					path: `/models/${name}`,
					architecture: name.slice(0, 80),
					quantization: name.slice(0, 20),
					problem: index % 9 === 8 ? { code: 'model-file-broken', message: name, next: [name] } : null,
				}),
			);
			for (const [index, title] of allPayloads.entries())
				addConversation(fake.data, title, Date.now() - index * 60_000);
			fake.data.status = { ...fake.data.status, notice: { message: allPayloads[0]!, next: [allPayloads[1]!] } };
			for (const [index, text] of allPayloads.entries()) {
				const id = index + 1;
				const facts = { purpose: text, bytes: 1 };
				const failed = { result: 'failed' as const, message: text };
				fake.data.activity.entries.push(
					buildActivityEntry({
						id,
						kind: 'network',
						subject: text,
						outcome: text,
						facts,
						...(index % 3 === 0 ? failed : {}),
					}),
				);
				fake.data.activity.failures.set(id, { code: 'hostile', message: text, next: [text], detail: text });
			}
			return '/chat';
		};
		const found = await onPage(browser, { bypassCSP: true }, prepare, async (page, fake) => {
			const faults: string[] = [];
			const look = async (where: string) => {
				await page.waitForTimeout(60);
				faults.push(...(await page.evaluate(faultsOfPage)).map((fault) => `${where}: ${fault}`));
			};
			await page.getByRole('list', { name: 'Conversations' }).getByRole('link').first().waitFor();
			await look('list');
			for (const [index, { id }] of [...fake.data.conversations.values()].entries()) {
				if (index % 6 !== 0) continue;
				await goTo(page, `/chat/${id}`);
				await page.waitForFunction(() => document.querySelector('h1')?.textContent !== 'New conversation');
				await look(`head of ${index}`);
			}
			await page.keyboard.press('Control+KeyK');
			await page.getByRole('combobox').fill('img');
			await page.waitForTimeout(200);
			await look('palette');
			await page.keyboard.press('Escape');
			await goTo(page, '/models');
			await page.getByRole('heading', { name: 'Models', level: 1 }).waitFor();
			await look('models');
			for (const section of ['', '/network', '/data', '/about', '/privacy', '/activity']) {
				await goTo(page, `/settings${section}`);
				await look(`settings${section}`);
			}
			await goTo(page, '/activity');
			await page.getByRole('grid', { name: 'Activity' }).getByRole('row').nth(3).click();
			await page.keyboard.press('End');
			await look('activity');
			return faults;
		});
		expect(found).toEqual(clean);
	});

	test('typed into every field: none runs, and the field holds exactly the typed text', async () => {
		const prepare = (fake: FakeApplication) => {
			fake.data.settings = { ...fake.data.settings, inspectorOpen: true };
			const { id } = addConversation(fake.data, 'Fields', Date.now());
			addMessage(fake.data, id, { content: 'A question' });
			addMessage(fake.data, id, { role: 'assistant', content: 'An answer', generation: generationFacts() });
			return `/chat/${id}`;
		};
		const found = await onPage(browser, { bypassCSP: true }, prepare, async (page) => {
			const faults: string[] = [];
			await page.getByRole('article', { name: 'Answer' }).waitFor();
			await page.getByRole('button', { name: 'More answer actions' }).click();
			await page.getByRole('menuitem', { name: /^Correct answer/ }).click();
			await page.getByRole('button', { name: 'Edit and send again' }).click({ force: true });
			faults.push(...(await page.evaluate(typeEverywhere, allPayloads)));
			faults.push(...(await page.evaluate(faultsOfPage)));
			await goTo(page, '/settings');
			faults.push(...(await page.evaluate(typeEverywhere, allPayloads)));
			faults.push(...(await page.evaluate(faultsOfPage)));
			return faults;
		});
		expect(found).toEqual(clean);
	});
});

/** Runs in the page: puts each payload into each text field, as typing does. */
async function typeEverywhere(texts: readonly string[]): Promise<string[]> {
	const faults: string[] = [];
	const fields = document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(
		'textarea, input:not([type]), input[type="text"], input[type="search"]',
	);
	if (fields.length === 0) faults.push('there is no field');
	for (const field of fields) {
		const prototype = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
		const set = Object.getOwnPropertyDescriptor(prototype.prototype, 'value')!.set!;
		for (const [index, text] of texts.entries()) {
			set.call(field, text);
			field.dispatchEvent(new Event('input', { bubbles: true }));
			// The page draws each at once; later work (searching, counting) gets a turn now and then.
			if (index % 8 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
			const { left, right } = field.getBoundingClientRect();
			if (left < 0 || right > innerWidth + 1) faults.push(`${field.ariaLabel ?? field.id} lies outside the window`);
			if ('__attacked' in globalThis) faults.push(`ran: ${text}`);
		}
		set.call(field, '');
		field.dispatchEvent(new Event('input', { bubbles: true }));
	}
	return faults;
}
