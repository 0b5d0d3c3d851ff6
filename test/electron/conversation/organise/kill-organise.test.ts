import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { quickCheck } from '../../../../electron/database/connect.ts';
import { reopen } from '../../../support/kill.ts';
import { startKillable } from '../../../support/killable/start.ts';
import { seededRandom } from '../../../support/seeded-random.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** Starts the process and collects its confirmations. */
async function start<T>(
	task: 'drafts' | 'trash',
	dataFolder: string,
): Promise<{ child: ChildProcess; confirmed: T[] }> {
	const child = startKillable(task, dataFolder);
	const confirmed: T[] = [];
	await new Promise<void>((resolve, reject) => {
		child.on('exit', () => reject(new Error('the application ended by itself')));
		child.on('message', (message: { ready?: true; confirmed?: T }) => {
			if (message.ready) resolve();
			if (message.confirmed) confirmed.push(message.confirmed);
		});
	});
	return { child, confirmed };
}

async function kill(child: ChildProcess): Promise<void> {
	child.kill('SIGKILL');
	await once(child, 'exit');
}

function textOf(dataFolder: string): string {
	return ['assay.db', 'assay.db-wal']
		.map((name) => join(dataFolder, name))
		.map((path) => (statSync(path, { throwIfNoEntry: false }) === undefined ? '' : readFileSync(path, 'latin1')))
		.join('');
}

const random = seededRandom(20_261_125);

describe('a process killed while the user types', () => {
	test.each([random(), random(), random()])('the last confirmed draft is there (%f)', async (moment) => {
		const dataFolder = temporaryFolder();
		const { child, confirmed } = await start<{ conversationId: number; text: string }>('drafts', dataFolder);
		while (confirmed.length === 0) await sleep(5);
		await sleep(moment * 300);
		await kill(child);
		const last = confirmed.at(-1);
		expect(quickCheck(join(dataFolder, 'assay.db'))).toBe('ok');
		const { client } = await reopen(dataFolder);
		const { drafts } = await client.drafts.list();
		expect(drafts).toHaveLength(1);
		expect(drafts[0]?.conversationId).toBe(last?.conversationId);
		// A newer draft may have been stored without being confirmed before the kill; nothing older, and nothing torn.
		expect(drafts[0]?.text.startsWith(last?.text ?? '')).toBe(true);
		expect(drafts[0]?.text).toMatch(/^(word )+$/);
	});
});

/** Titles of conversations, and the id of one that is kept. */
interface TrashStep {
	readonly kept?: number;
	readonly trashed?: readonly string[];
	readonly emptying?: readonly string[];
	readonly emptied?: readonly string[];
}

describe('a process killed while the trash is filled and emptied', () => {
	test.each(Array.from({ length: 6 }, () => random()))(
		'nothing kept is lost, nothing half deleted is visible, and the deletion is completed (%f)',
		async (moment) => {
			const dataFolder = temporaryFolder();
			const { child, confirmed } = await start<TrashStep>('trash', dataFolder);
			while (!confirmed.some(({ emptying }) => emptying)) await sleep(2);
			await sleep(moment * 700);
			await kill(child);
			expect(quickCheck(join(dataFolder, 'assay.db'))).toBe('ok');
			const emptying = confirmed.flatMap((step) => step.emptying ?? []);
			const emptied = confirmed.flatMap((step) => step.emptied ?? []);
			const left = textOf(dataFolder);
			expect(emptied.filter((title) => left.includes(title))).toEqual([]);

			const application = await reopen(dataFolder);
			const { client } = application;
			for (const { kept } of confirmed) {
				if (kept !== undefined) expect((await client.conversations.get({ id: kept })).messages).toHaveLength(2);
			}
			const { conversations } = await client.trash.list({ limit: 500 });
			expect(conversations.filter(({ messages }) => messages !== 2)).toEqual([]);
			const inTrash = conversations.map(({ title }) => title);
			expect(emptied.filter((title) => inTrash.includes(title))).toEqual([]);
			const missing = confirmed.flatMap((step) => step.trashed ?? []).filter((title) => !inTrash.includes(title));
			expect(missing.filter((title) => !emptying.includes(title))).toEqual([]);

			// What was marked when the process was killed is deleted now, then the rest.
			await client.trash.empty({});
			// The interrupted round had not trashed these yet.
			const live = new Set((await client.conversations.list({ limit: 500 })).conversations.map(({ title }) => title));
			await application.close();
			const found = textOf(dataFolder).match(/secret-\d+-[123] words/g) ?? [];
			expect(found.filter((title) => !live.has(title))).toEqual([]);
		},
	);
});
