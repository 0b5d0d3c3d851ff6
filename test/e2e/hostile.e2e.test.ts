import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Job } from '../../electron/contract/jobs/schema.ts';
import { faultsOfPage } from '../renderer/hostile/faults.ts';
import { allPayloads, payloads } from '../renderer/hostile/payloads/index.ts';
import { browserMissing, goTo, watchedPage } from '../support/browser.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';
import { writeTinyGguf } from '../support/tiny-gguf.ts';

/**
 * The built browser host with everything hostile that a user can receive: an export of another program, GGUF files with
 * crafted names and headers, and typed text. The page runs without its content policy, because it must be safe without
 * it.
 */
describe.skipIf(browserMissing() !== null)('hostile files and chats in the real application', () => {
	let story: Story;
	let page: Page;

	beforeAll(async () => {
		// Without scripted answers the engine repeats what it was told.
		story = await beginStory({ script: {}, timeout: 30_000, page: { bypassCSP: true } });
		({ page } = story.watched);
		page.on('dialog', (dialog) => {
			story.watched.problems.push(`dialog: ${dialog.message()}`);
			void dialog.dismiss();
		});
		page.on('popup', (popup) => story.watched.problems.push(`opened: ${popup.url()}`));
	});
	afterAll(() => story?.end());

	async function finished(job: Job): Promise<Job> {
		for (let now = job; ; now = await story.client.jobs.get({ jobId: job.id })) {
			if (now.state === 'done') return now;
			if (now.state !== 'queued' && now.state !== 'running') throw new Error(JSON.stringify(now));
			await new Promise((resolve) => setTimeout(resolve, 30));
		}
	}

	async function faultsAt(routes: readonly string[]): Promise<string[]> {
		const faults: string[] = [];
		for (const route of routes) {
			await goTo(page, route);
			await page.waitForTimeout(120);
			faults.push(...(await page.evaluate(faultsOfPage)).map((fault) => `${route}: ${fault}`));
		}
		return faults;
	}

	test('a ChatGPT export imports every payload as title, question and answer, letter by letter', async () => {
		const path = join(story.folder, `conversations<img src=x onerror=globalThis.__attacked=1>.json`);
		writeFileSync(path, JSON.stringify(allPayloads.map(chatGptConversation)));
		const preview = await finished(await story.client.exchange.preview({ paths: [path] }));
		const job = await finished(await story.client.exchange.import({ previewId: preview.id }));
		const report = await story.client.exchange.report({ jobId: job.id });
		expect({ conversations: report.conversations, skipped: report.skippedCount }).toEqual({
			conversations: allPayloads.length,
			skipped: 0,
		});
	});

	test('GGUF files with payloads as names and headers are added or refused, and never trusted', async () => {
		let added = 0;
		for (const [index, text] of payloads.names.entries()) {
			const name = text.replaceAll(/[/\0\uD800-\uDFFF]/g, '_').slice(0, 60);
			const path = writeTinyGguf(join(story.folder, 'models', `${index}-${name}.gguf`), {
				name: text,
				seed: index,
				metadata: {
					'general.license': { type: 'string', value: payloads.html[index % payloads.html.length]! },
					'general.description': { type: 'string', value: payloads.svg[index % payloads.svg.length]! },
					'general.author': { type: 'string', value: text },
					...(index % 5 === 4
						? {
								'tokenizer.chat_template': {
									type: 'string',
									value: payloads.markdown[index % payloads.markdown.length]!,
								} as const,
							}
						: {}),
				},
			});
			await story.client.models.add({ path }).then(
				() => {
					added += 1;
				},
				(error: unknown) => expect(error).toBeInstanceOf(Error),
			);
		}
		expect(added).toBeGreaterThan(30);
	});

	test('folders, tags, presets, prompts and drafts accept payloads as names', async () => {
		const { conversations } = await story.client.conversations.list({ limit: 60 });
		const names = [...payloads.html.slice(0, 20), ...payloads.names.slice(0, 20)].map((text) => text.slice(0, 70));
		for (const [index, name] of names.entries()) {
			const { id } = conversations[index]!;
			await story.client.presets.create({ name: `${index} ${name}`, systemPrompt: allPayloads[index]! });
			await story.client.organise.tag({ ids: [id], add: [`${index} ${name}`] });
			const made = await story.client.folders.create({ name: `${index} ${name}` });
			await story.client.organise.move({ ids: [id], folderId: index % 2 === 0 ? made.id : null });
			await story.client.drafts.set({ conversationId: id, text: allPayloads[index]! });
			await story.client.conversations.setSystemPrompt({ id, systemPrompt: allPayloads[index]! });
		}
		await story.client.organise.remove({ ids: conversations.slice(40, 50).map(({ id }) => id) });
		await story.client.organise.archive({ ids: conversations.slice(50).map(({ id }) => id), archived: true });
	});

	test('no screen runs, fetches or loses its layout because of a payload', async () => {
		await page.goto(story.host.url);
		await page.getByRole('list', { name: 'Conversations' }).waitFor();
		const { conversations } = await story.client.conversations.list({ limit: 500 });
		const faults = await faultsAt([
			...conversations.map(({ id }) => `/chat/${id}`).filter((_route, index) => index % 4 === 0),
			...['/models', '/feedback', '/trash', '/settings', '/settings/network', '/settings/data', '/settings/storage'],
			...['/settings/answers', '/settings/keyboard', '/settings/privacy', '/settings/about', '/settings/diagnostics'],
		]);
		expect(faults).toEqual([]);
	});

	test('a payload repeated by a model is text, while it streams and afterwards', async () => {
		const { models } = await story.client.models.list();
		await story.client.models.load({ id: models[0]!.id });
		await goTo(page, '/chat');
		const composer = page.getByRole('textbox', { name: 'Message' });
		const answers = page.getByRole('article', { name: 'Answer', exact: true });
		const texts = [payloads.html[0]!, payloads.svg[1]!, payloads.maths[0]!, payloads.links[0]!, payloads.markdown[0]!];
		for (const [index, text] of texts.entries()) {
			await composer.fill(text);
			await composer.press('Enter');
			await answers.nth(index).getByText('You said:').waitFor();
			expect(await page.evaluate(faultsOfPage)).toEqual([]);
		}
	});

	test('search finds payloads by their own letters and shows them as text', async () => {
		for (const words of ['onerror', '<script>', '"javascript:', 'href{', '*" NEAR(', "'; DROP TABLE"]) {
			await page.getByRole('textbox', { name: 'Search conversations' }).fill(words);
			await page.waitForTimeout(300);
			expect({ words, faults: await page.evaluate(faultsOfPage) }).toEqual({ words, faults: [] });
		}
		await page.getByRole('textbox', { name: 'Search conversations' }).fill('');
	});

	test('exported as HTML without its content policy, nothing runs in the files either', async () => {
		const job = await finished(await story.client.exchange.export({ ids: null, format: 'html' }));
		const file = await story.client.exchange.exported({ jobId: job.id });
		const files = Object.entries(unzipSync(readFileSync(file.path))).filter(([name]) => name.endsWith('.html'));
		expect(files.length).toBeGreaterThan(allPayloads.length / 2);
		const own = await watchedPage(story.browser, { bypassCSP: true });
		const faults: string[] = [];
		// Many files per page, because opening a page for each would be slow.
		const pages = files.map(([, bytes]) => new TextDecoder().decode(bytes).replace(policy, '').replace(ownStyle, ''));
		for (let start = 0; start < pages.length; start += 60) {
			await own.page.setContent(pages.slice(start, start + 60).join('\n'), { waitUntil: 'domcontentloaded' });
			faults.push(...(await own.page.evaluate(faultsOfExport)));
		}
		expect({ faults, problems: own.problems, foreignRequests: own.foreignRequests }).toEqual({
			faults: [],
			problems: [],
			foreignRequests: [],
		});
	});

	test('nothing was logged, and no other host was contacted', () => {
		expect(story.faults()).toEqual(noFaults);
	});
});

