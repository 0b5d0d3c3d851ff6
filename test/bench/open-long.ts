import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { insertConversation, setHead } from '../../electron/conversation/store/conversations.ts';
import { insertMessage } from '../../electron/conversation/store/messages.ts';
import { closeDatabase, connect } from '../../electron/database/connect.ts';
import {
	defaultMigrationsFolder,
	migrate,
	pendingMigrations,
	readMigrations,
} from '../../electron/database/migrations.ts';
import { findChromium } from '../../scripts/find-chromium.ts';
import { longAnswer } from '../support/fake-application/long-answer.ts';
import type { Measurement } from './measurement.ts';
import { startHost } from './product.ts';
import { median } from './statistics.ts';

const longMessages = 2_000;

/** Makes an answer of about 120 to 480 tokens with every Markdown construct; its last paragraph holds its number. */
function answer(n: number): string {
	const text = longAnswer(120 + (n % 7) * 60).join('');
	const cutInCode = text.split('```').length % 2 === 0;
	return `${text}${cutInCode ? '\n```' : ''}\n\nEnd of ${n}.`;
}

/** Fills a data folder with one conversation of 2,000 messages (about 1.6 MB of Markdown) and a short one. */
function fill(folder: string): { long: number; short: number } {
	const database = connect(join(folder, 'assay.db'));
	migrate(database, pendingMigrations(database, readMigrations(defaultMigrationsFolder)), Date.now());
	const add = (title: string, count: number): number => {
		const now = Date.now();
		const common = {
			titleSource: 'user',
			systemPrompt: '',
			modelFileId: null,
			createdAt: now,
			updatedAt: now,
		} as const;
		const conversationId = insertConversation(database, { title, ...common });
		let parentId: number | null = null;
		for (let n = 0; n < count; n += 1) {
			const role = n % 2 === 0 ? 'user' : 'assistant';
			const content: string = role === 'user' ? `Question ${n}: what follows?` : answer(n);
			const at = now + n;
			parentId = insertMessage(database, {
				conversationId,
				parentId,
				role,
				status: 'complete',
				content,
				createdAt: at,
				completedAt: at,
			});
		}
		setHead(database, conversationId, parentId);
		return conversationId;
	};
	const ids = { short: add('A short one', 2), long: add('A long one', longMessages) };
	closeDatabase(database);
	return ids;
}

/** Runs in the page: opens a conversation by its address and waits for the frame after its last message is in view. */
async function open({ id, text }: { id: number; text: string }): Promise<{ paintMs: number; longestTaskMs: number }> {
	const tasks: number[] = [];
	const observer = new PerformanceObserver((list) => {
		for (const entry of list.getEntries()) tasks.push(entry.duration);
	});
	observer.observe({ type: 'longtask' });
	const start = performance.now();
	location.hash = `#/chat/${id}`;
	const isShown = () => {
		const last = [...document.querySelectorAll('article p')].findLast((each) => each.textContent === text);
		if (last === undefined) return false;
		const { top, bottom } = last.getBoundingClientRect();
		return top >= 0 && bottom <= innerHeight;
	};
	const paintMs = await new Promise<number>((resolve) => {
		const look = () => {
			if (!isShown()) return void requestAnimationFrame(look);
			// A task that is queued in a frame runs after that frame has been drawn.
			setTimeout(() => resolve(performance.now() - start), 0);
		};
		requestAnimationFrame(look);
	});
	await new Promise((resolve) => setTimeout(resolve, 400));
	observer.disconnect();
	return { paintMs, longestTaskMs: Math.max(0, ...tasks) };
}

async function openBoth(page: Page, ids: { long: number; short: number }) {
	const long = await page.evaluate(open, { id: ids.long, text: `End of ${longMessages - 1}.` });
	const short = await page.evaluate(open, { id: ids.short, text: 'End of 1.' });
	return { long, short };
}

export const openLong: Measurement = {
	name: 'open-2000',
	about: 'from choosing a conversation of 2,000 messages to the frame that shows its end; beside it one of 2 messages',
	unit: 'ms',
	target: { of: 'value', relation: 'at-most', limit: 300 },
	async run(context) {
		const executablePath = findChromium();
		if (executablePath === null) throw new Error('there is no Chromium: node scripts/install-chromium.ts gets one');
		await context.release();
		const folder = mkdtempSync(join(context.folder, 'open-2000-'));
		const ids = fill(folder);
		const host = await startHost(folder);
		const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
		try {
			const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
			await page.goto(host.url);
			await page.getByRole('list', { name: 'Conversations' }).getByRole('link').first().waitFor();
			const values: number[] = [];
			const shorts: number[] = [];
			const blocks: number[] = [];
			for (let round = -1; round < (context.quick ? 2 : 9); round += 1) {
				await context.settle();
				const { long, short } = await openBoth(page, ids);
				if (round < 0) continue;
				values.push(long.paintMs);
				shorts.push(short.paintMs);
				blocks.push(long.longestTaskMs);
			}
			const details = { shortMs: median(shorts), longestTaskMs: Math.max(...blocks) };
			return { values, baselines: [], summary: 'p95', details };
		} finally {
			await browser.close();
			await host.stop();
		}
	},
};
