import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { quickCheck } from '../../../electron/database/connect.ts';
import { reopen } from '../../support/kill.ts';
import { startKillable } from '../../support/killable/start.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const random = seededRandom(20_261_124);

test.each(Array.from({ length: 2 }, () => Math.round(random() * 900)))(
	'a process killed %i ms into a restore leaves one state or the other, complete',
	{ timeout: 60_000 },
	async (ms) => {
		const dataFolder = temporaryFolder();
		const child = startKillable('restore', dataFolder);
		await once(child, 'message');
		await sleep(ms);
		child.kill('SIGKILL');
		await once(child, 'exit');

		expect(quickCheck(join(dataFolder, 'assay.db'))).toBe('ok');
		const { client } = await reopen(dataFolder);
		const { theme, systemPrompt } = await client.settings.get();
		const { conversations } = await client.conversations.list({});
		expect([theme, systemPrompt.length, conversations.length]).toEqual(
			theme === 'light' ? ['light', 0, 0] : ['dark', 5_000_000, 1],
		);
		expect(readdirSync(dataFolder).filter((name) => name.includes('restoring'))).toEqual([]);
		for (const { path } of (await client.backups.list()).backups) {
			expect(await client.backups.verify({ path })).toMatchObject({ ok: true });
		}
	},
);
