import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Application, createApplication } from '../../electron/application.ts';
import type { GenerationStart } from '../../electron/contract/conversation.ts';
import { quickCheck } from '../../electron/database/connect.ts';
import { scriptedApplicationModels } from '../support/scripted-models.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const entry = join(import.meta.dirname, '..', 'support', 'killable-application.ts');

/** What one window had been shown when the process died. */
interface Witness {
	readonly child: ChildProcess;
	readonly sent: GenerationStart[];
	/** Batches of the answer being written, with when they arrived. */
	readonly seen: { readonly at: number; readonly text: string }[];
}

function start(dataFolder: string, tokenDelayMs: number): Promise<Witness> {
	const child = fork(entry, [dataFolder, String(tokenDelayMs)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
	onTestFinished(() => void child.kill('SIGKILL'));
	const witness: Witness = { child, sent: [], seen: [] };
	return new Promise((resolve, reject) => {
		child.on('exit', () => reject(new Error('the application ended by itself')));
		child.on('message', (message: { ready?: true; sent?: GenerationStart; text?: string }) => {
			if (message.ready) resolve(witness);
			if (message.sent) {
				witness.sent.push(message.sent);
				witness.seen.length = 0;
			}
			if (message.text !== undefined) witness.seen.push({ at: performance.now(), text: message.text });
		});
	});
}

async function kill({ child }: Witness): Promise<number> {
	const at = performance.now();
	child.kill('SIGKILL');
	await once(child, 'exit');
	return at;
}

async function open(dataFolder: string): Promise<Application> {
	const application = await createApplication({
		dataFolder,
		host: 'cli',
		version: '0.0.0',
		log: () => {},
		models: scriptedApplicationModels(),
	});
	onTestFinished(() => application.close());
	return application;
}

/** Numbers between 0 and 1 that are the same in every run (mulberry32). */
function seededRandom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

describe('a process that is killed while it writes an answer', () => {
	const random = seededRandom(20_261_124);
	const moments = Array.from({ length: 8 }, () => Math.round(random() * 900));

	test.each(moments)(
		'%i ms after the first word: the database is sound, the message is there, the text at most 250 ms old',
		async (ms) => {
			const dataFolder = temporaryFolder();
			const witness = await start(dataFolder, 2);
			while (witness.seen.length === 0) await sleep(2);
			await sleep(ms);
			const killedAt = await kill(witness);
			expect(quickCheck(join(dataFolder, 'assay.db'))).toBe('ok');

			const { client } = await open(dataFolder);
			const { conversationId, messageId } = witness.sent[0] as GenerationStart;
			const { messages, conversation } = await client.conversations.get({ id: conversationId });
			const [question, answer] = messages;
			expect(question).toMatchObject({ content: 'Count for me, please.', status: 'complete' });
			expect(answer).toMatchObject({ id: messageId, status: 'interrupted', failure: null });
			expect(conversation.generatingMessageId).toBeNull();

			const seen = witness.seen.map(({ text }) => text).join('');
			const promised = witness.seen
				.filter(({ at }) => at <= killedAt - 250)
				.map(({ text }) => text)
				.join('');
			const kept = answer?.content ?? '';
			expect(kept.startsWith(promised)).toBe(true);
			expect(seen.startsWith(kept) || kept.startsWith(seen)).toBe(true);
			if (kept !== '') {
				const { hits } = await client.conversations.search({ text: 'w0' });
				expect(hits.map((hit) => hit.messageId)).toEqual([messageId]);
			}
		},
	);

	test('again and again in one data folder: every message that was acknowledged is there, and it goes on', async () => {
		const dataFolder = temporaryFolder();
		const acknowledged: GenerationStart[] = [];
		for (let round = 0; round < 6; round += 1) {
			// Without delays between words answers end too, so that some kills meet the fold.
			const witness = await start(dataFolder, round % 2 === 0 ? 0 : 1);
			await sleep(random() * 300);
			await kill(witness);
			acknowledged.push(...witness.sent);
		}
		expect(quickCheck(join(dataFolder, 'assay.db'))).toBe('ok');
		const { client } = await open(dataFolder);
		for (const { conversationId, userMessageId, messageId } of acknowledged) {
			const { messages } = await client.conversations.get({ id: conversationId });
			expect(messages.map(({ id }) => id)).toEqual([userMessageId, messageId]);
			expect(messages[1]?.status).toMatch(/^(interrupted|complete)$/);
		}
		const { conversationId } = acknowledged.at(-1) as GenerationStart;
		const next = await client.conversations.send({ conversationId, text: 'Still there?' });
		let last = '';
		for await (const update of await client.generations.subscribe({ id: next.generationId })) {
			if (update.type === 'end') last = update.message.content;
		}
		expect(last).toMatch(/Still there\?$/);
	});
});
