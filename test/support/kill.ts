import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { type Application, createApplication } from '../../electron/application/application.ts';
import type { GenerationStart } from '../../electron/contract/conversation/schema.ts';
import { quickCheck } from '../../electron/database/connect.ts';
import { startKillable } from './killable/start.ts';
import { scriptedApplicationModels } from './scripted-models.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Everything one window had received when the process died. */
interface Witness {
	readonly child: ChildProcess;
	readonly sent: GenerationStart[];
	/** Batches of the running answer, with their times of arrival. */
	readonly seen: { readonly at: number; readonly text: string }[];
}

export function startAnswering(dataFolder: string, tokenDelayMs: number): Promise<Witness> {
	const child = startKillable('answer', dataFolder, String(tokenDelayMs));
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

export async function killNow({ child }: Witness): Promise<number> {
	const at = performance.now();
	child.kill('SIGKILL');
	await once(child, 'exit');
	return at;
}

export async function reopen(dataFolder: string): Promise<Application> {
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

/**
 * Kills an application `ms` after the first word of an answer, and checks every promise about the data that is left.
 */
export async function killAfter(ms: number): Promise<void> {
	const dataFolder = temporaryFolder();
	const witness = await startAnswering(dataFolder, 2);
	while (witness.seen.length === 0) await sleep(2);
	await sleep(ms);
	const killedAt = await killNow(witness);
	expect(quickCheck(join(dataFolder, 'assay.db'))).toBe('ok');

	const { client } = await reopen(dataFolder);
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
		const { hits } = await client.search.find({ text: 'w0' });
		expect(hits.map((hit) => hit.messageId)).toEqual([messageId]);
	}
}
