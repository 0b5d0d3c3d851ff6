import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { MessageFeedback } from '../../../electron/contract/feedback/schema.ts';
import { quickCheck } from '../../../electron/database/connect.ts';
import { reopen } from '../../support/kill.ts';
import { startKillable } from '../../support/killable/start.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Lets the process rate, kills it `ms` after the first acknowledged rating, and returns the last acknowledged one. */
async function rateUntilKilled(dataFolder: string, ms: number): Promise<MessageFeedback> {
	const child = startKillable('feedback', dataFolder);
	let last: MessageFeedback | null = null;
	child.on('message', (message: { said?: MessageFeedback }) => {
		last = message.said ?? last;
	});
	while (last === null) {
		if (child.exitCode !== null) throw new Error('the application ended by itself');
		await sleep(2);
	}
	await sleep(ms);
	child.kill('SIGKILL');
	await once(child, 'exit');
	return last;
}

test('acknowledged feedback survives a kill complete, with its history, one current entry of each kind', async () => {
	const dataFolder = temporaryFolder();
	const random = seededRandom(391);
	for (let round = 0; round < 5; round += 1) {
		const acknowledged = await rateUntilKilled(dataFolder, Math.round(random() * 250));
		expect(quickCheck(join(dataFolder, 'assay.db'))).toBe('ok');
		const application = await reopen(dataFolder);
		const { client } = application;
		const { messageId } = acknowledged;
		const [now] = (await client.feedback.of({ messageIds: [messageId] })).feedback;
		expect(now?.earlier).toBeGreaterThanOrEqual(acknowledged.earlier);
		// At most one rating and one correction that were requested but not acknowledged are newer.
		expect((now?.earlier ?? 0) - acknowledged.earlier).toBeLessThanOrEqual(2);
		const { entries } = await client.feedback.history({ messageId });
		for (const kind of ['rating', 'correction'] as const) {
			const ofKind = entries.filter((entry) => entry.kind === kind);
			expect(ofKind.filter(({ supersededAt }) => supersededAt === null)).toHaveLength(1);
			expect(ofKind.findIndex(({ supersededAt }) => supersededAt === null)).toBe(0);
		}
		// A rating always has the tag and comment it was given with.
		for (const { kind, tags, comment } of entries) {
			if (kind === 'rating') expect(comment).toBe(tags[0]?.replace('round-', 'Comment '));
		}
		expect(entries.some(({ comment }) => comment === acknowledged.comment)).toBe(true);
		expect(entries.some(({ correction }) => correction === acknowledged.correction)).toBe(true);
		await application.close();
	}
});