/** Content policy of an exported page; removed, so that its escaping alone must hold. */
const policy = /<meta http-equiv="Content-Security-Policy"[^>]*>/;

/** Style of an exported page; only the title of the conversation comes before it. */
const ownStyle = /<style>[\s\S]*?<\/style>/;

/** One conversation for ChatGPT's conversations.json, with a payload as title, question and answer. */
function chatGptConversation(text: string, index: number) {
	const time = 1_700_000_000 + index;
	const node = (id: string, parent: string | null, child: string | null, role: 'user' | 'assistant' | null) => ({
		id,
		parent,
		children: child === null ? [] : [child],
		message:
			role === null
				? null
				: {
						id,
						author: { role, name: null, metadata: {} },
						create_time: time,
						content: { content_type: 'text', parts: [text] },
						status: 'finished_successfully',
						weight: 1,
						recipient: 'all',
						metadata: { model_slug: text.slice(0, 100) },
					},
	});
	return {
		title: text,
		create_time: time,
		update_time: time,
		conversation_id: `hostile-${index}`,
		current_node: 'b',
		mapping: { r: node('r', null, 'a', null), a: node('a', 'r', 'b', 'user'), b: node('b', 'a', null, 'assistant') },
	};
}

/** Runs in an exported page: finds elements that can only come from text read as HTML. */
function faultsOfExport(): string[] {
	const forbidden =
		'script, iframe, object, embed, form, base, link, img, video, audio, svg, math, textarea, button, body style';
	const faults = [...document.querySelectorAll(forbidden)].map((element) => element.outerHTML.slice(0, 120));
	for (const element of document.querySelectorAll('*')) {
		for (const { name, value } of element.attributes) {
			if (name.startsWith('on') || (name === 'style' && element.closest('article') !== null))
				faults.push(`${name}: ${value}`);
			if (name === 'href' && !/^(https?:|mailto:|#|assay-[\w%-]+\.html$)/.test(value))
				faults.push(`href: ${value.slice(0, 80)}`);
		}
	}
	if ('__attacked' in globalThis) faults.push('a payload ran');
	return faults;
}
