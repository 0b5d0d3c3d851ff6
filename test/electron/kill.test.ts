import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { GenerationStart } from '../../electron/contract/conversation/schema.ts';
import { quickCheck } from '../../electron/database/connect.ts';
import { killAfter, killNow, reopen, startAnswering } from '../support/kill.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('a process killed while it writes an answer', () => {
	const random = seededRandom(20_261_124);
	const moments = Array.from({ length: 8 }, () => Math.round(random() * 900));

	test.each(moments)(
		'%i ms after the first word leaves a sound database, the message, and text at most 250 ms old',
		killAfter,
	);

	test('again and again in one data folder keeps every acknowledged message, and the next start continues', async () => {
		const dataFolder = temporaryFolder();
		const acknowledged: GenerationStart[] = [];
		for (let round = 0; round < 6; round += 1) {
			// Without delays between words answers end too, so that some kills hit the merge of chunks.
			const witness = await startAnswering(dataFolder, round % 2 === 0 ? 0 : 1);
			await sleep(random() * 300);
			await killNow(witness);
			acknowledged.push(...witness.sent);
		}
		expect(quickCheck(join(dataFolder, 'assay.db'))).toBe('ok');
		const { client } = await reopen(dataFolder);
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
